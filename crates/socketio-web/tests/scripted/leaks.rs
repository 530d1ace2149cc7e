//! Dropped sockets and listeners release everything: WebAssembly memory, handlers that JavaScript
//! could call, timers, and references to JavaScript values.

use std::time::Duration;

use socketio_web::Socket;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use super::events::Chat;
use crate::support::owned::Owned;
use crate::support::script::{Script, address, connected, page_listeners, timers};
use crate::times;

const WARM_UP: usize = 100;
const RECONNECTS: usize = times(1_000);
const LISTENERS: usize = times(100_000);

#[wasm_bindgen_test]
async fn a_thousand_reconnects_leave_nothing_behind() {
    let script = Script::install();
    // The first socket and the first future allocate what lasts for the life of the page.
    drop(Owned(Socket::builder(&address()).connect().unwrap()));
    gloo_timers::future::TimeoutFuture::new(0).await;
    let nothing = Left::now(&script);
    let delay = Duration::from_millis(1);
    let builder = Socket::builder(&address())
        .reconnection_delay(delay)
        .reconnection_delay_max(delay);
    let socket = Owned(builder.connect().unwrap());
    let chat = socket.on(|Chat(_)| ());
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
    outages(2, WARM_UP).await;
    let before = Left::now(&script);
    outages(2 + WARM_UP, RECONNECTS).await;
    assert_eq!(Left::now(&script), before);
    assert!(before.handlers > 0.0 && before.page_listeners > 0.0 && before.timers > 0.0);

    // One waits for its back-off, one for its handshake, one for an acknowledgement; then all are
    // dropped.
    let waits = Owned(Socket::builder(&address()).connect().unwrap());
    script.last().drop();
    let opens = Owned(Socket::builder(&address()).connect().unwrap());
    let patience = Some(Duration::from_secs(60));
    let answer = socket.emit_named_with_ack::<_, ()>("x", &1, patience);
    assert!(timers() > before.timers);
    drop((waits, opens, answer, chat, socket));
    let memory = Left::now(&script).memory;
    assert_eq!(Left::now(&script), Left { memory, ..nothing });
}

#[wasm_bindgen_test]
fn a_hundred_thousand_listeners_leave_nothing_behind() {
    let (script, ws, socket) = connected();
    let listen = |numbers: std::ops::Range<usize>| {
        for number in numbers {
            let _subscriptions = [
                socket.on(|Chat(_)| ()),
                // A name that is used only once.
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

/// The resources in use at a moment.
#[derive(Debug, PartialEq)]
struct Left {
    /// Bytes of WebAssembly memory, which grows by 64 KiB and never shrinks.
    memory: f64,
    /// Handlers on WebSockets.
    handlers: f64,
    /// Listeners on window and document.
    page_listeners: f64,
    timers: f64,
    /// JavaScript values that Rust references.
    values: u32,
}

impl Left {
    fn now(script: &Script) -> Self {
        let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
        let bytes = js_sys::Reflect::get(&memory.buffer(), &"byteLength".into());
        Self {
            memory: bytes.unwrap().as_f64().unwrap(),
            handlers: script.handlers(),
            page_listeners: page_listeners(),
            timers: timers(),
            values: wasm_bindgen::externref_heap_live_count(),
        }
    }
}
