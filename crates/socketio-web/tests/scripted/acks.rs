use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use socketio_web::{AckError, EmitError, Responder, Retries, Socket};
use wasm_bindgen_test::wasm_bindgen_test;

use super::events::{Chat, Count};
use crate::support::log::Log;
use crate::support::owned::Owned;
use crate::support::script::{Script, address, connected, connected_with};
use crate::support::wait::until;

#[wasm_bindgen_test]
async fn f5_an_acknowledgement_resolves_with_its_first_argument() {
    let (_script, ws, socket) = connected();
    let ack = socket.emit_with_ack(&Count { count: 1 }, None);
    assert_eq!(ws.sent(), [r#"420["count",{"count":1}]"#]);
    ws.deliver(r#"430[7,"more"]"#);
    assert_eq!(ack.await.unwrap(), 7);

    // An empty ack decodes as `()`.
    let ack = socket.emit_with_ack(&Chat("x".into()), None);
    ws.deliver("431[]");
    ack.await.unwrap();
}

#[wasm_bindgen_test]
async fn d4_the_socket_s_timeout_applies_if_the_emit_has_none() {
    let short = Duration::from_millis(5);
    let (_script, ws, socket) = connected_with(|builder| builder.ack_timeout(short));
    let own = socket.emit_with_ack(&Count { count: 1 }, None);
    let named = socket.emit_with_ack(&Count { count: 2 }, Some(Duration::from_secs(60)));
    assert!(matches!(own.await, Err(AckError::Timeout)));
    ws.deliver("431[2]");
    assert_eq!(named.await.unwrap(), 2);
}

#[wasm_bindgen_test]
async fn h8_acks_are_matched_by_id() {
    let (_script, ws, socket) = connected();
    let first = socket.emit_with_ack(&Count { count: 1 }, None);
    let second = socket.emit_with_ack(&Count { count: 2 }, None);
    ws.deliver("431[20]");
    ws.deliver("430[10]");
    assert_eq!(first.await.unwrap(), 10);
    assert_eq!(second.await.unwrap(), 20);
}

#[wasm_bindgen_test]
async fn f6_an_acknowledgement_that_is_late_is_a_timeout() {
    let (_script, ws, socket) = connected();
    let wait = Some(Duration::from_millis(5));
    let error = socket.emit_with_ack(&Count { count: 1 }, wait).await;
    assert!(matches!(error, Err(AckError::Timeout)), "{error:?}");
    // The answer arrives after all, and is ignored (H13).
    ws.deliver("430[7]");
    let ack = socket.emit_with_ack(&Count { count: 2 }, None);
    ws.deliver("431[8]");
    assert_eq!(ack.await.unwrap(), 8);
}

#[wasm_bindgen_test]
async fn h11_an_event_that_was_not_sent_before_its_timeout_is_never_sent() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    let wait = Some(Duration::from_millis(5));
    let error = socket.emit_with_ack(&Count { count: 1 }, wait).await;
    assert!(matches!(error, Err(AckError::Timeout)), "{error:?}");
    script.last().accept("s1");
    assert_eq!(script.last().sent(), ["40"]);
}

#[wasm_bindgen_test]
async fn a_dropped_wait_is_given_up_and_its_late_answer_is_ignored() {
    let (_script, ws, socket) = connected();
    drop(socket.emit_with_ack(&Count { count: 1 }, Some(Duration::from_millis(1))));
    assert_eq!(ws.sent().len(), 1, "the event is sent all the same");
    ws.deliver("430[7]");
    let ack = socket.emit_with_ack(&Count { count: 2 }, None);
    ws.deliver("431[8]");
    assert_eq!(ack.await.unwrap(), 8);
}

#[wasm_bindgen_test]
async fn a_wait_that_is_given_up_leaves_its_event_in_the_buffer() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    let wait = |millis| Some(Duration::from_millis(millis));
    drop(socket.emit_with_ack(&Count { count: 1 }, wait(2)));
    let later = socket.emit_with_ack(&Count { count: 2 }, wait(8)).await;
    assert!(matches!(later, Err(AckError::Timeout)), "{later:?}");
    script.last().accept("s1");
    assert_eq!(script.last().sent(), ["40", r#"420["count",{"count":1}]"#]);
}

#[wasm_bindgen_test]
async fn h21_a_retried_event_is_sent_until_it_is_acknowledged() {
    let (_script, ws, socket) = connected_with(|builder| {
        builder
            .retries(Retries::default())
            .ack_timeout(Duration::from_millis(5))
    });
    let ack = socket.emit_with_ack(&Count { count: 1 }, None);
    let mut sent = ws.sent();
    until("it is sent again", || {
        sent.extend(ws.sent());
        sent.len() > 1
    })
    .await;
    assert!(
        sent.iter().all(|frame| frame.contains(r#""count":1"#)),
        "{sent:?}"
    );
    // The server may answer either of them.
    ws.deliver("431[7]");
    assert_eq!(ack.await.unwrap(), 7);
}

#[wasm_bindgen_test]
async fn h10_a_disconnect_ends_the_wait() {
    let (_script, ws, socket) = connected();
    let ack = socket.emit_with_ack(&Count { count: 1 }, None);
    ws.drop();
    let error = ack.await;
    assert!(matches!(error, Err(AckError::Disconnected)), "{error:?}");
}

#[wasm_bindgen_test]
async fn h12_the_wait_for_an_unsent_event_survives_a_disconnect() {
    let (script, ws, socket) = connected();
    ws.drop();
    let ack = socket.emit_with_ack(&Count { count: 1 }, None);
    // The emit came after the loss, so only this could end its wait.
    socket.disconnect();
    socket.connect();
    script.last().accept("s2");
    assert_eq!(script.last().sent(), ["40", r#"420["count",{"count":1}]"#]);
    script.last().deliver("430[3]");
    assert_eq!(ack.await.unwrap(), 3);
}

#[wasm_bindgen_test]
async fn an_acknowledgement_of_another_type_is_a_decode_error() {
    let (_script, ws, socket) = connected();
    let ack = socket.emit_with_ack(&Count { count: 1 }, None);
    ws.deliver(r#"430["seven"]"#);
    let error = ack.await;
    assert!(matches!(error, Err(AckError::Decode(_))), "{error:?}");
}

#[wasm_bindgen_test]
async fn a_removed_socket_ends_the_wait() {
    let (_script, _ws, socket) = connected();
    let ack = socket.emit_with_ack(&Count { count: 1 }, None);
    socket.remove();
    // The wait for a sent event ends with the connection, that for an unsent one with the socket.
    let error = ack.await;
    assert!(
        matches!(error, Err(AckError::Disconnected | AckError::Removed)),
        "{error:?}"
    );
    let error = socket.emit_with_ack(&Count { count: 1 }, None).await;
    assert!(
        matches!(error, Err(AckError::Emit(EmitError::NoSocket))),
        "{error:?}"
    );
}

#[wasm_bindgen_test]
async fn a_socket_that_is_removed_with_a_full_buffer_ends_the_wait() {
    let _script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    let ack = socket.emit_with_ack(&Count { count: 1 }, None);
    socket.remove();
    let error = ack.await;
    assert!(matches!(error, Err(AckError::Removed)), "{error:?}");
}

#[wasm_bindgen_test]
async fn w10_a_cleared_buffer_ends_the_wait() {
    let _script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    let ack = socket.emit_with_ack(&Count { count: 1 }, None);
    assert_eq!(socket.clear_buffer(), 1);
    let error = ack.await;
    assert!(matches!(error, Err(AckError::Dropped)), "{error:?}");
}

#[wasm_bindgen_test]
async fn a_failed_emit_is_reported_by_the_future() {
    let (_script, _ws, socket) = connected();
    let error = socket
        .emit_named_with_ack::<_, ()>("connect", &1, None)
        .await;
    assert!(
        matches!(error, Err(AckError::Emit(EmitError::Encode(_)))),
        "{error:?}"
    );
}

#[wasm_bindgen_test]
async fn a_listener_may_emit_and_await_within_its_own_task() {
    let (_script, ws, socket) = connected();
    let log = Log::default();
    let (received, handle) = (log.clone(), *socket);
    let _chat = socket.on(move |Chat(_)| {
        let received = received.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let ack = handle.emit_with_ack(&Count { count: 1 }, None).await;
            received.push(ack.unwrap());
        });
    });
    ws.deliver(r#"42["chat","x"]"#);
    until("it is emitted", || !ws.sent().is_empty()).await;
    ws.deliver("430[5]");
    until("it is acknowledged", || log.has("5")).await;
}

#[wasm_bindgen_test]
fn h14_an_event_is_answered_once() {
    let (_script, ws, socket) = connected();
    let log = Log::default();
    let _both = ["first", "second"].map(|name| {
        let log = log.clone();
        socket.on_named("ask", move |message| match message.responder() {
            Some(responder) => responder.send(&name).unwrap(),
            None => log.push(format!("{name}: taken")),
        })
    });
    ws.deliver(r#"4212["ask"]"#);
    assert_eq!(ws.sent(), [r#"4312["first"]"#]);
    assert_eq!(log.take(), ["second: taken"]);
    // An event that requests no acknowledgement can't be answered.
    ws.deliver(r#"42["ask"]"#);
    assert_eq!(log.take(), ["first: taken", "second: taken"]);
    assert!(ws.sent().is_empty());
}

/// Adds a listener to `ask` that keeps the handle for the answer.
fn keep(socket: Socket) -> Rc<RefCell<Vec<Responder>>> {
    let kept = Rc::new(RefCell::new(Vec::new()));
    let place = Rc::clone(&kept);
    let listener = socket.on_named("ask", move |message| {
        place.borrow_mut().extend(message.responder());
    });
    listener.forget();
    kept
}

#[wasm_bindgen_test]
fn h14_an_event_is_answered_later() {
    let (_script, ws, socket) = connected();
    let kept = keep(*socket);
    ws.deliver(r#"421["ask"]"#);
    ws.deliver(r#"422["ask"]"#);
    let [first, second] = kept.take().try_into().unwrap();
    second.send(&"b").unwrap();
    first.send(&"a").unwrap();
    assert_eq!(ws.sent(), [r#"432["b"]"#, r#"431["a"]"#]);
}

#[wasm_bindgen_test]
fn an_answer_does_not_reach_a_later_connection() {
    let (script, ws, socket) = connected();
    let kept = keep(*socket);
    ws.deliver(r#"421["ask"]"#);
    ws.deliver(r#"422["ask"]"#);
    ws.deliver(r#"423["ask"]"#);
    let [first, second, third] = kept.take().try_into().unwrap();
    ws.drop();
    let error = first.send(&1).unwrap_err();
    assert!(matches!(error, EmitError::StaleAck), "{error}");
    socket.connect();
    script.last().accept("s2");
    let error = second.send(&1).unwrap_err();
    assert!(matches!(error, EmitError::StaleAck), "{error}");
    assert_eq!(script.last().sent(), ["40"]);
    socket.remove();
    let error = third.send(&1).unwrap_err();
    assert!(matches!(error, EmitError::NoSocket), "{error}");
}
