//! What the page goes through: the network comes and goes, the device sleeps, the page is hidden, left, frozen and shown (L4,
//! W5). The manual's page `page` says what becomes of a connection.

use std::mem;

use js_sys::Function;
use socketio_proto::manager::{ConnectionState, Manager};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use crate::driver::connection;
use crate::driver::{self, Table};
use crate::sys::property::{property, text};
use crate::sys::timer::Timer;

/// The window's events, or the worker's.
const GLOBAL: &[&str] = &["offline", "online", "pagehide", "pageshow"];

/// The document's.
const DOCUMENT: &[&str] = &["freeze", "resume", "visibilitychange"];

/// The listeners on window and document, while there is a connection.
pub(crate) struct Lifecycle {
    targets: Vec<(EventTarget, &'static [&'static str])>,
    /// Called ahead of the application's listeners, and puts the other one behind them: what they emit goes out before the
    /// connection is closed. Only on the document: an event of the window has no phase that comes first.
    first: Closure<dyn Fn(JsValue)>,
    last: Closure<dyn Fn(JsValue)>,
    /// Whether the page was left, or frozen, and is not back.
    is_left: bool,
    /// What closes the connections of a page that was left, where no event of the document's does.
    closing: Option<Timer>,
}

impl Lifecycle {
    /// Listens; outside of a window, in a worker, there is nothing to listen to but the network.
    fn listen() -> Self {
        let global: EventTarget = js_sys::global().unchecked_into();
        let document = property(&global, "document");
        let mut targets = vec![(global, GLOBAL)];
        if !document.is_undefined() {
            targets.push((document.unchecked_into(), DOCUMENT));
        }
        let last: Closure<dyn Fn(JsValue)> = Closure::new(|event: JsValue| happened(&event));
        let moved: Function = last.as_ref().unchecked_ref::<Function>().clone();
        let first = Closure::new(move |event: JsValue| {
            let target: EventTarget = property(&event, "currentTarget").unchecked_into();
            let name = text(&event, "type");
            let _ = target.remove_event_listener_with_callback_and_bool(&name, &moved, false);
            let _ = target.add_event_listener_with_callback_and_bool(&name, &moved, false);
        });
        let lifecycle = Self {
            targets,
            first,
            last,
            is_left: false,
            closing: None,
        };
        lifecycle.each(|target, name, listener, captures| {
            let _ = target.add_event_listener_with_callback_and_bool(name, listener, captures);
        });
        lifecycle
    }

    /// Each listener with its event, and whether it is of the capture phase.
    fn each(&self, f: impl Fn(&EventTarget, &str, &Function, bool)) {
        for (index, (target, names)) in self.targets.iter().enumerate() {
            for name in *names {
                if index > 0 {
                    f(target, name, self.first.as_ref().unchecked_ref(), true);
                }
                f(target, name, self.last.as_ref().unchecked_ref(), false);
            }
        }
    }
}

impl Drop for Lifecycle {
    fn drop(&mut self) {
        self.each(|target, name, listener, captures| {
            let _ = target.remove_event_listener_with_callback_and_bool(name, listener, captures);
        });
    }
}

/// Starts to listen, with the first connection.
pub(crate) fn start() {
    if driver::with(|table| table.lifecycle.is_some().then_some(())).is_some() {
        return;
    }
    let lifecycle = Lifecycle::listen();
    let _replaced = driver::with(|table| table.lifecycle.replace(lifecycle));
}

/// Whether the page was left, or frozen, and is not back.
pub(crate) fn is_left(table: &Table) -> bool {
    let lifecycle = table.lifecycle.as_ref();
    lifecycle.is_some_and(|lifecycle| lifecycle.is_left)
}

/// The listeners, which go with the last connection. Those of a page that was left stay: they know when it is back.
pub(crate) fn take_unused(table: &mut Table) -> Option<Lifecycle> {
    match table.connections.is_empty() && !is_left(table) {
        true => table.lifecycle.take(),
        false => None,
    }
}

fn happened(event: &JsValue) {
    let is_left = driver::with(|table| is_left(table).then_some(())).is_some();
    match &*text(event, "type") {
        "offline" => connection::handle_all(|host| !is_local(host), &Manager::handle_offline),
        "pagehide" => leave(),
        "freeze" => suspend(),
        "visibilitychange" if is_hidden(event) => {
            if is_left {
                suspend();
            }
        }
        // A network that is back is of no use to a page that is left.
        "online" if is_left => {}
        _ => wake(is_left),
    }
}

/// The page is left. Other listeners to this event may come behind this one and emit, so what is open is closed by the
/// next event of the document's, which tells that it is hidden, or else a moment later.
fn leave() {
    set_left(true, Some(Timer::new(0, suspend)));
    connection::handle_all(|_| true, &|manager, now| {
        if manager.state() != ConnectionState::Open {
            manager.handle_suspend(now);
        }
    });
}

/// A browser may keep the page, frozen, and its connections open behind it: the server would count somebody who is gone.
/// Should the page be shown again, it connects anew.
fn suspend() {
    set_left(true, None);
    connection::handle_all(|_| true, &Manager::handle_suspend);
}

fn wake(was_left: bool) {
    if was_left {
        // Nothing may have closed the connections yet, and nobody knows what the browser did with them.
        suspend();
    }
    set_left(false, None);
    connection::handle_all(|_| true, &Manager::handle_wake);
    let _unused = driver::with(take_unused);
}

fn set_left(is_left: bool, mut closing: Option<Timer>) {
    // Timers are dropped out here, with nothing borrowed.
    let _before = driver::with(|table| {
        let lifecycle = table.lifecycle.as_mut()?;
        lifecycle.is_left = is_left;
        Some(mem::replace(&mut lifecycle.closing, closing.take()))
    });
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
