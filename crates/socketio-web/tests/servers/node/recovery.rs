use socketio_web::Status;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

use super::control::post;
use crate::server::Server;
use crate::support::log::Log;
use crate::support::owned::Owned;
use crate::support::wait::until;

#[wasm_bindgen_test]
async fn h18_h19_a_session_is_restored_with_the_missed_events() {
    let server = Server::NodeWithRecovery;
    // It stays disconnected until the test reconnects it.
    let away = Duration::from_secs(60);
    let builder = server
        .builder("/")
        .reconnection_delay(away)
        .reconnection_delay_max(away);
    let socket = Owned(builder.connect().unwrap());
    let log = Log::default();
    let received = log.clone();
    let _listener = socket.on_named("update", move |message| {
        received.push(message.arg::<String>(0).unwrap());
    });
    until("it is connected", || socket.is_connected()).await;
    assert!(!socket.is_recovered());
    let id = socket.id();

    post(
        server,
        "emit",
        r#"{"event": "update", "args": ["received"]}"#,
    )
    .await;
    until("the first is received", || log.has("received")).await;
    post(server, "drop", "{}").await;
    let lost = || matches!(socket.status(), Status::Reconnecting { .. });
    until("the connection is lost", lost).await;
    post(server, "emit", r#"{"event": "update", "args": ["missed"]}"#).await;

    socket.connect();
    until("it is connected again", || socket.is_connected()).await;
    assert!(socket.is_recovered());
    assert_eq!(socket.id(), id);
    until("the missed event is delivered", || log.has("missed")).await;
    assert_eq!(log.take(), ["received", "missed"]);
}
