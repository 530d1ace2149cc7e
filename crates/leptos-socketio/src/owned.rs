use reactive_graph::owner::on_cleanup;
use send_wrapper::SendWrapper;
use socketio_web::Subscription;

/// Ends the subscription with the current owner: when its component goes, or its effect runs again.
pub(crate) fn own(subscription: Subscription) {
    // Cleanups must be `Send`, for Leptos on a server; in a browser they run on the thread that made them.
    let subscription = SendWrapper::new(subscription);
    on_cleanup(move || drop(subscription));
}
