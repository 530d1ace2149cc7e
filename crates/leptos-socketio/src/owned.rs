use reactive_graph::owner::{Owner, on_cleanup};
use send_wrapper::SendWrapper;
use socketio_web::Subscription;

/// Ends the subscription with the current owner: when its component goes, or its effect runs again.
pub(crate) fn own(subscription: Subscription) {
    if Owner::current().is_none() {
        // There is nobody whose end could end it, so it ends here.
        let text = "leptos-socketio: a hook was called outside of a component or effect, and hears nothing";
        return web_sys::console::warn_1(&text.into());
    }
    // Cleanups must be `Send`, for Leptos on a server; in a browser they run on the thread that made them.
    let subscription = SendWrapper::new(subscription);
    on_cleanup(move || drop(subscription));
}
