use serde::{Deserialize, Serialize};
use wasm_bindgen_test::wasm_bindgen_test;

use super::SERVER;
use super::control::{post, state};
use crate::support::log::Log;
use crate::support::sockets::{connect, connected, ends};
use crate::support::wait::{until, until_async};

#[derive(Serialize)]
struct Token {
    token: &'static str,
}

/// The server's state.
#[derive(Deserialize)]
struct State {
    connections: u32,
    handshakes: u32,
}

#[wasm_bindgen_test]
async fn a8_two_namespaces_share_one_connection() {
    post(SERVER, "forget", "{}").await;
    let token = Token { token: "secret" };
    let root = connect(SERVER.shared("/"));
    let admin = connect(SERVER.shared("/admin").auth(&token));
    let both = || root.is_connected() && admin.is_connected();
    until("both are connected", both).await;
    assert_eq!(state::<State>(SERVER).await.handshakes, 1);

    // One socket disconnects and reconnects; the other is not affected.
    let (id, ends) = (admin.id(), ends(*admin));
    root.disconnect();
    root.connect().await.unwrap();
    assert!(id.is_some() && admin.id() == id);
    assert_eq!(ends.len(), 0);
}

/// The server closes the connection if a CONNECT arrives in the same tick as the DISCONNECT, which
/// it handles in the next one, or if a DISCONNECT arrives before it has answered the CONNECT.
#[wasm_bindgen_test]
async fn f2_disconnect_then_connect_does_not_disturb_other_sockets() {
    post(SERVER, "forget", "{}").await;
    let token = Token { token: "secret" };
    let root = connected(SERVER.shared("/")).await;
    let (id, ends) = (root.id(), ends(*root));
    let admin = || SERVER.shared("/admin").auth(&token);
    // Left before the answer, by a socket that is removed and by one that stays.
    drop(connect(admin()));
    let socket = connect(admin());
    socket.disconnect();
    socket.connect();
    socket.connected().await.unwrap();
    // Left after the answer.
    socket.disconnect();
    socket.connect().await.unwrap();
    drop(socket);
    let socket = connected(admin()).await;
    assert!(socket.is_connected() && root.id() == id);
    assert_eq!(ends.len(), 0);
    assert_eq!(state::<State>(SERVER).await.handshakes, 1);
}

#[wasm_bindgen_test]
async fn w13_the_connection_closes_with_its_last_socket() {
    let connections = async || state::<State>(SERVER).await.connections;
    let socket = connected(SERVER.builder("/")).await;
    // Connections of earlier tests may still be closing.
    until_async("it is the only client", async || connections().await == 1).await;
    drop(socket);
    until_async("no client is connected", async || connections().await == 0).await;
}

#[wasm_bindgen_test]
async fn l1_l2_a_silent_server_is_noticed_by_its_deadline_and_heartbeats_keep_the_other_connection()
{
    let kept = connected(SERVER.builder("/")).await;
    let socket = connected(SERVER.builder("/")).await;
    let (kept_ends, ends) = (ends(*kept), ends(*socket));
    // Twice, so that the deadline of the other socket has passed more than once.
    for _ in 0..2 {
        let id = socket.id();
        socket.emit_named("mute", &()).unwrap();
        until("it is noticed", || ends.len() == 1).await;
        assert_eq!(ends.take(), ["ping timeout"]);
        until("it is back", || socket.is_connected()).await;
        assert_ne!(socket.id(), id);
    }
    assert!(kept.is_connected() && kept_ends.len() == 0);
}

#[wasm_bindgen_test]
async fn b4_a_server_that_refuses_handshakes_is_retried_until_it_accepts() {
    post(SERVER, "close", r#"{"closed": true}"#).await;
    let socket = connect(SERVER.builder("/"));
    let errors = Log::default();
    let noted = errors.clone();
    let _error = socket.on_connect_error(move |error| noted.push(error));
    until("two attempts failed", || errors.len() >= 2).await;
    post(SERVER, "close", r#"{"closed": false}"#).await;
    until("it is connected", || socket.is_connected()).await;
    assert!(errors.take()[0].contains("1006"));
}
