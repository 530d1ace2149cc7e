use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The source of time: wall-clock time for tokens, elapsed time for limits.
///
/// The wall clock can be set, also back; elapsed time only grows. Tests pass their own, so that
/// they can skip a month at once.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> Duration + Send + Sync>,
    passed: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Clock {
    /// Returns the system's clocks.
    pub fn system() -> Self {
        let start = Instant::now();
        Self {
            now: Arc::new(|| {
                SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default()
            }),
            passed: Arc::new(move || start.elapsed()),
        }
    }

    /// Returns a clock that calls `now`, in seconds since 1970, for both.
    pub fn new(now: impl Fn() -> u64 + Clone + Send + Sync + 'static) -> Self {
        let passed = now.clone();
        Self::with_passed(now, move || Duration::from_secs(passed()))
    }

    /// Returns a clock that calls `now` for the wall-clock time, in seconds since 1970, and
    /// `passed` for the elapsed time, which may start at any value and never decreases.
    pub fn with_passed(
        now: impl Fn() -> u64 + Send + Sync + 'static,
        passed: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        Self {
            now: Arc::new(move || Duration::from_secs(now())),
            passed: Arc::new(passed),
        }
    }

    /// Returns the wall-clock time, in seconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        (self.now)().as_secs()
    }

    /// Returns the wall-clock time, in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> u64 {
        u64::try_from((self.now)().as_millis()).unwrap_or(u64::MAX)
    }

    /// Returns the time elapsed since an arbitrary moment.
    pub(crate) fn passed(&self) -> Duration {
        (self.passed)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}
