use std::time::Duration;

use socketio_web::{Builder, Socket};
use wasm_bindgen_test::wasm_bindgen_test;

use super::connecting::listen;
use super::events::Chat;
use crate::support::clock::pass;
use crate::support::log::Log;
use crate::support::owned::Owned;
use crate::support::script::{Script, address, connected, connected_with};
use crate::support::wait::until;

fn soon(builder: Builder) -> Builder {
    builder
        .reconnection_delay(Duration::from_millis(1))
        .reconnection_delay_max(Duration::from_millis(4))
}

#[wasm_bindgen_test]
async fn b4_a_lost_connection_is_retried_until_it_succeeds() {
    let (script, ws, socket) = connected_with(soon);
    let log = listen(*socket);
    ws.drop();
    assert_eq!(log.take(), ["waiting 1", "on_disconnect: transport error"]);
    for attempt in 1..=5 {
        let ws = script.made(attempt + 1).await;
        assert_eq!(log.take(), [format!("retrying {attempt}")]);
        ws.drop();
        let lines = log.take();
        assert_eq!(lines[0], format!("waiting {}", attempt + 1));
        assert!(lines[1].starts_with("on_connect_error"), "{lines:?}");
    }
    script.made(7).await.accept("s2");
    assert_eq!(log.take(), ["retrying 6", "connected", "on_connect"]);
    assert_eq!(socket.id().as_deref(), Some("s2"));
    // The next outage starts with a fresh back-off, as the socket was connected for a while.
    pass(Duration::from_secs(6));
    script.last().drop();
    assert_eq!(log.take()[0], "waiting 1");
}

#[wasm_bindgen_test]
async fn b5_after_the_last_attempt_the_socket_is_inactive() {
    let (script, ws, socket) = connected_with(|builder| soon(builder).reconnection_attempts(2));
    let log = listen(*socket);
    ws.drop();
    script.made(2).await.drop();
    script.made(3).await.drop();
    let lines = log.take();
    assert_eq!(lines[lines.len() - 2], "disconnected", "{lines:?}");
    assert!(!socket.is_active());
    socket.connect();
    assert_eq!(log.take(), ["connecting"]);
}

#[wasm_bindgen_test]
async fn g9_a_clean_close_and_a_failure_are_distinguished() {
    for (failed, reason) in [(false, "transport close"), (true, "transport error")] {
        let (_script, ws, socket) = connected();
        let log = Log::default();
        let noted = log.clone();
        let _end = socket.on_disconnect(move |end| {
            noted.push(format!("{}: {}", end.reason, end.details.as_ref().unwrap()));
        });
        ws.drop_with(4000, "why", failed);
        assert_eq!(
            log.take(),
            [format!("{reason}: closed with code 4000: why")]
        );
    }
}

#[wasm_bindgen_test]
fn w4_connect_during_a_back_off_retries_now() {
    let delay = Duration::from_secs(60);
    let (script, ws, socket) = connected_with(|builder| {
        builder
            .reconnection_delay(delay)
            .reconnection_delay_max(delay)
    });
    let log = listen(*socket);
    ws.drop();
    assert_eq!(log.take()[0], "waiting 1");
    socket.connect();
    assert_eq!(log.take(), ["retrying 1"]);
    assert_eq!(script.count(), 2);
    socket.connect();
    assert_eq!(script.count(), 2, "an attempt that is under way is let be");
}

#[wasm_bindgen_test]
async fn disconnect_during_a_back_off_ends_it() {
    let (script, ws, socket) = connected_with(soon);
    let log = listen(*socket);
    ws.drop();
    socket.disconnect();
    assert_eq!(
        log.take(),
        [
            "waiting 1",
            "on_disconnect: transport error",
            "disconnected"
        ]
    );
    // Another socket makes its attempt, which is due later; this one does not.
    let other = connected_with(soon);
    other.1.drop();
    other.0.made(2).await;
    assert_eq!(script.count(), 1);
}

#[wasm_bindgen_test]
async fn handlers_are_removed_before_the_close_and_a_superseded_websocket_is_ignored() {
    let (script, ws, socket) = connected_with(soon);
    assert!(script.handlers() > 0.0);
    let log = Log::default();
    let received = log.clone();
    let _chat = socket.on(move |Chat(text)| received.push(text));
    ws.deliver("42");
    assert_eq!(ws.handlers_at_close(), Some(0.0));
    script.made(2).await.accept("s2");
    ws.deliver(r#"42["chat","from the old one"]"#);
    ws.drop();
    assert!(socket.is_connected());
    assert!(log.take().is_empty());
    script.last().deliver(r#"42["chat","from the new one"]"#);
    assert_eq!(log.take(), ["from the new one"]);
}

#[wasm_bindgen_test]
async fn recovery_is_reported_as_the_server_answers() {
    let script = Script::install();
    let socket = Owned(soon(Socket::builder(&address())).connect().unwrap());
    script.last().deliver(crate::support::script::HANDSHAKE);
    script.last().deliver(r#"40{"sid":"s1","pid":"p"}"#);
    assert!(!socket.is_recovered());
    script.last().deliver(r#"42["chat","x","offset-1"]"#);
    script.last().drop();
    let ws = script.made(2).await;
    ws.deliver(crate::support::script::HANDSHAKE);
    assert_eq!(ws.sent(), [r#"40{"pid":"p","offset":"offset-1"}"#]);
    ws.deliver(r#"40{"sid":"s1","pid":"p"}"#);
    until("it is connected", || socket.is_connected()).await;
    assert!(socket.is_recovered());
}
