//! What the page goes through: the network comes and goes, the device sleeps, the page is hidden and shown (L4, W5).

use socketio_proto::manager::Manager;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use crate::connection;
use crate::property::{property, text};
use crate::table;

/// What is heard of the window, or of the worker.
const GLOBAL: &[&str] = &["offline", "online", "pagehide", "pageshow"];

/// What is heard of the document.
const DOCUMENT: &[&str] = &["freeze", "resume", "visibilitychange"];

/// The listeners on window and document, while there is a connection.
pub(crate) struct Lifecycle {
    targets: Vec<(EventTarget, &'static [&'static str])>,
    listener: Closure<dyn Fn(JsValue)>,
}

impl Lifecycle {
    /// Listens; outside of a window, in a worker, there is nothing to listen to but the network.
    pub(crate) fn listen() -> Self {
        let global: EventTarget = js_sys::global().unchecked_into();
        let document = property(&global, "document");
        let mut targets = vec![(global, GLOBAL)];
        if !document.is_undefined() {
            targets.push((document.unchecked_into(), DOCUMENT));
        }
        let listener = Closure::new(|event: JsValue| heard(&event));
        let lifecycle = Self { targets, listener };
        lifecycle.each(|target, name, listener| {
            let _ = target.add_event_listener_with_callback(name, listener);
        });
        lifecycle
    }

    fn each(&self, f: impl Fn(&EventTarget, &str, &js_sys::Function)) {
        for (target, names) in &self.targets {
            for name in *names {
                f(target, name, self.listener.as_ref().unchecked_ref());
            }
        }
    }
}

impl Drop for Lifecycle {
    fn drop(&mut self) {
        self.each(|target, name, listener| {
            let _ = target.remove_event_listener_with_callback(name, listener);
        });
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

fn heard(event: &JsValue) {
    match &*text(event, "type") {
        "offline" => connection::handle_all(|host| !is_local(host), &Manager::handle_offline),
        // The page is left. A browser may keep it, frozen, and its connections open behind it: the server would count
        // somebody who is gone. Should the page be shown again, it wakes and connects anew.
        "pagehide" | "freeze" => connection::handle_all(|_| true, &Manager::handle_suspend),
        "visibilitychange" if is_hidden(event) => {}
        _ => connection::handle_all(|_| true, &Manager::handle_wake),
    }
}

fn is_hidden(event: &JsValue) -> bool {
    text(&property(event, "target"), "visibilityState") == "hidden"
}

/// A server on this device can be reached without a network.
fn is_local(host: &str) -> bool {
    let loops_back = |rest: &str| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    host == "localhost"
        || host == "[::1]"
        || host.ends_with(".localhost")
        || host.strip_prefix("127.").is_some_and(loops_back)
}
