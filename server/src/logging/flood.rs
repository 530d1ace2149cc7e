use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use tracing::callsite::Identifier;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::rate::{Bucket, Rate};

/// The number of lines left out since the start.
static LEFT_OUT: AtomicU64 = AtomicU64::new(0);

/// Returns how many lines were left out because there were too many of their kind.
pub(crate) fn lines_left_out() -> u64 {
    LEFT_OUT.load(Ordering::Relaxed)
}

/// A filter that limits the lines of one kind per second, so that clients can't fill the disk. The
/// lines of one callsite are of one kind, so a flood of one kind does not hide the others.
pub(super) struct Flood {
    rate: Rate,
    start: Instant,
    /// One bucket per callsite, so the size is bounded by the program.
    kinds: Mutex<HashMap<Identifier, Bucket>>,
}

impl Flood {
    /// Creates a filter; a `per_second` of 0 means no limit.
    pub(super) fn new(per_second: u64) -> Self {
        Self {
            rate: Rate::new(per_second, per_second),
            start: Instant::now(),
            kinds: Mutex::default(),
        }
    }

    fn lets_through(&self, kind: Identifier) -> bool {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = kinds.entry(kind).or_default();
        let lets_through = bucket.take(self.rate, 1, self.start.elapsed());
        if !lets_through {
            LEFT_OUT.fetch_add(1, Ordering::Relaxed);
        }
        lets_through
    }
}

impl<S: Subscriber> Layer<S> for Flood {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        self.lets_through(event.metadata().callsite())
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt;
    use tracing_subscriber::layer::SubscriberExt;

    use super::{Flood, lines_left_out};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_flood_of_one_kind_is_limited_and_hides_no_other() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::registry()
            .with(Flood::new(10))
            .with(fmt::layer().with_writer(move || writer.clone()));
        tracing::subscriber::with_default(subscriber, || {
            for _ in 0..1000 {
                tracing::info!("flood");
            }
            tracing::info!("another");
        });
        let lines = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let floods = lines.matches("flood\n").count();
        // A few more may have passed in the meantime.
        assert!((10..500).contains(&floods), "{floods}");
        assert_eq!(lines.matches("another").count(), 1);
        assert!(lines_left_out() >= 500);
    }
}
