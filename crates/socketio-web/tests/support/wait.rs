use gloo_timers::future::TimeoutFuture;

const PATIENCE_MS: f64 = 10_000.0;
const LOOK_EACH_MS: u32 = 2;

/// Waits for a condition; a test that waits in vain fails.
pub(crate) async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = js_sys::Date::now() + PATIENCE_MS;
    while !condition() {
        assert!(
            js_sys::Date::now() < deadline,
            "waited in vain until {what}"
        );
        TimeoutFuture::new(LOOK_EACH_MS).await;
    }
}
