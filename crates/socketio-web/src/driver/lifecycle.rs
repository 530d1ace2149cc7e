//! Handles the life of a page: the network is lost and returns, the device sleeps, the page is
//! hidden, left, frozen and shown. [`crate::manual::page`] describes the effects on a connection.

use std::mem;

use socketio_proto::manager::{ConnectionState, Manager};
use wasm_bindgen::JsValue;

use super::page_events::PageEvents;
use super::run::handle_all;
use super::table::{self, Table};
use crate::sys::property::{property, text};
use crate::sys::timer::Timer;

/// Adds the listeners to the page, with the first connection.
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
        // A page that was left does not use a network that is back.
        "online" if is_left => {}
        _ => wake(is_left),
    }
}

/// Handles a page that is left. Other listeners to this event may be called after this one and
/// emit, so open connections are closed at the next event of the document, which reports that it is
/// hidden, or else by a timer.
fn leave() {
    set_left(true, Some(Timer::new(0, suspend)));
    handle_all(|_| true, &|manager, now| {
        if manager.state() != ConnectionState::Open {
            manager.handle_suspend(now);
        }
    });
}

/// Closes all connections. A browser may keep the page frozen with its connections open, and the
/// server would count a user who has left. If the page is shown again, it reconnects.
fn suspend() {
    set_left(true, None);
    handle_all(|_| true, &Manager::handle_suspend);
}

fn wake(was_left: bool) {
    if was_left {
        // The connections may not be closed yet, and what the browser did with them is unknown.
        suspend();
    }
    set_left(false, None);
    handle_all(|_| true, &Manager::handle_wake);
    let _unused = table::with(Table::take_unused_page_events);
}

fn set_left(is_left: bool, mut closing: Option<Timer>) {
    // The timer is dropped here, while nothing is borrowed.
    let _before = table::with(|table| {
        let events = table.page_events.as_mut()?;
        events.is_left = is_left;
        Some(mem::replace(&mut events.closing, closing.take()))
    });
}

fn is_hidden(event: &JsValue) -> bool {
    text(&property(event, "target"), "visibilityState") == "hidden"
}

/// Returns whether the server is on this device, and so reachable without a network.
fn is_local(host: &str) -> bool {
    let loops_back = |rest: &str| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    host == "localhost"
        || host == "[::1]"
        || host.ends_with(".localhost")
        || host.strip_prefix("127.").is_some_and(loops_back)
}
