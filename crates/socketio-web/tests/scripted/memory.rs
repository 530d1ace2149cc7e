//! How much memory a peer can make the client allocate. WebAssembly memory grows and never shrinks.

use std::cell::Cell;
use std::rc::Rc;

use socketio_web::{CloseDetails, ConnectError, DisconnectReason, HeadStart, Limits, Socket};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::log::Log;
use crate::support::owned::Owned;
use crate::support::script::{HANDSHAKE, Script, Ws, address, connected, connected_with};

const MEGABYTE: u32 = 1 << 20;

/// Returns the size of the WebAssembly memory in bytes.
fn memory() -> u32 {
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let buffer: js_sys::ArrayBuffer = memory.buffer().unchecked_into();
    buffer.byte_length()
}

/// Returns by how many bytes the memory grows while `f` runs.
fn growth(f: impl FnOnce()) -> u32 {
    let before = memory();
    f();
    memory() - before
}

/// Logs the reason and the details of each disconnect.
fn ends(socket: Socket) -> Log {
    let log = Log::default();
    let noted = log.clone();
    socket
        .on_disconnect(move |end| {
            let details = end.details.as_ref().unwrap();
            assert!(matches!(details, CloseDetails::Packet(_)), "{details:?}");
            noted.push(format!("{}: {details}", end.reason));
        })
        .forget();
    log
}

/// Delivers an event whose frame has this many bytes of text after the type of its Engine.IO
/// packet.
fn event_of(ws: &Ws, piece: &str, bytes: usize) {
    let (start, end) = ("42[\"chat\",\"", "\"]");
    let room = bytes + 1 - start.len() - end.len();
    let fill = "x".repeat(room % piece.len());
    let times = (room / piece.len()) as u32;
    ws.deliver_long(&format!("{start}{fill}"), piece, times, end);
}

#[wasm_bindgen_test]
fn a_message_that_exceeds_the_limit_ends_the_connection_and_names_the_limit() {
    // Short text, text, and long text are copied in different ways.
    for limit in [100, 10_000, 200_000] {
        let limits = Limits {
            packet_bytes: limit,
            ..Limits::default()
        };
        let too_large = format!(
            "parse error: the packet has more than {limit} bytes: raise `Limits::packet_bytes` if you trust the peer"
        );
        // Characters that exceed the limit in UTF-16 units as well, or in bytes only.
        for piece in ["x", "\u{e9}", "\u{79cd}", "\u{1f333}"] {
            let (_script, ws, socket) = connected_with(|builder| builder.limits(limits));
            let log = ends(*socket);
            let chats = Rc::new(Cell::new(0));
            let counted = Rc::clone(&chats);
            let _chat = socket.on_named("chat", move |_| counted.set(counted.get() + 1));
            event_of(&ws, piece, limit);
            assert_eq!(chats.get(), 1, "{limit} bytes of {piece} are accepted");
            event_of(&ws, piece, limit + 1);
            assert_eq!(log.take().join("\n"), too_large, "{limit} of {piece}");
            assert!(ws.is_closed() && socket.is_active());
            assert_eq!(chats.get(), 1);
        }
        let (_script, ws, socket) = connected_with(|builder| builder.limits(limits));
        let log = ends(*socket);
        ws.deliver(r#"451-["chat",{"_placeholder":true,"num":0}]"#);
        ws.deliver_zeros(limit as u32 + 2);
        assert_eq!(log.take(), [too_large]);
        assert!(ws.is_closed());
    }
}

#[wasm_bindgen_test]
fn a_handshake_that_exceeds_the_limit_is_an_error() {
    let script = Script::install();
    let limits = Limits {
        packet_bytes: 1_000,
        ..Limits::default()
    };
    let builder = Socket::builder(&address()).limits(limits);
    let socket = Owned(builder.connect().unwrap());
    let log = Log::default();
    let noted = log.clone();
    let _error = socket.on_connect_error(move |error| {
        noted.push(matches!(error, ConnectError::Packet(_)));
    });
    script.last().deliver_long(HANDSHAKE, " ", 1_000, "");
    assert_eq!(log.take(), ["true"]);
    assert!(script.last().is_closed() && socket.is_active());
}

#[wasm_bindgen_test]
fn oversized_messages_are_not_copied() {
    let (_script, ws, socket) = connected();
    let reason = Rc::new(Cell::new(None));
    let noted = Rc::clone(&reason);
    let _end = socket.on_disconnect(move |end| noted.set(Some(end.reason)));
    let grown = growth(|| ws.deliver_long("42[\"chat\",\"", "x", 200 * MEGABYTE, "\"]"));
    assert_eq!(reason.take(), Some(DisconnectReason::ParseError));
    assert!(grown < MEGABYTE, "{grown} bytes");

    let (_script, ws, _socket) = connected();
    ws.deliver(r#"451-["chat",{"_placeholder":true,"num":0}]"#);
    let grown = growth(|| ws.deliver_zeros(200 * MEGABYTE));
    assert!(ws.is_closed());
    assert!(grown < MEGABYTE, "{grown} bytes");
}

#[wasm_bindgen_test]
fn long_texts_take_the_memory_of_one() {
    for piece in ["x", "\u{e9}"] {
        let (_script, ws, socket) = connected();
        let received = Rc::new(Cell::new(0));
        let counted = Rc::clone(&received);
        let _chat = socket.on_named("chat", move |message| {
            let text: &str = message.arg(0).unwrap();
            counted.set(counted.get() + text.len());
        });
        let size = 15 * MEGABYTE;
        let times = size / piece.len() as u32;
        let grown = growth(|| {
            for _ in 0..20 {
                ws.deliver_long("42[\"chat\",\"", piece, times, "\"]");
            }
        });
        assert_eq!(received.get(), 20 * size as usize);
        assert!(grown < 24 * MEGABYTE, "{grown} bytes of {piece}");
    }
}

#[wasm_bindgen_test]
fn a_head_start_copies_no_more_than_it_keeps() {
    let (script, address) = (Script::install(), address());
    let log = Log::default();
    let noted = log.clone();
    let observer = move |event: socketio_web::HeadStartEvent<'_>| noted.push(format!("{event:?}"));
    let head_start = HeadStart::open(&address, "/socket.io", "/", None, observer).unwrap();
    let ws = script.last();
    ws.accept("s1");
    log.take();
    let grown = growth(|| ws.deliver_long("42[\"chat\",\"", "x", 100 * MEGABYTE, "\"]"));
    assert!(grown < MEGABYTE, "{grown} bytes");
    assert_eq!(log.take(), ["Closed"]);
    assert!(ws.is_closed() && !head_start.is_open());
}
