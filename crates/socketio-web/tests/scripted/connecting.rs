use std::time::Duration;

use socketio_web::{
    ConnectError, Disconnect, DisconnectReason, EmitError, Limits, Socket, Status, Subscription,
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::events::Chat;
use crate::support::log::Log;
use crate::support::owned::Owned;
use crate::support::script::{HANDSHAKE, Script, address, connected, connected_with};
use crate::support::wait::until;

/// Formats a status without the random length of a back-off.
pub(crate) fn word(status: &Status) -> String {
    match status {
        Status::Reconnecting {
            attempt,
            delay: Some(_),
        } => format!("waiting {attempt}"),
        Status::Reconnecting {
            attempt,
            delay: None,
        } => format!("retrying {attempt}"),
        Status::Refused { message } => format!("refused: {message}"),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// Logs everything that a socket reports about its connection.
pub(crate) fn listen(socket: Socket) -> Log {
    let log = Log::default();
    let (status, connect, error, disconnect) = (log.clone(), log.clone(), log.clone(), log.clone());
    socket.on_status(move |new| status.push(word(new))).forget();
    socket
        .on_connect(move || connect.push("on_connect"))
        .forget();
    let on_error = move |new: &ConnectError| error.push(format!("on_connect_error: {new}"));
    socket.on_connect_error(on_error).forget();
    let on_disconnect =
        move |end: &Disconnect| disconnect.push(format!("on_disconnect: {}", end.reason));
    socket.on_disconnect(on_disconnect).forget();
    log
}

#[wasm_bindgen_test]
fn b12_a_built_socket_waits_for_connect() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).build().unwrap());
    assert_eq!(script.count(), 0);
    assert_eq!(socket.status(), Status::Disconnected);
    assert!(!socket.is_active());
    socket.connect();
    assert_eq!(script.count(), 1);
    assert_eq!(socket.status(), Status::Connecting);
    assert!(socket.is_active() && !socket.is_connected());
}

#[wasm_bindgen_test]
fn g1_from_connect_to_disconnect_each_step_is_reported_once_and_in_order() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).build().unwrap());
    let log = listen(*socket);
    socket.connect();
    assert_eq!(log.take(), ["connecting"]);
    let ws = script.last();
    ws.deliver(HANDSHAKE);
    assert_eq!(ws.sent(), ["40"]);
    assert!(log.take().is_empty());
    assert_eq!(socket.id(), None);
    ws.deliver(r#"40{"sid":"s1"}"#);
    assert_eq!(log.take(), ["connected", "on_connect"]);
    assert_eq!(socket.id().as_deref(), Some("s1"));

    socket.connect();
    assert!(log.take().is_empty(), "a second connect does nothing");

    socket.disconnect();
    assert_eq!(
        log.take(),
        ["disconnected", "on_disconnect: io client disconnect"]
    );
    assert_eq!(ws.sent(), ["41"]);
    assert!(ws.is_closed());
    assert_eq!((socket.id(), socket.is_active()), (None, false));
}

#[wasm_bindgen_test]
fn l1_a_heartbeat_is_answered() {
    let (_script, ws, _socket) = connected();
    ws.deliver("2");
    assert_eq!(ws.sent(), ["3"]);
}

#[wasm_bindgen_test]
fn h4_an_event_before_the_connect_reply_is_delivered_before_on_connect() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    let log = listen(*socket);
    let noted = log.clone();
    let who = *socket;
    let _chat = socket.on(move |Chat(text)| {
        noted.push(format!("{text}, {}", word(&who.status())));
        assert!(who.is_connected() && who.id().is_some());
    });
    script.last().deliver(HANDSHAKE);
    script.last().deliver(r#"42["chat","early"]"#);
    assert!(log.take().is_empty());
    script.last().deliver(r#"40{"sid":"s1"}"#);
    assert_eq!(log.take(), ["connected", "early, connected", "on_connect"]);
}

#[wasm_bindgen_test]
fn g3_a_refusal_is_final_and_its_message_is_the_status() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    let log = listen(*socket);
    script.last().deliver(HANDSHAKE);
    script.last().deliver(r#"44{"message":"not you"}"#);
    assert_eq!(
        log.take(),
        [
            "refused: not you",
            "on_connect_error: the server refused the namespace: not you"
        ]
    );
    assert!(!socket.is_active());
    assert!(script.last().is_closed(), "no socket needs the connection");

    socket.connect();
    assert_eq!(log.take(), ["connecting"], "and may be tried again");
    assert_eq!(script.count(), 2);
    socket.disconnect();
    assert_eq!(log.take(), ["disconnected"], "and is forgotten then");
}

#[wasm_bindgen_test]
fn g3_a_refusal_of_a_bare_string_is_that_string() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    script.last().deliver(HANDSHAKE);
    script.last().deliver(r#"44"Unable to connect""#);
    let message = "Unable to connect".into();
    assert_eq!(socket.status(), Status::Refused { message });
}

#[wasm_bindgen_test]
fn g4_a_server_of_version_2_is_reported_as_such() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    script.last().deliver(HANDSHAKE);
    script.last().deliver("40");
    let Status::Refused { message } = socket.status() else {
        panic!("{:?}", socket.status())
    };
    assert!(message.contains("Socket.IO 2"), "{message}");
}

#[wasm_bindgen_test]
fn g6_the_server_s_disconnect_is_final() {
    let (script, ws, socket) = connected();
    let log = listen(*socket);
    ws.deliver("41");
    assert_eq!(
        log.take(),
        ["disconnected", "on_disconnect: io server disconnect"]
    );
    assert!(ws.is_closed() && !socket.is_active());
    assert_eq!(script.count(), 1);
}

#[wasm_bindgen_test]
async fn w6_an_exception_of_the_constructor_is_a_connect_error_and_retried() {
    let script = Script::install();
    script.refuse(Some("mixed content"));
    let builder = Socket::builder(&address()).reconnection_delay(Duration::from_millis(1));
    let socket = Owned(builder.connect().unwrap());
    // The error is reported later, so the listeners are added in time.
    let log = listen(*socket);
    until("the error is reported", || log.len() >= 2).await;
    script.refuse(None);
    assert_eq!(
        log.take()[..2],
        [
            "waiting 1",
            "on_connect_error: the transport failed: mixed content"
        ]
    );
    until("it is tried again", || script.count() == 1).await;
    script.last().accept("s1");
    assert!(socket.is_connected());
}

#[wasm_bindgen_test]
async fn w6_an_exception_of_the_constructor_is_not_reported_after_a_disconnect() {
    let script = Script::install();
    script.refuse(Some("mixed content"));
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    let log = listen(*socket);
    socket.disconnect();
    script.refuse(None);
    // Anything still to be reported is reported before the next socket connects.
    let other = Owned(Socket::builder(&address()).connect().unwrap());
    gloo_timers::future::TimeoutFuture::new(0).await;
    assert_eq!(log.take(), ["disconnected"]);
    assert_eq!(other.status(), Status::Connecting);
}

#[wasm_bindgen_test]
fn i16_sub_protocols_are_offered_at_each_attempt() {
    let (script, ws, socket) = connected_with(|builder| builder.protocols(["v2.chat", "chat"]));
    assert_eq!(ws.protocols(), ["v2.chat", "chat"]);
    ws.drop();
    socket.connect();
    assert_eq!(script.last().protocols(), ["v2.chat", "chat"]);

    let (_script, ws, _socket) = connected();
    assert!(ws.protocols().is_empty());
}

#[wasm_bindgen_test]
async fn i16_an_invalid_sub_protocol_is_a_connect_error() {
    for protocols in [&["a b"][..], &["twice", "twice"]] {
        Script::uninstall();
        let builder = Socket::builder(&address()).protocols(protocols.iter().copied());
        let socket = Owned(builder.reconnection(false).connect().unwrap());
        let log = listen(*socket);
        until("the error is reported", || log.len() == 2).await;
        let lines = log.take();
        assert_eq!(lines[0], "disconnected");
        let (error, name) = (&lines[1], protocols[0]);
        assert!(
            error.contains("subprotocol") && error.contains(name),
            "{error}"
        );
    }
}

#[wasm_bindgen_test]
fn w1_a_drop_before_the_handshake_is_noticed_at_once() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    let log = listen(*socket);
    script.last().drop_with(1001, "going away", false);
    assert_eq!(
        log.take(),
        [
            "waiting 1",
            "on_connect_error: the transport failed: the connection was closed with code 1001: going away"
        ]
    );
}

#[wasm_bindgen_test]
async fn w1_an_error_without_a_close_ends_the_attempt() {
    let script = Script::install();
    let builder = Socket::builder(&address()).timeout(None);
    let socket = Owned(builder.connect().unwrap());
    let log = listen(*socket);
    script.last().fail();
    until("the error is reported", || log.len() == 2).await;
    assert_eq!(
        log.take(),
        [
            "waiting 1",
            "on_connect_error: the transport failed: the connection was closed with code 1006"
        ]
    );
}

#[wasm_bindgen_test]
async fn b11_no_handshake_in_time() {
    let script = Script::install();
    let builder = Socket::builder(&address())
        .timeout(Some(Duration::from_millis(5)))
        .reconnection(false);
    let socket = Owned(builder.connect().unwrap());
    let log = listen(*socket);
    until("it gives up", || log.len() == 2).await;
    assert_eq!(
        log.take(),
        [
            "disconnected",
            "on_connect_error: no handshake in time: check that the server is reachable"
        ]
    );
    assert!(script.last().is_closed());
}

#[wasm_bindgen_test]
async fn l2_no_heartbeat_in_time() {
    let script = Script::install();
    let builder = Socket::builder(&address()).reconnection(false);
    let socket = Owned(builder.connect().unwrap());
    let handshake = HANDSHAKE.replace("25000", "5").replace("20000", "5");
    script.last().deliver(&handshake);
    script.last().deliver(r#"40{"sid":"s1"}"#);
    let log = listen(*socket);
    until("the deadline has passed", || log.len() == 2).await;
    assert_eq!(log.take(), ["disconnected", "on_disconnect: ping timeout"]);
    assert!(script.last().is_closed());
}

#[wasm_bindgen_test]
fn f2_disconnect_then_connect() {
    let (script, ws, socket) = connected();
    let log = listen(*socket);
    socket.disconnect();
    socket.connect();
    assert_eq!(
        log.take(),
        [
            "disconnected",
            "on_disconnect: io client disconnect",
            "connecting"
        ]
    );
    assert!(ws.is_closed());
    assert_eq!(script.count(), 2);
    script.last().accept("s2");
    assert_eq!(log.take(), ["connected", "on_connect"]);
    assert_eq!(socket.id().as_deref(), Some("s2"));
}

#[wasm_bindgen_test]
fn f2_connect_then_disconnect_before_any_frame() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    let log = listen(*socket);
    socket.disconnect();
    assert_eq!(log.take(), ["disconnected"]);
    assert!(script.last().is_closed());
    // Frames that still arrive over it are ignored.
    script.last().accept("s1");
    assert_eq!(socket.status(), Status::Disconnected);
    assert!(script.last().sent().is_empty());
}

#[wasm_bindgen_test]
fn c25_a_packet_that_can_t_be_read_ends_the_connection() {
    for frame in ["42", "42{}", "4x", "451-[\"x\"", "9"] {
        let (_script, ws, socket) = connected();
        let log = listen(*socket);
        let detail = Log::default();
        let noted = detail.clone();
        let _end = socket.on_disconnect(move |end| {
            noted.push(end.details.is_some());
        });
        ws.deliver(frame);
        assert!(ws.is_closed(), "{frame}");
        assert_eq!(log.take()[0], "waiting 1", "{frame}");
        assert_eq!(detail.take(), ["true"], "{frame}");
    }
}

#[wasm_bindgen_test]
fn c25_a_packet_that_can_t_be_read_reaches_no_listener() {
    type Listen = fn(Socket, Log) -> Subscription;
    let typed: Listen = |socket, log| socket.try_on::<Chat>(move |chat| log.push(chat.is_ok()));
    let once: Listen = |socket, log| socket.once(move |Chat(_)| log.push("once"));
    let named: Listen = |socket, log| socket.on_named("chat", move |_| log.push("named"));
    let any: Listen = |socket, log| socket.on_any(move |_| log.push("any"));
    for (listeners, by_name) in [
        (&[][..], 0),
        (&[typed], 1),
        (&[typed, typed], 2),
        (&[typed, named], 2),
        (&[any, typed], 1),
        (&[once], 1),
    ] {
        for rest in ["", ",", ",]", "]]", ",01]", ",\"\n\"]"] {
            let (_script, ws, socket) = connected();
            let log = Log::default();
            let _listening: Vec<_> = listeners
                .iter()
                .map(|listen| listen(*socket, log.clone()))
                .collect();
            ws.deliver(&format!("42[\"chat\",\"hello\"{rest}"));
            assert!(ws.is_closed(), "{rest}");
            assert_eq!(log.len(), 0, "{rest}");
            // A listener that waits for a single event still waits.
            assert_eq!(socket.listeners("chat"), by_name);
        }
    }
}

#[wasm_bindgen_test]
fn limits_apply_to_incoming_packets() {
    let limits = Limits {
        packet_bytes: 100,
        ..Limits::default()
    };
    let (_script, ws, socket) = connected_with(|builder| builder.limits(limits));
    let ends = Log::default();
    let noted = ends.clone();
    let _end = socket.on_disconnect(move |end| {
        assert_eq!(end.reason, DisconnectReason::ParseError);
        noted.push(end.details.as_ref().unwrap());
    });
    ws.deliver(&format!(r#"42["chat","{}"]"#, "x".repeat(50)));
    assert_eq!(ends.len(), 0);
    ws.deliver(&format!(r#"42["chat","{}"]"#, "x".repeat(100)));
    assert!(ends.take()[0].contains("100"), "the limit is named");
}

#[wasm_bindgen_test]
fn a_removed_socket_is_inert() {
    let (script, ws, socket) = connected();
    let log = listen(*socket);
    socket.remove();
    assert!(
        log.take().is_empty(),
        "its listeners get no report of its end"
    );
    assert_eq!(ws.sent(), ["41"]);
    assert!(ws.is_closed());
    assert_eq!(script.handlers(), 0.0);
    // Each call on it does nothing, and returns an error if it can.
    socket.connect();
    socket.disconnect();
    socket.remove();
    socket.on(|Chat(_)| panic!("called")).forget();
    assert!(matches!(
        socket.emit(&Chat("x".into())),
        Err(EmitError::NoSocket)
    ));
    assert_eq!(socket.status(), Status::Disconnected);
    assert_eq!((socket.id(), socket.namespace()), (None, None));
    assert_eq!((socket.buffered(), socket.clear_buffer()), (0, 0));
    assert_eq!(script.count(), 1);
}
