//! What the page goes through: the network comes and goes, the device sleeps, the page is hidden, left, frozen and shown.
//! The manual's page `page` says what becomes of a connection.

use std::mem;

use socketio_proto::manager::{ConnectionState, Manager};
use wasm_bindgen::JsValue;

use super::page_events::PageEvents;
use super::run::handle_all;
use super::table::{self, Table};
use crate::sys::property::{property, text};
use crate::sys::timer::Timer;

/// Starts to listen, with the first connection.
pub(crate) fn start() {
    if table::with(|table| table.page_events.is_some().then_some(())).is_some() {
        return;
    }
    let events = PageEvents::listen(happened);
    let _replaced = table::with(|table| table.page_events.replace(events));
}

fn happened(event: &JsValue) {
    let is_left = table::with(|table| table.is_page_left().then_some(())).is_some();
    match &*text(event, "type") {
        "offline" => handle_all(|host| !is_local(host), &Manager::handle_offline),
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
    handle_all(|_| true, &|manager, now| {
        if manager.state() != ConnectionState::Open {
            manager.handle_suspend(now);
        }
    });
}

/// A browser may keep the page, frozen, and its connections open behind it: the server would count somebody who is gone.
/// Should the page be shown again, it connects anew.
fn suspend() {
    set_left(true, None);
    handle_all(|_| true, &Manager::handle_suspend);
}

fn wake(was_left: bool) {
    if was_left {
        // Nothing may have closed the connections yet, and nobody knows what the browser did with them.
        suspend();
    }
    set_left(false, None);
    handle_all(|_| true, &Manager::handle_wake);
    let _unused = table::with(Table::take_unused_page_events);
}

fn set_left(is_left: bool, mut closing: Option<Timer>) {
    // Timers are dropped out here, with nothing borrowed.
    let _before = table::with(|table| {
        let events = table.page_events.as_mut()?;
        events.is_left = is_left;
        Some(mem::replace(&mut events.closing, closing.take()))
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
