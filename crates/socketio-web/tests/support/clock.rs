use std::time::Duration;

use js_sys::Reflect;

/// Lets that much time pass, for the client: no timer rings.
pub(crate) fn pass(time: Duration) {
    let millis = time.as_secs_f64() * 1e3;
    shift("steady", millis);
    shift("wall", millis);
}

/// Has the device sleep for that long: its steady clock stands still, and no timer rings.
pub(crate) fn sleep(time: Duration) {
    shift("wall", time.as_secs_f64() * 1e3);
}

/// Has somebody set the wall clock, by so many milliseconds.
pub(crate) fn set_wall(millis: f64) {
    shift("wall", millis);
}

fn shift(clock: &str, millis: f64) {
    let clocks = js_sys::eval(include_str!("clock.js")).unwrap();
    let before = Reflect::get(&clocks, &clock.into()).unwrap().as_f64();
    let after = before.unwrap() + millis;
    Reflect::set(&clocks, &clock.into(), &after.into()).unwrap();
}

/// Has the wall clock jump back by hours and ahead by a second and a half, again and again, and timers ring late. A jump
/// that is longer than that is a sleep.
pub(crate) fn disturb() {
    js_sys::eval(include_str!("clock.js")).unwrap();
    js_sys::eval("globalThis.testClocks.disturb()").unwrap();
}
