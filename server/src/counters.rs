//! What had to be refused or ended, counted for whoever runs the server.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident: $words:literal,)*) => {
        /// Each only grows.
        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $($(#[$doc])* pub(crate) $name: Counter,)*
        }

        impl fmt::Display for Counters {
            /// Those that are not 0, as `2 sockets cut, 1 connection refused`.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let counted = [$((self.$name.count(), $words),)*];
                let counted = counted.into_iter().filter(|(count, _)| *count > 0);
                for (at, (count, words)) in counted.enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    write!(f, "{comma}{words}: {count}")?;
                }
                Ok(())
            }
        }
    };
}

counters! {
    /// TCP connections closed as soon as they came: too many of that address, or in all.
    connections_refused: "connections refused",
    /// TCP connections closed to make room for others, while they waited for a request.
    connections_evicted: "connections evicted",
    /// Connections cut because the other side took nothing.
    writes_timed_out: "connections cut that took nothing",
    /// Sessions of Engine.IO that were not opened: too many of that address, or in all.
    sessions_refused: "sessions refused",
    /// Sockets cut because what they had to read was more than may wait for them.
    sockets_overflowed: "sockets cut that read too slowly",
    /// Sockets cut because they sent more events than they may.
    sockets_too_fast: "sockets cut that sent too fast",
    /// Sign-ins that found the queue full.
    sign_ins_put_off: "sign-ins put off",
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::Counters;

    #[test]
    fn what_never_happened_is_not_mentioned() {
        let counters = Counters::default();
        assert_eq!(counters.to_string(), "");
        counters.sockets_too_fast.add();
        counters.connections_refused.add();
        counters.connections_refused.add();
        assert_eq!(
            counters.to_string(),
            "connections refused: 2, sockets cut that sent too fast: 1"
        );
    }
}
