//! Waiting for a condition.

use std::thread;
use std::time::{Duration, Instant};

/// No condition of these tests takes longer, not even the longest back-off on a machine that is busy with much else.
const DEADLINE: Duration = Duration::from_secs(60);

/// Between two looks.
pub(crate) const PAUSE: Duration = Duration::from_millis(40);

/// Looks until `look` succeeds, and returns what it found.
///
/// # Panics
///
/// When it is too late, with `what` was waited for and what was seen last.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match look() {
            Ok(found) => return found,
            Err(seen) if start.elapsed() > DEADLINE => {
                panic!("waited {DEADLINE:?} for {what}; last seen: {seen}")
            }
            Err(_) => thread::sleep(PAUSE),
        }
    }
}
