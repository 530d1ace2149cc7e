use reactive_graph::owner::{Owner, on_cleanup};
use send_wrapper::SendWrapper;
use socketio_web::Subscription;

use crate::warn::warn;

/// Ends the subscription with the current owner: when its component goes, or its effect runs again.
pub(crate) fn own(subscription: Subscription) {
    if Owner::current().is_none() {
        // There is nobody whose end could end it, so it ends here.
        let text = "leptos-socketio: a hook was called outside of a component or effect, and hears nothing";
        return warn(text);
    }
    if cfg!(not(target_arch = "wasm32")) {
        // It names nothing, and its owner may end on another thread, where what a `SendWrapper` holds can't be dropped.
        return subscription.forget();
    }
    // Cleanups must be `Send`; in a browser they run on the thread that made them.
    let subscription = SendWrapper::new(subscription);
    on_cleanup(move || drop(subscription));
}
