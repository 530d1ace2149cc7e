use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use serde::Serialize;
use socketio_web::{Auth, OpenError, Socket, Status};
use wasm_bindgen_test::wasm_bindgen_test;

use super::connecting::listen;
use crate::support::owned::Owned;
use crate::support::script::{HANDSHAKE, Script, address};
use crate::support::wait::until;

#[derive(Serialize)]
struct Token {
    token: String,
}

fn token(text: &str) -> Token {
    Token { token: text.into() }
}

fn counter() -> Rc<Cell<u32>> {
    Rc::default()
}

#[wasm_bindgen_test]
fn d1_auth_is_sent_with_each_connect() {
    let script = Script::install();
    let builder = Socket::builder(&address())
        .namespace("/x")
        .auth(&token("t"));
    let socket = Owned(builder.connect().unwrap());
    for _ in 0..2 {
        script.last().deliver(HANDSHAKE);
        assert_eq!(script.last().sent(), [r#"40/x,{"token":"t"}"#]);
        script.last().drop();
        socket.connect();
    }
}

#[wasm_bindgen_test]
fn d1_auth_that_is_not_an_object_is_an_error() {
    let script = Script::install();
    let error = Socket::builder(&address())
        .auth("text")
        .connect()
        .unwrap_err();
    assert!(matches!(error, OpenError::Auth(_)), "{error}");
    assert_eq!(script.count(), 0);
}

#[wasm_bindgen_test]
async fn d2_auth_is_requested_at_each_connect() {
    let script = Script::install();
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    let builder = Socket::builder(&address()).auth_with(move || {
        counted.set(counted.get() + 1);
        let text = format!("t{}", counted.get());
        async move {
            gloo_timers::future::TimeoutFuture::new(1).await;
            Auth::object(&token(&text)).map_err(|error| error.to_string())
        }
    });
    let socket = Owned(builder.connect().unwrap());
    for expected in [r#"40{"token":"t1"}"#, r#"40{"token":"t2"}"#] {
        let ws = script.last();
        ws.deliver(HANDSHAKE);
        assert!(ws.sent().is_empty(), "there is no auth yet");
        assert!(!socket.is_connected());
        let mut sent = Vec::new();
        until("CONNECT is sent", || {
            sent.extend(ws.sent());
            !sent.is_empty()
        })
        .await;
        assert_eq!(sent, [expected]);
        ws.drop();
        socket.connect();
    }
}

#[wasm_bindgen_test]
async fn d2_without_auth_the_socket_is_refused() {
    let script = Script::install();
    let builder = Socket::builder(&address()).auth_with(|| async { Err("signed out".to_owned()) });
    let socket = Owned(builder.connect().unwrap());
    let log = listen(*socket);
    script.last().deliver(HANDSHAKE);
    until("it is reported", || log.len() == 2).await;
    assert_eq!(
        log.take(),
        [
            "refused: signed out",
            "on_connect_error: the auth data could not be had: signed out"
        ]
    );
    assert!(script.last().is_closed() && !socket.is_active());
}

#[wasm_bindgen_test]
async fn d2_auth_for_a_lost_connection_is_not_sent() {
    let script = Script::install();
    let (called, answered, released) = (counter(), counter(), counter());
    let (call, answer, release) = (called.clone(), answered.clone(), released.clone());
    let builder = Socket::builder(&address()).auth_with(move || {
        call.set(call.get() + 1);
        let first = call.get() == 1;
        let (answer, release) = (answer.clone(), release.clone());
        async move {
            // The first answer arrives after its connection was lost.
            until("it may answer", || !first || release.get() > 0).await;
            answer.set(answer.get() + 1);
            let text = if first { "old" } else { "new" };
            Auth::object(&token(text)).map_err(|error| error.to_string())
        }
    });
    let socket = Owned(builder.connect().unwrap());
    script.last().deliver(HANDSHAKE);
    script.last().drop();
    socket.connect();
    let ws = script.last();
    ws.deliver(HANDSHAKE);
    let mut sent = Vec::new();
    until("CONNECT is sent", || {
        sent.extend(ws.sent());
        !sent.is_empty()
    })
    .await;
    assert_eq!((called.get(), answered.get()), (2, 1));
    released.set(1);
    until("the first has answered", || answered.get() == 2).await;
    sent.extend(ws.sent());
    assert_eq!(sent, [r#"40{"token":"new"}"#]);
}

#[wasm_bindgen_test]
async fn a_provider_may_outlive_its_socket() {
    let script = Script::install();
    let done = Rc::new(Cell::new(false));
    let finished = Rc::clone(&done);
    let builder = Socket::builder(&address()).auth_with(move || {
        let finished = Rc::clone(&finished);
        async move {
            gloo_timers::future::TimeoutFuture::new(1).await;
            finished.set(true);
            Ok(Auth::NONE)
        }
    });
    let socket = Owned(builder.connect().unwrap());
    script.last().deliver(HANDSHAKE);
    socket.remove();
    until("the provider has answered", || done.get()).await;
    assert!(script.last().sent().is_empty());
}

#[wasm_bindgen_test]
async fn d2_auth_that_never_arrives_is_a_refusal() {
    let script = Script::install();
    let builder = Socket::builder(&address())
        .timeout(Some(Duration::from_millis(20)))
        .auth_with(std::future::pending);
    let socket = Owned(builder.connect().unwrap());
    script.last().deliver(HANDSHAKE);
    assert_eq!(socket.status(), Status::Connecting);
    let refused = || matches!(socket.status(), Status::Refused { .. });
    until("it is given up", refused).await;
    assert!(script.last().sent().is_empty() && script.last().is_closed());
}
