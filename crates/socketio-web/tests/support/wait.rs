use gloo_timers::future::TimeoutFuture;

const PATIENCE_MS: f64 = 10_000.0;
const LOOK_EACH_MS: u32 = 2;

/// Waits for a condition, and fails the test after a timeout.
pub(crate) async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    until_async(what, async || condition()).await;
}

/// Like [`until`], for a condition that is queried asynchronously.
pub(crate) async fn until_async(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = now() + PATIENCE_MS;
    while !condition().await {
        assert!(now() < deadline, "waited in vain until {what}");
        TimeoutFuture::new(LOOK_EACH_MS).await;
    }
}

/// Returns the time of a clock that no test changes.
fn now() -> f64 {
    js_sys::Date::new_0().get_time()
}
