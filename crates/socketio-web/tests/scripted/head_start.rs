//! A connection that was opened ahead is taken over in its current state: nothing is lost or sent
//! twice.

use std::collections::BTreeMap;

use socketio_web::{Auth, Builder, HeadStart, HeadStartEvent, OpenError, Socket, Status};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::WebSocket;

use super::connecting::listen;
use super::events::Chat;
use crate::support::log::Log;
use crate::support::owned::Owned;
use crate::support::script::{HANDSHAKE, Script, address, page_listeners};
use crate::support::wait::until;

const AUTH: &str = r#"{"token":"t"}"#;

fn ahead(address: &str, log: &Log) -> HeadStart {
    let log = log.clone();
    let observer = move |event: HeadStartEvent<'_>| log.push(format!("{event:?}"));
    HeadStart::open(address, "/socket.io", "/x", Some(AUTH), observer).unwrap()
}

/// Builds a socket that takes over the head start, and does not connect it yet.
fn successor(address: &str, head_start: HeadStart) -> Owned {
    let builder = Socket::builder(address)
        .namespace("/x")
        .auth(&token("t"))
        .head_start(head_start);
    Owned(builder.build().unwrap())
}

fn token(token: &str) -> BTreeMap<&str, &str> {
    BTreeMap::from([("token", token)])
}

#[wasm_bindgen_test]
async fn early_events_are_delivered_in_order_and_connect_is_sent_once() {
    let (script, log, address) = (Script::install(), Log::default(), address());
    let head_start = ahead(&address, &log);
    let ws = script.last();
    assert!(ws.url().ends_with("/socket.io/?EIO=4&transport=websocket"));
    assert!(head_start.is_open() && !head_start.has_asked());
    ws.deliver(HANDSHAKE);
    assert_eq!(ws.sent(), [r#"40/x,{"token":"t"}"#]);
    assert!(head_start.has_asked());
    ws.deliver(r#"42/x,["chat","a"]"#);
    ws.deliver(r#"40/x,{"sid":"s1"}"#);
    ws.deliver(r#"42/x,["chat","b"]"#);
    let packets = [
        r#"Packet("2/x,[\"chat\",\"a\"]")"#,
        r#"Packet("0/x,{\"sid\":\"s1\"}")"#,
        r#"Packet("2/x,[\"chat\",\"b\"]")"#,
    ];
    assert_eq!(log.take(), packets);

    let socket = successor(&address, head_start);
    let reports = listen(*socket);
    let chat = reports.clone();
    let _chat = socket.on(move |Chat(text)| chat.push(text));
    socket.connect();
    ws.deliver(r#"42/x,["chat","c"]"#);
    until("all is reported", || reports.has("c")).await;
    assert_eq!(
        reports.take(),
        ["connecting", "connected", "a", "on_connect", "b", "c"]
    );
    assert_eq!(socket.id().as_deref(), Some("s1"));
    assert!(ws.sent().is_empty() && script.count() == 1);
    // The observer received `c` before the connection was taken over, and receives nothing
    // afterwards.
    assert_eq!(log.len(), 1);
    ws.deliver(r#"42/x,["chat","d"]"#);
    socket.emit(&Chat("e".into())).unwrap();
    assert_eq!((reports.take(), log.len()), (vec!["d".to_owned()], 1));
    assert_eq!(ws.sent(), [r#"42/x,["chat","e"]"#]);
}

#[wasm_bindgen_test]
async fn an_open_websocket_is_used_for_its_address() {
    let (script, log, address) = (Script::install(), Log::default(), address());
    let open = |opened: WebSocket| {
        let (log, asked) = (log.clone(), log.clone());
        let observer = move |event: HeadStartEvent<'_>| log.push(format!("{event:?}"));
        let opened = move |url: &str| {
            asked.push(url.to_owned());
            Some(opened)
        };
        HeadStart::open_with(&address, "/socket.io", "/x", Some(AUTH), opened, observer).unwrap()
    };
    let opened = WebSocket::new("ws://elsewhere").unwrap();
    let ws = script.last();
    let head_start = open(opened);
    assert!(head_start.is_open() && !head_start.has_asked());
    let asked = log.take();
    assert!(
        asked[0].ends_with("/socket.io/?EIO=4&transport=websocket"),
        "{asked:?}"
    );
    ws.deliver(HANDSHAKE);
    assert_eq!(ws.sent(), [r#"40/x,{"token":"t"}"#]);

    let socket = successor(&address, head_start);
    let reports = listen(*socket);
    socket.connect();
    ws.deliver(r#"40/x,{"sid":"s1"}"#);
    until("it is connected", || reports.has("on_connect")).await;
    assert_eq!(script.count(), 1, "it opened another WebSocket");
}

#[wasm_bindgen_test]
async fn heartbeats_are_answered_before_and_after() {
    let (script, log, address) = (Script::install(), Log::default(), address());
    let head_start = ahead(&address, &log);
    let ws = script.last();
    ws.deliver(HANDSHAKE);
    ws.sent();
    ws.deliver("2");
    assert_eq!(ws.sent(), ["3"]);
    ws.deliver(r#"40/x,{"sid":"s1"}"#);
    let socket = successor(&address, head_start);
    socket.connect();
    until("it is connected", || socket.is_connected()).await;
    assert!(
        ws.sent().is_empty(),
        "an answered heartbeat is not answered again"
    );
    ws.deliver("2");
    assert_eq!(ws.sent(), ["3"]);
}

#[wasm_bindgen_test]
async fn a_connection_without_a_handshake_gets_its_connect_from_the_client() {
    let (script, address) = (Script::install(), address());
    let head_start = ahead(&address, &Log::default());
    let builder = Socket::builder(&address).namespace("/x").auth(&token("u"));
    let socket = Owned(builder.head_start(head_start).connect().unwrap());
    let ws = script.last();
    // The connection is handed over in a task after `connect`.
    gloo_timers::future::TimeoutFuture::new(1).await;
    ws.deliver(HANDSHAKE);
    assert_eq!(ws.sent(), [r#"40/x,{"token":"u"}"#]);
    ws.deliver(r#"40/x,{"sid":"s1"}"#);
    assert!(socket.is_connected() && script.count() == 1);
}

#[wasm_bindgen_test]
async fn a_handshake_between_connect_and_the_takeover_is_answered_once() {
    let (script, address) = (Script::install(), address());
    let socket = successor(&address, ahead(&address, &Log::default()));
    socket.connect();
    let ws = script.last();
    ws.deliver(HANDSHAKE);
    ws.deliver("2");
    until("the namespace is requested", || !ws.sent().is_empty()).await;
    ws.deliver(r#"40/x,{"sid":"s1"}"#);
    assert!(socket.is_connected());
    assert!(!ws.sent().iter().any(|frame| frame.starts_with("40")));
}

#[wasm_bindgen_test]
async fn a_connection_that_ended_meanwhile_is_reported_and_replaced() {
    let (script, log, address) = (Script::install(), Log::default(), address());
    let head_start = ahead(&address, &log);
    let ws = script.last();
    ws.deliver(HANDSHAKE);
    ws.deliver(r#"40/x,{"sid":"s1"}"#);
    ws.drop();
    assert!(!head_start.is_open() && log.has("Closed"));
    let socket = successor(&address, head_start);
    let reports = listen(*socket);
    socket.connect();
    until("it waits for the next attempt", || reports.has("waiting 1")).await;
    assert!(reports.has("on_disconnect: transport error"));
    assert!(matches!(socket.status(), Status::Reconnecting { .. }));
}

#[wasm_bindgen_test]
async fn a_refusal_is_passed_to_the_client() {
    let (script, address) = (Script::install(), address());
    let head_start = ahead(&address, &Log::default());
    script.last().deliver(HANDSHAKE);
    script.last().deliver(r#"44/x,{"message":"no"}"#);
    let socket = successor(&address, head_start);
    let reports = listen(*socket);
    socket.connect();
    until("the refusal is reported", || reports.has("refused: no")).await;
}

#[wasm_bindgen_test]
async fn a_websocket_that_the_browser_refuses_is_reported_by_the_client() {
    let (script, log, address) = (Script::install(), Log::default(), address());
    script.refuse(Some("not here"));
    let head_start = ahead(&address, &log);
    assert!(!head_start.is_open() && log.has("Closed"));
    script.refuse(None);
    let socket = successor(&address, head_start);
    let reports = listen(*socket);
    socket.connect();
    let error = "on_connect_error: the transport failed: not here";
    until("the error is reported", || reports.has(error)).await;
}

#[wasm_bindgen_test]
async fn exceeding_the_buffer_ends_the_connection_and_the_client_opens_its_own() {
    let (script, log, address) = (Script::install(), Log::default(), address());
    let head_start = ahead(&address, &log);
    let ws = script.last();
    ws.deliver(HANDSHAKE);
    let mut frames = 0;
    while head_start.is_open() {
        ws.deliver(r#"42/x,["chat","again"]"#);
        frames += 1;
        assert!(frames <= 1_000, "there is a bound");
    }
    assert!(ws.is_closed() && log.has("Closed"));
    let socket = successor(&address, head_start);
    let reports = listen(*socket);
    socket.connect();
    until("it waits for the next attempt", || reports.has("waiting 1")).await;
}

#[wasm_bindgen_test]
fn a_head_start_for_another_url_or_namespace_is_closed() {
    let (script, address) = (Script::install(), address());
    let head_start = ahead(&address, &Log::default());
    let ahead_ws = script.last();
    let builder = Socket::builder(&address)
        .namespace("/y")
        .head_start(head_start);
    let socket = Owned(builder.connect().unwrap());
    assert!(ahead_ws.is_closed() && script.count() == 2);
    script.last().deliver(HANDSHAKE);
    assert_eq!(script.last().sent(), ["40/y,"]);
    script.last().deliver(r#"40/y,{"sid":"s1"}"#);
    assert!(socket.is_connected());
}

#[wasm_bindgen_test]
fn a_head_start_of_another_user_is_closed_and_its_events_are_not_delivered() {
    type Named = fn(Builder) -> Builder;
    let others: [(Named, &str); 2] = [
        (|builder| builder.auth(&token("u")), r#"40/x,{"token":"u"}"#),
        (|builder| builder, "40/x,"),
    ];
    for (named, connect) in others {
        let (script, address) = (Script::install(), address());
        let head_start = ahead(&address, &Log::default());
        let before = script.last();
        before.deliver(HANDSHAKE);
        before.deliver(r#"40/x,{"sid":"s1"}"#);
        before.deliver(r#"42/x,["chat","of t"]"#);
        let builder = named(Socket::builder(&address).namespace("/x"));
        let socket = Owned(builder.head_start(head_start).build().unwrap());
        let reports = listen(*socket);
        let chat = reports.clone();
        let _chat = socket.on(move |Chat(text)| chat.push(text));
        socket.connect();
        assert!(before.is_closed() && script.count() == 2);
        script.last().deliver(HANDSHAKE);
        assert_eq!(script.last().sent(), [connect]);
        script.last().deliver(r#"40/x,{"sid":"s2"}"#);
        assert_eq!(reports.take(), ["connecting", "connected", "on_connect"]);
    }
}

#[wasm_bindgen_test]
async fn auth_that_changes_before_the_takeover_ends_the_requested_session() {
    let (script, address) = (Script::install(), address());
    let head_start = ahead(&address, &Log::default());
    let before = script.last();
    before.deliver(HANDSHAKE);
    before.deliver(r#"40/x,{"sid":"s1"}"#);
    let socket = successor(&address, head_start);
    let reports = listen(*socket);
    socket.connect();
    socket.set_auth(&token("u")).unwrap();
    assert!(before.is_closed() && script.count() == 2);
    // The connection would have been handed over in this task.
    gloo_timers::future::TimeoutFuture::new(1).await;
    assert_eq!(reports.take(), ["connecting"]);
    script.last().deliver(HANDSHAKE);
    assert_eq!(script.last().sent(), [r#"40/x,{"token":"u"}"#]);
}

#[wasm_bindgen_test]
async fn a_socket_with_an_auth_provider_takes_it_over_without_calling_the_provider() {
    let (script, address) = (Script::install(), address());
    let head_start = ahead(&address, &Log::default());
    script.last().deliver(HANDSHAKE);
    script.last().deliver(r#"40/x,{"sid":"s1"}"#);
    let calls = Log::default();
    let noted = calls.clone();
    let builder = Socket::builder(&address)
        .namespace("/x")
        .auth_with(move || {
            noted.push("called");
            async { Ok(Auth::NONE) }
        });
    let socket = Owned(builder.head_start(head_start).connect().unwrap());
    until("it is connected", || socket.is_connected()).await;
    assert_eq!((calls.len(), script.count()), (0, 1));
}

#[wasm_bindgen_test]
async fn nothing_is_leaked() {
    let (script, address) = (Script::install(), address());
    let (handlers, listeners) = (script.handlers(), page_listeners());
    drop(ahead(&address, &Log::default()));
    assert!(script.last().is_closed());
    assert_eq!(script.last().handlers_at_close(), Some(0.0));

    let head_start = ahead(&address, &Log::default());
    script.last().deliver(HANDSHAKE);
    script.last().deliver(r#"40/x,{"sid":"s1"}"#);
    let socket = successor(&address, head_start);
    socket.connect();
    until("it is connected", || socket.is_connected()).await;
    drop(socket);
    assert!(script.last().is_closed());
    assert_eq!((script.handlers(), page_listeners()), (handlers, listeners));
}

#[wasm_bindgen_test]
fn invalid_arguments_are_refused_at_once() {
    let script = Script::install();
    let open = |url: &str, namespace: &str, auth: &str| {
        HeadStart::open(url, "/socket.io", namespace, Some(auth), |_| ()).map(drop)
    };
    let address = address();
    assert!(matches!(
        open("ftp://x", "/x", AUTH),
        Err(OpenError::Url(_))
    ));
    assert!(matches!(
        open(&address, "/a,b", AUTH),
        Err(OpenError::Namespace(_))
    ));
    for auth in ["", "no json", "[1]", "1", "null"] {
        assert!(
            matches!(open(&address, "/x", auth), Err(OpenError::Auth(_))),
            "{auth}"
        );
    }
    assert_eq!(script.count(), 0);
}
