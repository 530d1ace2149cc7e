use core::ops::Add;
use core::time::Duration;

/// A moment on the caller's clock, in whole milliseconds since an arbitrary start.
///
/// `std::time::Instant` panics on `wasm32-unknown-unknown`, and a simulated clock can't create one.
/// The clock should be monotonic. If it runs backwards, deadlines pass later.
///
/// ```
/// use core::time::Duration;
/// use socketio_proto::Instant;
///
/// let start = Instant::from_millis(1_000);
/// assert_eq!((start + Duration::from_secs(2)).as_millis(), 3_000);
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Instant(u64);

impl Instant {
    /// Creates the moment `millis` milliseconds after the clock's start.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Returns the milliseconds since the clock's start.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Returns the time from `earlier` to this moment, or zero if `earlier` is later.
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// [`saturating_since`](Self::saturating_since) in milliseconds, which take less code than a
    /// [`Duration`].
    pub(crate) const fn millis_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The moment `duration` after this one; `None` without a duration.
    pub(crate) fn after(self, duration: Option<Duration>) -> Option<Self> {
        Some(self + duration?)
    }

    /// The moment `duration` before this one, or the clock's start if that is later.
    pub(crate) fn saturating_sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    /// Saturates: a deadline beyond the greatest moment never passes.
    #[inline(never)]
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }
}

/// The duration in whole milliseconds, saturating. Computed in 64 bits, because 128-bit arithmetic
/// adds library functions to a WebAssembly page.
#[inline(never)]
pub(crate) fn millis(duration: Duration) -> u64 {
    let seconds = duration.as_secs();
    if seconds > u64::MAX / 1000 - 1 {
        return u64::MAX;
    }
    seconds * 1000 + u64::from(duration.subsec_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_beyond_the_end_of_time_never_comes() {
        assert_eq!(millis(Duration::new(3, 999_999_999)), 3_999);
        assert_eq!(millis(Duration::MAX), u64::MAX);
        let last = Instant::from_millis(1) + Duration::MAX;
        assert_eq!(last, Instant::from_millis(u64::MAX));
        assert_eq!(last + Duration::from_millis(1), last);
    }
}
