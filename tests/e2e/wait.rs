//! Waits for a condition.

use std::thread;
use std::time::{Duration, Instant};

/// Longer than any condition takes, including the longest back-off on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// The time between two checks.
pub(crate) const PAUSE: Duration = Duration::from_millis(40);

/// Calls `check` until it succeeds, and returns its value.
///
/// # Panics
///
/// Panics at the deadline, with `what` was waited for and the last error.
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, mut check: impl FnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match check() {
            Ok(found) => return found,
            Err(last) if start.elapsed() > DEADLINE => {
                panic!("waited {DEADLINE:?} for {what}; last: {last}")
            }
            Err(_) => thread::sleep(PAUSE),
        }
    }
}
