//! The client in a dedicated worker, where there is no window and no document (L7).

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use socketio_web::{ConnectError, ConnectionEvent, Socket, Status};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use support::log::Log;
use support::owned::Owned;
use support::script::{Script, connected, connected_with, page_listeners};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn l7_it_connects_emits_gets_an_acknowledgement_and_reconnects() {
    assert!(web_sys::window().is_none(), "this is a worker");
    let short = Duration::from_millis(1);
    let (script, ws, socket) = connected_with(|builder| builder.reconnection_delay(short));
    let log = Log::default();
    let received = log.clone();
    let _chat = socket.on_named("chat", move |message| {
        received.push(message.arg::<String>(0).unwrap());
    });
    let answer = socket.emit_named_with_ack::<_, u32>("ask", &1, None);
    assert_eq!(ws.sent(), [r#"420["ask",1]"#]);
    ws.deliver("430[7]");
    assert_eq!(answer.await.unwrap(), 7);

    ws.drop();
    assert!(matches!(
        socket.status(),
        Status::Reconnecting { attempt: 1, .. }
    ));
    let again = script.made(2).await;
    again.accept("s2");
    assert_eq!(socket.id().as_deref(), Some("s2"));
    again.deliver(r#"42["chat","still here"]"#);
    assert_eq!(log.take(), ["still here"]);
}

#[wasm_bindgen_test]
fn l7_network_events_are_handled_and_their_listeners_removed() {
    let before = page_listeners_of(&Script::install());
    let (script, ws, socket) = connected();
    assert!(page_listeners_of(&script) > before);
    let reasons = Log::default();
    let noted = reasons.clone();
    let _closed = socket.on_connection(move |event| {
        if let ConnectionEvent::Closed(reason) = event {
            noted.push(reason);
        }
    });
    happen("offline");
    assert!(ws.is_closed());
    assert_eq!(reasons.take(), ["transport close"]);
    happen("online");
    assert_eq!(script.count(), 2, "the back-off is cut short");
    script.last().accept("s2");
    assert!(socket.is_connected());
    drop(socket);
    assert_eq!(page_listeners_of(&script), before);
    assert_eq!(script.handlers(), 0.0);
}

#[wasm_bindgen_test]
fn l7_without_a_url_it_connects_to_the_worker_s_server() {
    let script = Script::install();
    let _socket = Owned(Socket::builder("").connect().unwrap());
    let host = js_sys::eval("location.host").unwrap().as_string().unwrap();
    assert!(!host.is_empty());
    let expected = format!("ws://{host}/socket.io/?EIO=4&transport=websocket");
    assert_eq!(script.last().url(), expected);
}

#[wasm_bindgen_test]
async fn l7_events_of_a_real_websocket_are_handled() {
    Script::install();
    Script::uninstall();
    let builder = Socket::builder("ws://127.0.0.1:1").reconnection(false);
    let socket = Owned(builder.connect().unwrap());
    let log = Log::default();
    let noted = log.clone();
    let _error = socket.on_connect_error(move |error| {
        assert!(matches!(error, ConnectError::Closed(_)), "{error}");
        noted.push(error);
    });
    assert!(socket.connected().await.is_err());
    support::wait::until("the error is reported", || log.len() == 1).await;
}

/// Returns the number of listeners to the events of a page's life cycle and the network.
fn page_listeners_of(_counted_by: &Script) -> f64 {
    page_listeners()
}

fn happen(event: &str) {
    js_sys::eval(&format!("dispatchEvent(new Event({event:?}))")).unwrap();
}
