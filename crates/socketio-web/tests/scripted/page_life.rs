use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use socketio_web::{Builder, Outcome, Socket};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, EventTarget};

use super::connecting::listen;
use crate::support::clock::{pass, sleep};
use crate::support::owned::Owned;
use crate::support::script::{Script, Ws, address, connected_with, page_listeners};
use crate::support::wait::until;

/// So long that no test reaches the next attempt by its delay.
fn patient(builder: Builder) -> Builder {
    let delay = Duration::from_secs(60);
    builder
        .reconnection_delay(delay)
        .reconnection_delay_max(delay)
}

fn dispatch(target: &EventTarget, name: &str) {
    target.dispatch_event(&Event::new(name).unwrap()).unwrap();
}

fn dispatch_to_window(name: &str) {
    dispatch(&web_sys::window().unwrap(), name);
}

fn dispatch_to_document(name: &str) {
    dispatch(&web_sys::window().unwrap().document().unwrap(), name);
}

/// Makes the document appear hidden, or restores its real state.
fn hide(hidden: bool) {
    let script = match hidden {
        true => {
            "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })"
        }
        false => "delete document.visibilityState",
    };
    js_sys::eval(script).unwrap();
}

/// Returns the number of listeners to the events of the page's life cycle.
fn page_listeners_of(_counted_by: &Script) -> f64 {
    page_listeners()
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
    dispatch_to_window("offline");
    assert_eq!(log.take(), ["waiting 1", "on_disconnect: transport close"]);
    assert!(ws.is_closed());
    assert_eq!(ws.handlers_at_close(), Some(0.0));
    dispatch_to_window("offline");
    assert!(log.take().is_empty(), "there is nothing to report");
    dispatch_to_window("online");
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
        dispatch_to_window("offline");
        assert!(socket.is_connected() && !ws.is_closed(), "{host}");
    }
    for host in ["localhost.test", "128.0.0.1", "[::2]", "127.test"] {
        let (_script, ws, socket) = local(host);
        dispatch_to_window("offline");
        assert!(!socket.is_connected() && ws.is_closed(), "{host}");
    }
}

#[wasm_bindgen_test]
fn w5_a_page_that_becomes_visible_retries_at_once() {
    let ways: [fn(); 4] = [
        || dispatch_to_window("online"),
        || dispatch_to_window("pageshow"),
        || dispatch_to_document("visibilitychange"),
        || dispatch_to_document("resume"),
    ];
    for (index, wake) in ways.into_iter().enumerate() {
        let (script, ws, socket) = connected_with(patient);
        ws.drop();
        assert_eq!(script.count(), 1);
        // Attempts that the system causes are half a second apart.
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
fn w5_a_page_that_is_hidden_does_not_retry_at_once() {
    let (script, ws, _socket) = connected_with(patient);
    ws.drop();
    hide(true);
    dispatch_to_document("visibilitychange");
    assert_eq!(script.count(), 1);
    hide(false);
    dispatch_to_document("visibilitychange");
    assert_eq!(script.count(), 2);
}

/// The events of a browser's page life cycle: each way in which a page is left, and each in which
/// it is restored.
type Way = fn();
const LEFT: [Way; 3] = [
    // A page that was seen, one that was hidden already, and a hidden one that the browser freezes.
    || {
        dispatch_to_window("pagehide");
        hide(true);
        dispatch_to_document("visibilitychange");
    },
    || {
        hide(true);
        dispatch_to_window("pagehide");
    },
    || {
        hide(true);
        dispatch_to_document("freeze");
    },
];
const BACK: [Way; 3] = [
    || {
        hide(false);
        dispatch_to_window("pageshow");
    },
    || {
        dispatch_to_document("resume");
        hide(false);
    },
    || {
        hide(false);
        dispatch_to_document("visibilitychange");
    },
];

#[wasm_bindgen_test]
async fn w5_a_page_that_is_left_closes_its_connection_and_opens_one_when_it_is_back() {
    for host in ["h.test", "localhost"] {
        for leave in LEFT {
            for back in BACK {
                let (script, ws, socket) = local(host);
                let log = listen(*socket);
                leave();
                until("it is closed", || ws.is_closed()).await;
                assert_eq!(log.take(), ["waiting 1", "on_disconnect: transport close"]);
                assert_eq!((script.count(), ws.handlers_at_close()), (1, Some(0.0)));
                back();
                assert_eq!(script.count(), 2, "{host}");
                script.last().accept("s2");
                assert!(socket.is_connected());
            }
        }
    }
}

#[wasm_bindgen_test]
fn a_page_that_is_back_before_anything_was_closed_connects_anew() {
    let (script, ws, socket) = connected_with(patient);
    dispatch_to_window("pagehide");
    assert!(!ws.is_closed());
    dispatch_to_window("pageshow");
    assert!(ws.is_closed() && script.count() == 2);
    script.last().accept("s2");
    assert!(socket.is_connected());
}

/// A listener of the application on `target`, which runs when the page is left, and is removed on
/// drop.
struct Handler {
    target: EventTarget,
    name: &'static str,
    closure: Closure<dyn Fn()>,
}

impl Handler {
    fn add(target: EventTarget, name: &'static str, f: impl Fn() + 'static) -> Self {
        let closure = Closure::<dyn Fn()>::new(f);
        let handler = closure.as_ref().unchecked_ref();
        target
            .add_event_listener_with_callback(name, handler)
            .unwrap();
        Self {
            target,
            name,
            closure,
        }
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        let handler = self.closure.as_ref().unchecked_ref();
        let removed = self
            .target
            .remove_event_listener_with_callback(self.name, handler);
        removed.unwrap();
    }
}

#[wasm_bindgen_test]
fn events_emitted_when_the_page_is_left_are_sent_before_the_close() {
    let window = || web_sys::window().unwrap();
    let document: EventTarget = window().document().unwrap().into();
    let places: [(EventTarget, &'static str, Way); 3] = [
        (window().into(), "pagehide", LEFT[0]),
        (document.clone(), "visibilitychange", LEFT[0]),
        (document, "freeze", LEFT[2]),
    ];
    for (target, name, leave) in places {
        let slot = Rc::new(Cell::new(None));
        let emit = |what: &'static str| {
            let slot = Rc::clone(&slot);
            move || {
                let socket: Socket = slot.get().unwrap();
                assert_eq!(socket.emit_named(what, &1).unwrap(), Outcome::Sent);
            }
        };
        // One listener is added before those of the client, and one after them.
        let before = Handler::add(target.clone(), name, emit("before"));
        let (_script, ws, socket) = connected_with(patient);
        slot.set(Some(*socket));
        let after = Handler::add(target, name, emit("after"));
        leave();
        let sent = [r#"42["before",1]"#, r#"42["after",1]"#];
        assert_eq!(ws.sent(), sent, "{name}");
        assert!(ws.is_closed());
        drop((before, after));
        // Later events wait for the next connection.
        assert_eq!(socket.emit_named("late", &1).unwrap(), Outcome::Buffered);
        BACK[0]();
    }
}

#[wasm_bindgen_test]
async fn a_page_that_is_left_opens_nothing_and_connect_takes_effect_when_it_is_back() {
    for (index, leave) in LEFT.into_iter().enumerate() {
        for back in BACK {
            let short = Duration::from_millis(1);
            let (script, _ws, socket) = connected_with(|builder| builder.reconnection_delay(short));
            let idle = Owned(Socket::builder(&address()).build().unwrap());
            leave();
            // Neither by the back-off, nor by a call, nor by the system.
            idle.connect();
            socket.connect();
            let made = Owned(Socket::builder(&address()).connect().unwrap());
            dispatch_to_window("online");
            until("it is closed", || !socket.is_connected()).await;
            socket.connect();
            pass(Duration::from_secs(60));
            gloo_timers::future::TimeoutFuture::new(20).await;
            assert_eq!(script.count(), 1, "way {index}");
            for socket in [&socket, &idle, &made] {
                assert!(socket.is_active() && !socket.is_connected());
            }
            back();
            assert_eq!(script.count(), 4, "way {index}");
            for index in 1..4 {
                script.ws(index).accept("s2");
            }
            assert!(socket.is_connected() && idle.is_connected() && made.is_connected());
        }
    }
}

#[wasm_bindgen_test]
fn a_page_that_is_left_is_known_as_left_without_a_socket() {
    let before = page_listeners_of(&Script::install());
    let (script, _ws, socket) = connected_with(patient);
    LEFT[0]();
    drop(socket);
    let next = Owned(Socket::builder(&address()).connect().unwrap());
    assert_eq!(script.count(), 1);
    drop(next);
    BACK[0]();
    assert_eq!(page_listeners_of(&script), before);
    let (script, ..) = connected_with(patient);
    assert_eq!(script.count(), 1);
}

#[wasm_bindgen_test]
fn disconnect_while_the_page_is_left_is_final() {
    let (script, _ws, socket) = connected_with(patient);
    LEFT[0]();
    socket.disconnect();
    BACK[0]();
    assert_eq!(script.count(), 1);
    assert!(!socket.is_active());
}

#[wasm_bindgen_test]
fn a_page_that_is_hidden_stays_connected() {
    let (script, ws, socket) = connected_with(patient);
    hide(true);
    dispatch_to_document("visibilitychange");
    ws.deliver("2");
    assert_eq!(ws.sent(), ["3"]);
    assert_eq!(socket.emit_named("x", &1).unwrap(), Outcome::Sent);
    hide(false);
    dispatch_to_document("visibilitychange");
    assert!(socket.is_connected());
    assert_eq!(script.count(), 1);
}

#[wasm_bindgen_test]
fn w5_a_heartbeat_overdue_after_a_sleep_is_noticed_when_the_page_becomes_visible() {
    let (script, ws, socket) = connected_with(patient);
    let log = listen(*socket);
    sleep(Duration::from_secs(60));
    assert!(socket.is_connected(), "the timer slept with the device");
    dispatch_to_document("visibilitychange");
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
        assert_eq!(outcome, Outcome::Buffered);
        assert!(ws.sent().is_empty() && ws.is_closed());
    }
}

#[wasm_bindgen_test]
fn the_client_s_page_listener_may_be_removed_while_it_runs() {
    let (script, _ws, socket) = connected_with(patient);
    let handle = *socket;
    socket.on_disconnect(move |_| handle.remove()).forget();
    dispatch_to_window("offline");
    assert_eq!(socket.namespace(), None);
    assert_eq!(script.handlers(), 0.0);
}
