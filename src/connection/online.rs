//! The network state of the browser.

use leptos::ev;
use leptos::prelude::*;

/// Returns a signal that is true while the browser is online. It stops with the current owner.
pub(crate) fn signal() -> ReadSignal<bool> {
    let (online, set_online) = leptos::prelude::signal(window().navigator().on_line());
    for listener in [
        window_event_listener(ev::online, move |_| {
            set_online.try_set(true);
        }),
        window_event_listener(ev::offline, move |_| {
            set_online.try_set(false);
        }),
    ] {
        on_cleanup(move || listener.remove());
    }
    online
}
