//! What goes leaves nothing behind: no WebAssembly memory, and no handler that JavaScript could call.

use std::time::Duration;

use socketio_web::Socket;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use super::events::Chat;
use crate::support::owned::Owned;
use crate::support::script::{Script, address, connected, page_listeners};

const WARM_UP: usize = 100;
const RECONNECTS: usize = 1_000;
const LISTENERS: usize = 100_000;

#[wasm_bindgen_test]
async fn a_thousand_reconnects_leave_nothing_behind() {
    let script = Script::install();
    let delay = Duration::from_millis(1);
    let builder = Socket::builder(&address())
        .reconnection_delay(delay)
        .reconnection_delay_max(delay);
    let socket = Owned(builder.connect().unwrap());
    let _chat = socket.on(|Chat(_)| ());
    let outages = async |before: usize, count: usize| {
        for made in before..before + count {
            let ws = script.made(made).await;
            ws.accept("s");
            ws.deliver(r#"42["chat","x"]"#);
            drop(socket.emit_named_with_ack::<_, ()>("x", &1, None));
            ws.drop();
        }
        script.made(before + count).await.accept("s");
    };
    outages(1, WARM_UP).await;
    let before = Left::now(&script);
    outages(1 + WARM_UP, RECONNECTS).await;
    assert_eq!(Left::now(&script), before);
    assert!(before.handlers > 0.0 && before.page_listeners > 0.0);
}

#[wasm_bindgen_test]
fn a_hundred_thousand_listeners_leave_nothing_behind() {
    let (script, ws, socket) = connected();
    let listen = |numbers: std::ops::Range<usize>| {
        for number in numbers {
            let _subscriptions = [
                socket.on(|Chat(_)| ()),
                // A name that was not heard before, and is not heard again.
                socket.on_named(&format!("event {number}"), |_| ()),
                socket.on_any(|_| ()),
                socket.on_connect(|| ()),
            ];
            if number % 100 == 0 {
                ws.deliver(r#"42["chat","x"]"#);
            }
        }
    };
    listen(0..WARM_UP);
    let before = Left::now(&script);
    listen(WARM_UP..WARM_UP + LISTENERS / 4);
    assert_eq!(Left::now(&script), before);
}

/// What is there at a moment.
#[derive(Debug, PartialEq)]
struct Left {
    /// Bytes that WebAssembly has: they grow by 64 KiB, and never shrink.
    memory: f64,
    /// On WebSockets.
    handlers: f64,
    /// On window and document.
    page_listeners: f64,
}

impl Left {
    fn now(script: &Script) -> Self {
        let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
        let bytes = js_sys::Reflect::get(&memory.buffer(), &"byteLength".into());
        Self {
            memory: bytes.unwrap().as_f64().unwrap(),
            handlers: script.handlers(),
            page_listeners: page_listeners(),
        }
    }
}
