//! What the page goes through: the network comes and goes, the device sleeps, the page is hidden and shown (L4, W5).

use gloo_events::EventListener;
use socketio_proto::manager::Manager;
use wasm_bindgen::JsCast;
use web_sys::{EventTarget, VisibilityState};

use crate::connection;
use crate::slab::Key;
use crate::table;

/// The listeners on window and document, while there is a connection.
pub(crate) struct Lifecycle {
    _listeners: Vec<EventListener>,
}

impl Lifecycle {
    /// Listens; outside of a window, in a worker, there is nothing to listen to but the network.
    pub(crate) fn listen() -> Self {
        let global: Option<EventTarget> = js_sys::global().dyn_into().ok();
        let document = web_sys::window().and_then(|window| window.document());
        let mut listeners = Vec::new();
        if let Some(global) = &global {
            listeners.push(EventListener::new(global, "offline", |_| offline()));
            listeners.push(EventListener::new(global, "pagehide", |_| hidden()));
            for name in ["online", "pageshow"] {
                listeners.push(EventListener::new(global, name, |_| wake()));
            }
        }
        if let Some(document) = &document {
            listeners.push(EventListener::new(document, "freeze", |_| hidden()));
            listeners.push(EventListener::new(document, "resume", |_| wake()));
            let visible = document.clone();
            listeners.push(EventListener::new(
                document,
                "visibilitychange",
                move |_| {
                    if visible.visibility_state() == VisibilityState::Visible {
                        wake();
                    }
                },
            ));
        }
        Self {
            _listeners: listeners,
        }
    }
}

/// Starts to listen, with the first connection.
pub(crate) fn start() {
    if table::with(|table| table.lifecycle.is_some().then_some(())).is_some() {
        return;
    }
    let lifecycle = Lifecycle::listen();
    let _replaced = table::with(|table| table.lifecycle.replace(lifecycle));
}

fn wake() {
    for key in connections(|_| true) {
        connection::handle(key, Manager::handle_wake);
    }
}

/// The page is left. A browser may keep it, frozen, and its connections open behind it: the server would count somebody
/// who is gone. Should the page be shown again, it wakes and connects anew.
fn hidden() {
    for key in connections(|_| true) {
        connection::handle(key, Manager::handle_suspend);
    }
}

/// A server on this device can be reached without a network.
fn offline() {
    let loops_back = |rest: &str| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let local = |host: &str| {
        host == "localhost"
            || host == "[::1]"
            || host.ends_with(".localhost")
            || host.strip_prefix("127.").is_some_and(loops_back)
    };
    for key in connections(|host| !local(host)) {
        connection::handle(key, Manager::handle_offline);
    }
}

fn connections(wanted: impl Fn(&str) -> bool) -> Vec<Key> {
    let keys = table::with(|table| {
        let wanted = |(key, connection): (Key, &connection::Connection)| {
            wanted(&connection.server.hostname).then_some(key)
        };
        Some(table.connections.iter().filter_map(wanted).collect())
    });
    keys.unwrap_or_default()
}
