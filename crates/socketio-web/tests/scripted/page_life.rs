use std::time::Duration;

use socketio_web::{Builder, Socket};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, EventTarget};

use super::connecting::listen;
use crate::support::clock::{pass, sleep};
use crate::support::owned::Owned;
use crate::support::script::{Script, Ws, connected_with};

/// Long enough for no test to reach the next attempt by itself.
fn patient(builder: Builder) -> Builder {
    let delay = Duration::from_secs(60);
    builder
        .reconnection_delay(delay)
        .reconnection_delay_max(delay)
}

fn tell(target: &EventTarget, name: &str) {
    target.dispatch_event(&Event::new(name).unwrap()).unwrap();
}

fn tell_window(name: &str) {
    tell(&web_sys::window().unwrap(), name);
}

fn tell_document(name: &str) {
    tell(&web_sys::window().unwrap().document().unwrap(), name);
}

/// Has the document look hidden, or as it is.
fn hide(hidden: bool) {
    let script = match hidden {
        true => {
            "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })"
        }
        false => "delete document.visibilityState",
    };
    js_sys::eval(script).unwrap();
}

fn local(host: &str) -> (Script, Ws, Owned) {
    let script = Script::install();
    let builder = patient(Socket::builder(&format!("http://{host}:4444"))).force_new();
    let socket = Owned(builder.connect().unwrap());
    let ws = script.last();
    ws.accept("s1");
    (script, ws, socket)
}

#[wasm_bindgen_test]
fn l4_offline_closes_at_once_and_online_retries_at_once() {
    let (script, ws, socket) = connected_with(patient);
    let log = listen(*socket);
    tell_window("offline");
    assert_eq!(log.take(), ["waiting 1", "on_disconnect: transport close"]);
    assert!(ws.is_closed());
    assert_eq!(ws.handlers_at_close(), Some(0.0));
    tell_window("offline");
    assert!(log.take().is_empty(), "it is known");
    tell_window("online");
    assert_eq!(log.take(), ["retrying 1"]);
    script.last().accept("s2");
    assert_eq!(log.take(), ["connected", "on_connect"]);
}

#[wasm_bindgen_test]
fn l4_a_server_on_this_device_needs_no_network() {
    for host in [
        "localhost",
        "app.localhost",
        "127.0.0.1",
        "127.1.2.3",
        "[::1]",
    ] {
        let (_script, ws, socket) = local(host);
        tell_window("offline");
        assert!(socket.is_connected() && !ws.is_closed(), "{host}");
    }
    for host in ["localhost.test", "128.0.0.1", "[::2]", "127.test"] {
        let (_script, ws, socket) = local(host);
        tell_window("offline");
        assert!(!socket.is_connected() && ws.is_closed(), "{host}");
    }
}

#[wasm_bindgen_test]
fn w5_a_page_that_is_seen_again_retries_at_once() {
    let ways: [fn(); 4] = [
        || tell_window("online"),
        || tell_window("pageshow"),
        || tell_document("visibilitychange"),
        || tell_document("resume"),
    ];
    for (index, wake) in ways.into_iter().enumerate() {
        let (script, ws, socket) = connected_with(patient);
        ws.drop();
        assert_eq!(script.count(), 1);
        // Attempts at the wish of the system are half a second apart.
        pass(Duration::from_secs(1));
        wake();
        assert_eq!(script.count(), 2, "way {index}");
        script.last().accept("s2");
        assert!(socket.is_connected());
        wake();
        assert!(socket.is_connected(), "and does no harm to what is well");
        assert_eq!(script.count(), 2);
    }
}

#[wasm_bindgen_test]
fn w5_a_page_that_is_hidden_does_not() {
    let (script, ws, _socket) = connected_with(patient);
    ws.drop();
    hide(true);
    tell_document("visibilitychange");
    assert_eq!(script.count(), 1);
    hide(false);
    tell_document("visibilitychange");
    assert_eq!(script.count(), 2);
}

#[wasm_bindgen_test]
fn w5_a_page_that_is_left_closes_its_connection_and_opens_one_when_it_is_back() {
    for host in ["h.test", "localhost"] {
        let (script, ws, socket) = local(host);
        tell_window("pagehide");
        assert!(ws.is_closed(), "{host}");
        assert_eq!((script.count(), ws.handlers_at_close()), (1, Some(0.0)));
        tell_window("pageshow");
        assert_eq!(script.count(), 2, "{host}");
        script.last().accept("s2");
        assert!(socket.is_connected());
    }
}

#[wasm_bindgen_test]
fn w5_a_heartbeat_that_is_overdue_after_a_sleep_is_noticed_when_the_page_is_seen() {
    let (script, ws, socket) = connected_with(patient);
    let log = listen(*socket);
    sleep(Duration::from_secs(60));
    assert!(socket.is_connected(), "the timer slept with the device");
    tell_document("visibilitychange");
    assert_eq!(
        log.take(),
        ["waiting 1", "on_disconnect: ping timeout", "retrying 1"]
    );
    assert!(ws.is_closed());
    script.last().accept("s2");
    assert!(socket.is_connected());
}

#[wasm_bindgen_test]
fn h5_a_heartbeat_that_is_overdue_is_noticed_by_an_emit() {
    for clock in [sleep, pass] {
        let (_script, ws, socket) = connected_with(patient);
        ws.sent();
        clock(Duration::from_secs(60));
        let outcome = socket.emit_named("x", &1).unwrap();
        assert_eq!(outcome, socketio_web::Outcome::Buffered);
        assert!(ws.sent().is_empty() && ws.is_closed());
    }
}

#[wasm_bindgen_test]
fn a_listener_of_the_page_may_go_while_it_runs() {
    let (script, _ws, socket) = connected_with(patient);
    let handle = *socket;
    socket.on_disconnect(move |_| handle.remove()).forget();
    tell_window("offline");
    assert_eq!(socket.namespace(), None);
    assert_eq!(script.handlers(), 0.0);
}
