use std::cell::Cell;

use socketio_proto::Instant;

thread_local! {
    /// The last reading of the wall clock, and the milliseconds that have passed by our account.
    static CLOCK: Cell<(f64, u64)> = const { Cell::new((0.0, 0)) };
}

/// The time in milliseconds since the first call.
///
/// Taken from the wall clock, because it goes on while a device sleeps, as `performance.now()` need not. When
/// somebody sets it back, our time stands still for that moment and then goes on.
pub(crate) fn now() -> Instant {
    let wall = js_sys::Date::now();
    let (last, passed) = CLOCK.get();
    let step = if last == 0.0 {
        0.0
    } else {
        (wall - last).max(0.0)
    };
    let passed = passed.saturating_add(step as u64);
    CLOCK.set((wall, passed));
    Instant::from_millis(passed)
}

/// The last time that was read.
pub(crate) fn last() -> Instant {
    Instant::from_millis(CLOCK.get().1)
}
