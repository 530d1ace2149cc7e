use serde::{Deserialize, Serialize};
use socketio_web::{ConnectError, ConnectionEvent, Event, Socket, Status};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

use super::SERVER;
use crate::matrix::Ability;
use crate::support::log::Log;
use crate::support::sockets::{connect, connected, ends};
use crate::support::wait::{until, until_async};

const PATIENCE: Option<Duration> = Some(Duration::from_secs(5));

#[derive(Serialize)]
struct Token {
    token: &'static str,
}

#[derive(Serialize)]
struct Early {
    early: &'static str,
}

/// The event that the server sends to each connected socket.
#[derive(Deserialize)]
struct Welcome {
    id: String,
}

impl Event for Welcome {
    const NAME: &'static str = "welcome";
    type Ack = ();
}

#[wasm_bindgen_test]
async fn e1_the_id_is_the_server_s_for_this_namespace() {
    let socket = connect(SERVER.builder("/"));
    let ids = Log::default();
    let noted = ids.clone();
    let _welcome = socket.on(move |Welcome { id }| noted.push(id));
    until("it is welcome", || ids.len() == 1).await;
    assert_eq!(ids.take(), socket.id().as_slice());
}

#[wasm_bindgen_test]
async fn g3_a_refusal_carries_its_data() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Data {
        code: u32,
        retry: bool,
    }
    let socket = connect(SERVER.builder("/admin"));
    let data = Rc::new(RefCell::new(None));
    let place = Rc::clone(&data);
    let _error = socket.on_connect_error(move |error| {
        let ConnectError::Refused(refusal) = error else {
            panic!("{error}")
        };
        *place.borrow_mut() = Some(refusal.data::<Option<Data>>().unwrap());
    });
    until("it is refused", || data.borrow().is_some()).await;
    let expected = SERVER.can(Ability::RefuseWithData).then_some(Data {
        code: 4001,
        retry: false,
    });
    assert_eq!(data.take(), Some(expected));
    let message = "not authorized".into();
    assert_eq!(socket.status(), Status::Refused { message });
}

#[wasm_bindgen_test]
async fn d1_auth_admits_to_a_guarded_namespace() {
    let token = Token { token: "secret" };
    let socket = connected(SERVER.builder("/admin").auth(&token)).await;
    assert_eq!(socket.status(), Status::Connected);
}

#[wasm_bindgen_test]
async fn a_namespace_unknown_to_the_server_is_refused() {
    let socket = connect(SERVER.builder("/nowhere"));
    let refused = || matches!(socket.status(), Status::Refused { .. });
    until("it is refused", refused).await;
    let message = SERVER.no_such_namespace().into();
    assert_eq!(socket.status(), Status::Refused { message });
}

#[wasm_bindgen_test]
async fn a8_two_namespaces_share_one_connection() {
    let token = Token { token: "secret" };
    let root = connect(SERVER.shared("/"));
    let admin = connect(SERVER.shared("/admin").auth(&token));
    let both = || root.is_connected() && admin.is_connected();
    until("both are connected", both).await;
    let differ = root.id() != admin.id();
    assert_eq!(differ, SERVER.can(Ability::IdPerNamespace));

    let (from_admin, from_root) = (echoed(*admin, "a"), echoed(*root, "b"));
    assert_eq!(
        (from_admin.await, from_root.await),
        ("a".into(), "b".into())
    );

    // A lost connection is lost for both.
    let (root_ends, admin_ends) = (ends(*root), ends(*admin));
    admin.emit_named("drop", &()).unwrap();
    let lost = || root_ends.len() == 1 && admin_ends.len() == 1;
    until("both are lost", lost).await;
    assert_eq!(root_ends.take(), admin_ends.take());
    until("both are back", both).await;
}

#[wasm_bindgen_test]
async fn g6_the_server_s_disconnect_of_one_namespace_leaves_the_other() {
    let token = Token { token: "secret" };
    let root = connected(SERVER.shared("/")).await;
    let admin = connected(SERVER.shared("/admin").auth(&token)).await;
    let (root_ends, admin_ends) = (ends(*root), ends(*admin));
    root.emit_named("leave", "this").unwrap();
    until("the server has ended it", || root_ends.len() == 1).await;
    assert_eq!(root_ends.take(), ["io server disconnect"]);
    assert_eq!(root.status(), Status::Disconnected);
    assert_eq!(echoed(*admin, "still").await, "still");
    root.connect().await.unwrap();
    assert_eq!(echoed(*root, "again").await, "again");
    assert_eq!(admin_ends.len(), 0);
}

#[wasm_bindgen_test]
async fn g6_the_server_s_disconnect_of_all_namespaces() {
    let socket = connected(SERVER.builder("/")).await;
    let ends = ends(*socket);
    socket.emit_named("leave", "all").unwrap();
    until("it has ended", || ends.len() == 1).await;
    assert_eq!(ends.take(), ["io server disconnect"]);
    assert_eq!(socket.status(), Status::Disconnected);
}

#[wasm_bindgen_test]
async fn h4_an_event_before_the_connect_reply_is_delivered_before_on_connect() {
    let early = Early { early: "bird" };
    let socket = connect(SERVER.builder("/").auth(&early));
    let log = Log::default();
    let (received, connects) = (log.clone(), log.clone());
    let _early = socket.on_named("early", move |message| {
        received.push(message.arg::<String>(0).unwrap());
    });
    let _connect = socket.on_connect(move || connects.push("on_connect"));
    until("it is connected", || log.has("on_connect")).await;
    // The echo arrives after everything that the server sent before it.
    assert_eq!(echoed(*socket, "now").await, "now");
    let early = SERVER.can(Ability::EmitEarly).then_some("bird");
    let expected: Vec<&str> = early.into_iter().chain(["on_connect"]).collect();
    assert_eq!(log.take(), expected);
}

#[wasm_bindgen_test]
async fn g9_a_dropped_connection_is_restored_and_no_event_is_duplicated() {
    let socket = connected(SERVER.builder("/")).await;
    let (ends, first) = (ends(*socket), socket.id());
    let log = Log::default();
    let received = log.clone();
    let _echo = socket.on_named("echo", move |message| {
        received.push(message.arg::<u32>(0).unwrap());
    });
    socket.emit_named("drop", &()).unwrap();
    until("it is lost", || ends.len() == 1).await;
    // Buffered, and sent once the connection is restored.
    socket.emit_named("echo", &1).unwrap();
    until("it is back", || socket.is_connected()).await;
    assert_ne!(socket.id(), first);
    socket.emit_named("echo", &2).unwrap();
    until("both were returned", || log.has("2")).await;
    assert_eq!(log.take(), ["1", "2"]);
    assert!(ends.take()[0].starts_with("transport "));
}

#[wasm_bindgen_test]
async fn w13_the_server_sees_a_removed_socket_disconnect() {
    let stays = connected(SERVER.builder("/")).await;
    let leaving = connected(SERVER.builder("/")).await;
    assert_eq!(echoed(*leaving, "here").await, "here");
    let count = async || {
        let count = stays.emit_named_with_ack::<_, u32>("count", &(), PATIENCE);
        count.await.unwrap()
    };
    // Connections of earlier tests may still be closing.
    until_async("two sockets are connected", async || count().await == 2).await;
    drop(leaving);
    until_async("one socket is left", async || count().await == 1).await;
}

#[wasm_bindgen_test]
async fn l1_heartbeats_keep_the_connection() {
    let socket = connected(SERVER.builder("/")).await;
    let ends = ends(*socket);
    let beats = Log::default();
    let noted = beats.clone();
    let _beats = socket.on_connection(move |event| {
        if matches!(event, ConnectionEvent::Ping) {
            noted.push("beat");
        }
    });
    // After three heartbeats, the server's deadline for the answer to the first has passed.
    until("the heart has beaten", || beats.len() == 3).await;
    assert_eq!(echoed(*socket, "still").await, "still");
    assert_eq!(ends.len(), 0);
}

/// Returns the server's acknowledgement of an `echo`.
async fn echoed(socket: Socket, text: &str) -> String {
    let answer = socket.emit_named_with_ack("echo", text, PATIENCE);
    answer.await.unwrap()
}
