use std::time::Duration;

use js_sys::Reflect;

/// Advances both clocks that the client reads; fires no timer.
pub(crate) fn pass(time: Duration) {
    let millis = time.as_secs_f64() * 1e3;
    shift("steady", millis);
    shift("wall", millis);
}

/// Simulates a sleep of the device: only the wall clock advances, and no timer fires.
pub(crate) fn sleep(time: Duration) {
    shift("wall", time.as_secs_f64() * 1e3);
}

/// Sets the wall clock ahead by this many milliseconds.
pub(crate) fn set_wall(millis: f64) {
    shift("wall", millis);
}

fn shift(clock: &str, millis: f64) {
    let clocks = js_sys::eval(include_str!("clock.js")).unwrap();
    let before = Reflect::get(&clocks, &clock.into()).unwrap().as_f64();
    let after = before.unwrap() + millis;
    Reflect::set(&clocks, &clock.into(), &after.into()).unwrap();
}

/// Makes the wall clock jump repeatedly, back by hours and ahead by a second and a half, and delays
/// timers. A longer jump ahead counts as a sleep.
pub(crate) fn disturb() {
    js_sys::eval(include_str!("clock.js")).unwrap();
    js_sys::eval("globalThis.testClocks.disturb()").unwrap();
}
