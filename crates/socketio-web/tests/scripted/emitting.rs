use std::rc::Rc;

use socketio_web::{Binary, EmitError, Limits, Outcome, SendBuffer, Socket};
use wasm_bindgen_test::wasm_bindgen_test;

use super::events::Chat;
use crate::support::owned::Owned;
use crate::support::script::{HANDSHAKE, Script, address, connected, connected_with};

fn chat(text: &str) -> Chat {
    Chat(text.into())
}

#[wasm_bindgen_test]
fn h1_early_events_are_buffered_and_sent_once() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    for text in ["a", "b"] {
        assert_eq!(socket.emit(&chat(text)).unwrap(), Outcome::Buffered);
    }
    assert_eq!(socket.buffered(), 2);
    script.last().accept("s1");
    assert_eq!(
        script.last().sent(),
        ["40", r#"42["chat","a"]"#, r#"42["chat","b"]"#]
    );
    assert_eq!(socket.buffered(), 0);
    assert_eq!(socket.emit(&chat("c")).unwrap(), Outcome::Sent);
    assert_eq!(script.last().sent(), [r#"42["chat","c"]"#]);
}

#[wasm_bindgen_test]
fn h2_events_of_on_connect_are_sent_after_the_buffer() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    let handle = *socket;
    let _connect = socket.on_connect(move || {
        handle.emit(&chat("in on_connect")).unwrap();
    });
    socket.emit(&chat("before")).unwrap();
    script.last().accept("s1");
    assert_eq!(
        script.last().sent(),
        [
            "40",
            r#"42["chat","before"]"#,
            r#"42["chat","in on_connect"]"#
        ]
    );
}

#[wasm_bindgen_test]
fn w10_on_connect_can_still_clear_the_buffer() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    let handle = *socket;
    let cleared = Rc::new(std::cell::Cell::new(0));
    let count = Rc::clone(&cleared);
    let _connect = socket.on_connect(move || count.set(handle.clear_buffer()));
    socket.emit(&chat("stale")).unwrap();
    script.last().accept("s1");
    assert_eq!(cleared.get(), 1);
    assert_eq!(script.last().sent(), ["40"]);
}

#[wasm_bindgen_test]
fn w10_a_full_buffer_is_an_error() {
    let _script = Script::install();
    let bounds = SendBuffer {
        packets: 1,
        ..SendBuffer::default()
    };
    let builder = Socket::builder(&address()).send_buffer(bounds);
    let socket = Owned(builder.connect().unwrap());
    socket.emit(&chat("kept")).unwrap();
    let error = socket.emit(&chat("refused")).unwrap_err();
    assert!(
        matches!(error, EmitError::BufferFull { packets: 1 }),
        "{error}"
    );
    assert_eq!(socket.buffered(), 1);
}

#[wasm_bindgen_test]
fn h3_events_passed_to_a_lost_connection_are_not_sent_again() {
    let (script, ws, socket) = connected();
    socket.emit(&chat("lost")).unwrap();
    ws.drop();
    socket.emit(&chat("kept")).unwrap();
    socket.connect();
    script.last().accept("s2");
    assert_eq!(script.last().sent(), ["40", r#"42["chat","kept"]"#]);
}

#[wasm_bindgen_test]
fn f7_volatile_is_dropped_while_the_browser_still_holds_bytes() {
    let (_script, ws, socket) = connected();
    assert_eq!(socket.emit_volatile(&chat("a")).unwrap(), Outcome::Sent);
    ws.set_buffered_amount(1);
    assert_eq!(socket.buffered_amount(), 1);
    assert_eq!(socket.emit_volatile(&chat("b")).unwrap(), Outcome::Dropped);
    assert_eq!(socket.emit(&chat("c")).unwrap(), Outcome::Sent);
    ws.set_buffered_amount(0);
    assert_eq!(socket.emit_volatile(&chat("d")).unwrap(), Outcome::Sent);
    assert_eq!(
        ws.sent(),
        [
            r#"42["chat","a"]"#,
            r#"42["chat","c"]"#,
            r#"42["chat","d"]"#
        ]
    );
}

#[wasm_bindgen_test]
fn f7_volatile_is_dropped_while_not_connected() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    assert_eq!(socket.emit_volatile(&chat("a")).unwrap(), Outcome::Dropped);
    script.last().deliver(HANDSHAKE);
    assert_eq!(socket.emit_volatile(&chat("b")).unwrap(), Outcome::Dropped);
    assert_eq!(socket.buffered(), 0);
    script.last().deliver(r#"40{"sid":"s1"}"#);
    assert_eq!(script.last().sent(), ["40"]);
}

#[wasm_bindgen_test]
fn f4_send_emits_a_message() {
    let (_script, ws, socket) = connected();
    socket.send("hello").unwrap();
    assert_eq!(ws.sent(), [r#"42["message","hello"]"#]);
}

#[wasm_bindgen_test]
fn g13_reserved_names_are_refused() {
    let (_script, ws, socket) = connected();
    for name in ["connect", "connect_error", "disconnect", "disconnecting"] {
        let error = socket.emit_named(name, &1).unwrap_err();
        assert!(matches!(error, EmitError::Encode(_)), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
    assert!(ws.sent().is_empty());
}

#[wasm_bindgen_test]
fn limits_apply_to_emitted_events() {
    let limits = Limits {
        attachments: 1,
        packet_bytes: 100,
        nesting: 4,
    };
    let (_script, ws, socket) = connected_with(|builder| builder.limits(limits));
    let bytes = || Binary(vec![1]);
    let too_many = socket.emit_named("x", &(bytes(), bytes())).unwrap_err();
    let too_long = socket.emit_named("x", &"x".repeat(101)).unwrap_err();
    for error in [too_many, too_long] {
        assert!(matches!(error, EmitError::Encode(_)), "{error}");
    }
    assert!(ws.sent().is_empty(), "nothing of them is sent");
    socket.emit_named("x", &bytes()).unwrap();
    assert_eq!(ws.sent().len(), 2);
}
