use serde::{Deserialize, Serialize};
use socketio_web::{ConnectError, Event, Socket, Status};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

use super::server::Server;
use crate::support::log::Log;
use crate::support::owned::Owned;
use crate::support::wait::until;

#[derive(Serialize)]
struct Token {
    token: &'static str,
}

#[derive(Serialize)]
struct Early {
    early: &'static str,
}

/// What the server tells each socket that is connected.
#[derive(Deserialize)]
struct Welcome {
    id: String,
}

impl Event for Welcome {
    const NAME: &'static str = "welcome";
    type Ack = ();
}

/// What the server knows.
#[derive(Deserialize)]
struct State {
    connections: u32,
    handshakes: u32,
}

fn connect(builder: socketio_web::Builder) -> Owned {
    Owned(builder.connect().unwrap())
}

async fn connected(builder: socketio_web::Builder) -> Owned {
    let socket = connect(builder);
    until("it is connected", || socket.is_connected()).await;
    socket
}

/// Writes down each disconnect by its reason.
fn ends(socket: Socket) -> Log {
    let log = Log::default();
    let noted = log.clone();
    socket
        .on_disconnect(move |end| noted.push(end.reason))
        .forget();
    log
}

#[wasm_bindgen_test]
async fn e1_the_id_is_the_server_s_for_this_namespace() {
    let socket = connect(Server::plain().builder("/"));
    let ids = Log::default();
    let noted = ids.clone();
    let _welcome = socket.on(move |Welcome { id }| noted.push(id));
    until("it is welcome", || ids.len() == 1).await;
    assert_eq!(ids.take(), socket.id().as_slice());
}

#[wasm_bindgen_test]
async fn g3_a_refusal_comes_with_its_data() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Data {
        code: u32,
        retry: bool,
    }
    let socket = connect(Server::plain().builder("/admin"));
    let data = Rc::new(RefCell::new(None));
    let place = Rc::clone(&data);
    let _error = socket.on_connect_error(move |error| {
        let ConnectError::Refused(refusal) = error else {
            panic!("{error}")
        };
        *place.borrow_mut() = Some(refusal.data::<Data>().unwrap());
    });
    until("it is refused", || data.borrow().is_some()).await;
    let expected = Data {
        code: 4001,
        retry: false,
    };
    assert_eq!(data.take(), Some(expected));
    let message = "not authorized".into();
    assert_eq!(socket.status(), Status::Refused { message });
}

#[wasm_bindgen_test]
async fn d1_auth_opens_what_is_guarded() {
    let token = Token { token: "secret" };
    let socket = connected(Server::plain().builder("/admin").auth(&token)).await;
    assert_eq!(socket.status(), Status::Connected);
}

#[wasm_bindgen_test]
async fn a_namespace_that_the_server_does_not_know_is_refused() {
    let socket = connect(Server::plain().builder("/nowhere"));
    let refused = || matches!(socket.status(), Status::Refused { .. });
    until("it is refused", refused).await;
    let message = "Invalid namespace".into();
    assert_eq!(socket.status(), Status::Refused { message });
}

#[wasm_bindgen_test]
async fn a8_two_namespaces_share_one_connection() {
    let server = Server::plain();
    server.post("forget", "{}").await;
    let token = Token { token: "secret" };
    let root = connect(server.shared("/"));
    let admin = connect(server.shared("/admin").auth(&token));
    let both = || root.is_connected() && admin.is_connected();
    until("both are connected", both).await;
    assert_ne!(root.id(), admin.id());
    assert_eq!(server.state::<State>().await.handshakes, 1);

    let answer = |socket: Socket, text| {
        socket.emit_named_with_ack::<_, String>("echo", text, Some(Duration::from_secs(5)))
    };
    let (from_admin, from_root) = (answer(*admin, "a"), answer(*root, "b"));
    assert_eq!(from_admin.await.unwrap(), "a");
    assert_eq!(from_root.await.unwrap(), "b");

    // The server ends the one, and the other stays.
    let ends = ends(*root);
    root.emit_named("leave", "this").unwrap();
    until("the server has ended it", || ends.len() == 1).await;
    assert_eq!(ends.take(), ["io server disconnect"]);
    assert_eq!(answer(*admin, "still").await.unwrap(), "still");
    root.connect();
    until("it is back", both).await;
    assert_eq!(server.state::<State>().await.handshakes, 1);
}

#[wasm_bindgen_test]
async fn g6_the_server_s_disconnect_of_all_namespaces() {
    let socket = connected(Server::plain().builder("/")).await;
    let ends = ends(*socket);
    socket.emit_named("leave", "all").unwrap();
    until("it is over", || ends.len() == 1).await;
    assert_eq!(ends.take(), ["io server disconnect"]);
    assert_eq!(socket.status(), Status::Disconnected);
}

#[wasm_bindgen_test]
async fn w13_the_server_sees_the_last_socket_go() {
    #[derive(Deserialize)]
    struct Before {
        connections: u32,
    }
    let server = Server::plain();
    let before = server.state::<Before>().await.connections;
    let socket = connected(server.builder("/")).await;
    assert_eq!(server.state::<State>().await.connections, before + 1);
    drop(socket);
    let gone = async || server.state::<State>().await.connections == before;
    while !gone().await {}
}

#[wasm_bindgen_test]
async fn h4_an_event_before_the_connect_reply_is_heard_before_on_connect() {
    let early = Early { early: "bird" };
    let socket = connect(Server::plain().builder("/").auth(&early));
    let log = Log::default();
    let (heard, told) = (log.clone(), log.clone());
    let _early = socket.on_named("early", move |message| {
        heard.push(message.arg::<String>(0).unwrap());
    });
    let _connect = socket.on_connect(move || told.push("on_connect"));
    until("it is connected", || log.len() == 2).await;
    assert_eq!(log.take(), ["bird", "on_connect"]);
}

#[wasm_bindgen_test]
async fn g9_a_dropped_connection_comes_back_and_no_event_doubles() {
    let socket = connected(Server::plain().builder("/")).await;
    let (ends, first) = (ends(*socket), socket.id());
    let log = Log::default();
    let heard = log.clone();
    let _echo = socket.on_named("echo", move |message| {
        heard.push(message.arg::<u32>(0).unwrap());
    });
    socket.emit_named("drop", &()).unwrap();
    until("it is lost", || ends.len() == 1).await;
    // Kept, and sent once the connection is back.
    socket.emit_named("echo", &1).unwrap();
    until("it is back", || socket.is_connected()).await;
    assert_ne!(socket.id(), first);
    socket.emit_named("echo", &2).unwrap();
    until("both came back", || log.has("2")).await;
    assert_eq!(log.take(), ["1", "2"]);
    assert!(ends.take()[0].starts_with("transport "));
}

#[wasm_bindgen_test]
async fn l1_l2_a_server_that_has_gone_silent_is_noticed_by_the_clock_and_heartbeats_keep_the_other()
{
    let kept = connected(Server::plain().builder("/")).await;
    let socket = connected(Server::plain().builder("/")).await;
    let (kept_ends, ends) = (ends(*kept), ends(*socket));
    // Twice, so that the deadline of the other has passed more than once.
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
async fn b4_a_server_that_refuses_handshakes_is_tried_until_it_takes_them() {
    let server = Server::plain();
    server.post("close", r#"{"closed": true}"#).await;
    let socket = connect(server.builder("/"));
    let errors = Log::default();
    let noted = errors.clone();
    let _error = socket.on_connect_error(move |error| noted.push(error));
    until("two attempts failed", || errors.len() >= 2).await;
    server.post("close", r#"{"closed": false}"#).await;
    until("it is connected", || socket.is_connected()).await;
    assert!(errors.take()[0].contains("1006"));
}
