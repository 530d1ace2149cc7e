//! The hooks on a scripted WebSocket.

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

#[path = "../../socketio-web/tests/support/mod.rs"]
mod support;

use leptos_socketio::{
    Event, Socket, Status, provide_socket, use_connect, use_event, use_event_of, use_latest,
    use_round_trip, use_socket, use_status,
};
use reactive_graph::owner::Owner;
use reactive_graph::signal::signal;
use reactive_graph::traits::{GetUntracked, Set};
use serde::Deserialize;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use support::log::Log;
use support::reported::Reported;
use support::script::{HANDSHAKE, Script, address, page_listeners};

wasm_bindgen_test_configure!(run_in_browser);

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
struct Count {
    count: u64,
}

impl Event for Count {
    const NAME: &'static str = "count";
    type Ack = ();
}

const ONE: &str = r#"42["count",{"count":1}]"#;
const TWO: &str = r#"42["count",{"count":2}]"#;

/// Returns an owner that provides a connecting socket.
fn provided() -> (Script, Owner, Socket) {
    let (script, owner) = (Script::install(), Owner::new());
    let socket = owner.with(|| provide_socket(Socket::builder(&address())).unwrap());
    (script, owner, socket)
}

#[wasm_bindgen_test]
fn the_socket_is_provided_below_and_removed_with_its_owner() {
    let before = page_listeners();
    let (script, owner, socket) = provided();
    script.last().accept("s1");
    let below = owner.with(|| Owner::new().with(use_socket));
    assert_eq!(below, Some(socket));
    assert!(socket.is_connected());
    owner.cleanup();
    assert_eq!(socket.namespace(), None);
    assert!(script.last().is_closed());
    assert_eq!((script.handlers(), page_listeners()), (0.0, before));
}

#[wasm_bindgen_test]
fn an_invalid_url_provides_no_socket() {
    let owner = Owner::new();
    owner.with(|| {
        assert!(provide_socket(Socket::builder("ftp://h")).is_err());
        warnings();
        assert_eq!(use_socket(), None);
        assert_eq!(warnings().len(), 1);
    });
}

#[wasm_bindgen_test]
fn an_event_handler_ends_with_its_owner() {
    let (script, owner, _socket) = provided();
    let log = Log::default();
    let subscribe = |name: &'static str| {
        let log = log.clone();
        use_event(move |Count { count }| log.push(format!("{name} {count}")));
    };
    let child = owner.with(|| {
        subscribe("owner");
        let child = Owner::new();
        child.with(|| subscribe("child"));
        child
    });
    let ws = script.last();
    ws.accept("s1");
    ws.deliver(ONE);
    child.cleanup();
    ws.deliver(TWO);
    assert_eq!(log.take(), ["owner 1", "child 1", "owner 2"]);
    owner.cleanup();
}

#[wasm_bindgen_test]
fn an_owner_may_be_dropped_within_a_handler() {
    let (script, owner, socket) = provided();
    let log = Log::default();
    let (received, whole) = (log.clone(), owner.clone());
    owner.with(|| {
        use_event(move |Count { count }| {
            whole.cleanup();
            received.push(count);
        });
    });
    let ws = script.last();
    ws.accept("s1");
    ws.deliver(ONE);
    ws.deliver(TWO);
    assert_eq!(log.take(), ["1"]);
    assert_eq!(socket.namespace(), None);
}

#[wasm_bindgen_test]
fn the_latest_event_is_a_signal() {
    let (script, owner, _socket) = provided();
    let latest = owner.with(use_latest::<Count>);
    let ws = script.last();
    ws.accept("s1");
    assert_eq!(latest.get_untracked(), None);
    ws.deliver(ONE);
    ws.deliver(TWO);
    assert_eq!(latest.get_untracked(), Some(Count { count: 2 }));
    ws.deliver(r#"42["count","not to be decoded"]"#);
    assert_eq!(latest.get_untracked(), Some(Count { count: 2 }));
    owner.cleanup();
}

#[wasm_bindgen_test]
fn the_status_is_a_signal() {
    let (script, owner, socket) = provided();
    let status = owner.with(use_status);
    assert_eq!(status.get_untracked(), Status::Connecting);
    let ws = script.last();
    ws.accept("s1");
    assert_eq!(status.get_untracked(), Status::Connected);
    ws.drop();
    let now = status.get_untracked();
    assert!(
        matches!(now, Status::Reconnecting { attempt: 1, .. }),
        "{now:?}"
    );
    socket.connect();
    script.last().deliver(HANDSHAKE);
    script.last().deliver(r#"44{"message":"no"}"#);
    let message = "no".into();
    assert_eq!(status.get_untracked(), Status::Refused { message });
    owner.cleanup();
}

#[wasm_bindgen_test]
fn w19_the_round_trip_is_a_signal() {
    let (script, owner, socket) = provided();
    let round_trip = owner.with(use_round_trip);
    assert_eq!(round_trip.get_untracked(), None);
    script.last().accept("s1");
    assert!(round_trip.get_untracked().is_some());
    assert_eq!(round_trip.get_untracked(), socket.round_trip());
    owner.cleanup();
}

#[wasm_bindgen_test]
fn a_hook_outside_of_any_owner_warns_and_receives_nothing() {
    let (script, owner, socket) = provided();
    script.last().accept("s1");
    warnings();
    let log = Log::default();
    let received = log.clone();
    assert!(Owner::current().is_none());
    use_event_of(socket, move |Count { count }| received.push(count));
    assert_eq!(warnings().len(), 1);
    script.last().deliver(ONE);
    assert!(log.take().is_empty());
    owner.cleanup();
}

#[wasm_bindgen_test]
fn each_connect_is_reported_and_an_earlier_one_at_once() {
    let (script, owner, socket) = provided();
    let log = Log::default();
    let subscribe = |name: &'static str| {
        let log = log.clone();
        use_connect(move || log.push(name));
    };
    owner.with(|| subscribe("early"));
    script.last().accept("s1");
    assert_eq!(log.take(), ["early"]);
    owner.with(|| subscribe("late"));
    assert_eq!(log.take(), ["late"]);
    script.last().drop();
    socket.connect();
    script.last().accept("s2");
    assert_eq!(log.take(), ["early", "late"]);
    owner.cleanup();
}

#[wasm_bindgen_test]
fn a_signal_that_is_disposed_may_be_set() {
    let (script, owner, _socket) = provided();
    let log = Log::default();
    let received = log.clone();
    owner.with(|| {
        let child = Owner::new();
        let (_, set) = child.with(|| signal(0));
        use_event(move |Count { count }| {
            set.set(count);
            received.push(count);
        });
        child.cleanup();
    });
    script.last().accept("s1");
    script.last().deliver(ONE);
    assert_eq!(log.take(), ["1"]);
    owner.cleanup();
}

#[wasm_bindgen_test]
fn a_handler_that_reads_a_disposed_signal_fails_that_call_only() {
    let reported = Reported::watch();
    let (script, owner, socket) = provided();
    let log = Log::default();
    let received = log.clone();
    let latest = owner.with(|| {
        let child = Owner::new();
        let (disposed, _) = child.with(|| signal(0_u64));
        use_event(move |Count { .. }| _ = disposed.get_untracked());
        use_event(move |Count { count }| received.push(count));
        child.cleanup();
        use_latest::<Count>()
    });
    let ws = script.last();
    ws.accept("s1");
    for (frame, count) in [(ONE, 1), (TWO, 2)] {
        ws.deliver(frame);
        assert_eq!(log.take(), [count.to_string()]);
        assert_eq!(latest.get_untracked(), Some(Count { count }));
        assert_eq!(reported.take().len(), 1);
    }
    ws.deliver("2");
    assert!(ws.sent().contains(&"3".to_owned()));
    ws.drop();
    socket.connect();
    script.last().accept("s2");
    assert!(socket.is_connected());
    // Signals continue to be updated.
    let (value, set) = owner.with(|| signal(1));
    set.set(2);
    assert_eq!(value.get_untracked(), 2);
    owner.cleanup();
}

#[wasm_bindgen_test]
fn without_a_socket_each_hook_warns_and_does_nothing() {
    let hooks: [fn(); 5] = [
        || assert_eq!(use_socket(), None),
        || use_event(|_: Count| ()),
        || use_connect(|| panic!("there is nothing to connect")),
        || assert_eq!(use_latest::<Count>().get_untracked(), None),
        || assert_eq!(use_status().get_untracked(), Status::Disconnected),
    ];
    let owner = Owner::new();
    for (index, hook) in hooks.into_iter().enumerate() {
        warnings();
        owner.with(hook);
        let warned = warnings();
        assert_eq!(warned.len(), 1, "hook {index}");
        assert!(warned[0].contains("provide_socket"), "{warned:?}");
    }
}

#[wasm_bindgen_test]
fn a_handler_reads_signals_without_subscribing_to_them() {
    let (script, owner, _socket) = provided();
    let (value, set) = owner.with(|| signal(5));
    let log = Log::default();
    let received = log.clone();
    owner.with(|| {
        use_event(move |_: Count| {
            use reactive_graph::traits::Get;
            received.push(value.get());
        });
    });
    script.last().accept("s1");
    script.last().deliver(ONE);
    set.set(6);
    script.last().deliver(ONE);
    assert_eq!(log.take(), ["5", "6"]);
    owner.cleanup();
}

/// Returns the warnings on the console since the last call.
fn warnings() -> Vec<String> {
    let script = "(() => {
        const warnings = globalThis.warnings ?? [];
        globalThis.warnings = [];
        console.warn = (text) => globalThis.warnings.push(String(text));
        return warnings;
    })()";
    let warnings = js_sys::Array::from(&js_sys::eval(script).unwrap());
    warnings
        .iter()
        .map(|text| text.as_string().unwrap())
        .collect()
}
