//! Rate limits: a burst at once, and a number per second in the long run.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// A limit, which any number of [`Bucket`]s share. It is the generic cell rate algorithm of ATM
/// (ITU-T I.371): a bucket is one number, the moment at which it will be empty again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    /// The time in which one token drains, in nanoseconds; 0 for no limit.
    interval: u64,
    /// How far ahead of the clock a bucket may be, in nanoseconds.
    burst: u64,
}

impl Rate {
    /// Creates a limit; a `per_second` of 0 means no limit.
    pub(crate) fn new(per_second: u64, burst: u64) -> Self {
        let interval = 1_000_000_000_u64.checked_div(per_second).unwrap_or(0);
        Self {
            interval,
            burst: interval.saturating_mul(burst.max(1)),
        }
    }
}

/// The tokens taken from a [`Rate`].
#[derive(Debug, Default)]
pub(crate) struct Bucket(AtomicU64);

impl Bucket {
    /// Takes `tokens`. Returns `false`, and takes none, if fewer are left. `now` may start at any
    /// value.
    pub(crate) fn take(&self, rate: Rate, tokens: u64, now: Duration) -> bool {
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        let cost = rate.interval.saturating_mul(tokens);
        let taken = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |empty| {
                let empty = empty.max(now).saturating_add(cost);
                (empty - now <= rate.burst).then_some(empty)
            });
        taken.is_ok()
    }
}

/// A stream that is slowed down to a [`Rate`] of bytes instead of being refused.
#[derive(Debug)]
pub(crate) struct Pace {
    rate: Rate,
    /// The moment at which the bucket will be empty again.
    empty: Instant,
}

impl Pace {
    pub(crate) fn new(rate: Rate, now: Instant) -> Self {
        Self { rate, empty: now }
    }

    /// Records that `bytes` were read. Returns the moment until which reading has to pause, if it
    /// has to.
    pub(crate) fn took(&mut self, bytes: usize, now: Instant) -> Option<Instant> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let cost = Duration::from_nanos(self.rate.interval.saturating_mul(bytes));
        self.empty = self.empty.max(now).checked_add(cost)?;
        let ahead = self.empty.saturating_duration_since(now);
        let wait = ahead.checked_sub(Duration::from_nanos(self.rate.burst))?;
        (wait > Duration::ZERO).then(|| now + wait)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Bucket, Pace, Rate};

    const fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_burst_is_allowed_and_then_a_steady_rate() {
        let (rate, bucket) = (Rate::new(10, 5), Bucket::default());
        let burst = (0..20).filter(|_| bucket.take(rate, 1, at(1000)));
        assert_eq!(burst.count(), 5);
        assert!(!bucket.take(rate, 1, at(1099)));
        assert!(bucket.take(rate, 1, at(1100)));
        assert!(!bucket.take(rate, 1, at(1100)));
        let second = (1101..=2100).filter(|now| bucket.take(rate, 1, at(*now)));
        assert_eq!(second.count(), 10);
    }

    #[test]
    fn idle_time_refills_it_up_to_the_burst() {
        let (rate, bucket) = (Rate::new(10, 5), Bucket::default());
        assert!(bucket.take(rate, 5, at(0)));
        assert!(!bucket.take(rate, 1, at(0)));
        assert!(bucket.take(rate, 5, at(3_600_000)));
        assert!(!bucket.take(rate, 1, at(3_600_000)));
    }

    #[test]
    fn more_than_a_burst_is_never_allowed() {
        let (rate, bucket) = (Rate::new(10, 5), Bucket::default());
        assert!(!bucket.take(rate, 6, at(0)));
        assert!(bucket.take(rate, 5, at(0)), "nothing was taken");
    }

    #[test]
    fn a_clock_that_stands_still_or_goes_back_allows_nothing() {
        let (rate, bucket) = (Rate::new(10, 5), Bucket::default());
        assert!(bucket.take(rate, 5, at(1000)));
        assert!(!bucket.take(rate, 1, at(1000)));
        assert!(!bucket.take(rate, 1, at(0)));
    }

    #[test]
    fn a_stream_waits_for_bytes_beyond_its_burst() {
        let start = Instant::now();
        let mut pace = Pace::new(Rate::new(1000, 5000), start);
        assert_eq!(pace.took(5000, start), None);
        assert_eq!(pace.took(1000, start), Some(start + at(1000)));
        assert_eq!(pace.took(0, start + at(1000)), None);
        assert_eq!(pace.took(500, start + at(1000)), Some(start + at(1500)));
        assert_eq!(pace.took(5000, start + at(60_000)), None);
        let mut free = Pace::new(Rate::new(0, 0), start);
        assert_eq!(free.took(usize::MAX, start), None);
    }

    #[test]
    fn zero_means_no_limit() {
        let (rate, bucket) = (Rate::new(0, 5), Bucket::default());
        assert!((0..1000).all(|_| bucket.take(rate, 1000, at(0))));
    }
}
