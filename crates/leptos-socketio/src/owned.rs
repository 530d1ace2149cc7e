use reactive_graph::owner::{Owner, on_cleanup};
use send_wrapper::SendWrapper;
use socketio_web::Subscription;

use crate::warn::warn;

/// Drops the subscription when the current owner is cleaned up: when its component is unmounted, or
/// its effect runs again.
pub(crate) fn own(subscription: Subscription) {
    if Owner::current().is_none() {
        // Without an owner, nothing would ever drop the subscription, so it is dropped here.
        let text = "leptos-socketio: a hook was called outside of a component or effect, and hears nothing";
        return warn(text);
    }
    if cfg!(not(target_arch = "wasm32")) {
        // A native subscription refers to no listener, and its owner may be cleaned up on another
        // thread, where the contents of a `SendWrapper` can't be dropped.
        return subscription.forget();
    }
    // Cleanups must be `Send`; in a browser they run on the thread that created them.
    let subscription = SendWrapper::new(subscription);
    on_cleanup(move || drop(subscription));
}
