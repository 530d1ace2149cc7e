//! The clock for all deadlines.

use std::cell::Cell;
use std::time::Duration;

use socketio_proto::Instant;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::sys::native::NATIVE;

/// How far the wall clock may gain on the monotonic clock between two readings without a sleep, in
/// milliseconds: a correction of either clock.
const CORRECTION: f64 = 2_000.0;

#[derive(Clone, Copy)]
struct Clock {
    /// The last readings of both clocks, in milliseconds.
    steady: f64,
    wall: f64,
    /// The milliseconds that have passed on the monotonic clock.
    passed: f64,
    /// The milliseconds of sleep that [`take_slept`] has not returned yet.
    slept: f64,
}

thread_local! {
    static CLOCK: Cell<Option<Clock>> = const { Cell::new(None) };
}

/// Returns the time in milliseconds since the first call.
///
/// It is read from a monotonic clock. In most browsers, such a clock stops while the device sleeps:
/// the wall clock is then found ahead of it, and [`take_slept`] returns by how much.
pub(crate) fn now() -> Instant {
    if NATIVE {
        return Instant::default();
    }
    let wall = js_sys::Date::now();
    // Without a monotonic clock, or with one that returns no finite number, the wall clock is used.
    let steady = steady_now().ok().filter(|steady| steady.is_finite());
    let mut clock = read().unwrap_or(Clock {
        steady: steady.unwrap_or(0.0),
        wall,
        passed: 0.0,
        slept: 0.0,
    });
    let step = steady.map_or(wall - clock.wall, |steady| steady - clock.steady);
    let step = step.max(0.0);
    let gained = wall - clock.wall - step;
    if gained > CORRECTION {
        clock.slept += gained;
    }
    clock.passed += step;
    clock.steady = steady.unwrap_or(clock.steady);
    clock.wall = wall;
    write(clock);
    last()
}

/// Returns the time that was read last.
pub(crate) fn last() -> Instant {
    let passed = read().map_or(0.0, |clock| clock.passed);
    Instant::from_millis(passed as u64)
}

/// Returns how long the device has slept since the last call, if it did.
pub(crate) fn take_slept() -> Option<Duration> {
    let clock = read().filter(|clock| clock.slept > 0.0)?;
    write(Clock {
        slept: 0.0,
        ..clock
    });
    Some(Duration::from_millis(clock.slept as u64))
}

// Not by `LocalKey::get` and `set`, which link a panic and its message.

fn read() -> Option<Clock> {
    CLOCK.try_with(Cell::get).ok()?
}

fn write(clock: Clock) {
    let _ = CLOCK.try_with(|place| place.set(Some(clock)));
}

#[wasm_bindgen]
extern "C" {
    /// `performance.now()`, which exists in pages and in workers.
    #[wasm_bindgen(catch, js_namespace = performance, js_name = now)]
    fn steady_now() -> Result<f64, JsValue>;
}
