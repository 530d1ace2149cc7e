use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What tells the time: the date to tokens, and the time that passes to limits.
///
/// The date can be set, back as well; what passes only grows. Tests hand in their own, so that a month passes at once.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> Duration + Send + Sync>,
    passed: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Clock {
    /// The system's.
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

    /// One that asks `now`, in seconds since 1970, for both.
    pub fn new(now: impl Fn() -> u64 + Clone + Send + Sync + 'static) -> Self {
        let passed = now.clone();
        Self::with_passed(now, move || Duration::from_secs(passed()))
    }

    /// One that asks `now`, in seconds since 1970, and `passed`, which may begin anywhere and never goes back.
    pub fn with_passed(
        now: impl Fn() -> u64 + Send + Sync + 'static,
        passed: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        Self {
            now: Arc::new(move || Duration::from_secs(now())),
            passed: Arc::new(passed),
        }
    }

    /// The date, in seconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        (self.now)().as_secs()
    }

    /// The date, in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> u64 {
        u64::try_from((self.now)().as_millis()).unwrap_or(u64::MAX)
    }

    /// What has passed since some moment.
    pub(crate) fn passed(&self) -> Duration {
        (self.passed)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}
