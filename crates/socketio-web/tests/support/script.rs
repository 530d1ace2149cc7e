use std::cell::Cell;

use js_sys::{Array, Function, Reflect, Uint8Array};
use socketio_web::{Builder, Socket};
use wasm_bindgen::{JsCast, JsValue};

use super::clock;
use super::owned::Owned;
use super::wait::until;

/// A handshake of the server's defaults: a heartbeat each 25 s, 20 s to answer it.
pub(crate) const HANDSHAKE: &str = r#"0{"sid":"engine","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

/// The WebSockets that the page makes from now on; see websocket.js.
pub(crate) struct Script(JsValue);

/// One of them.
pub(crate) struct Ws(JsValue);

impl Script {
    pub(crate) fn install() -> Self {
        if disturbed() {
            clock::disturb();
        }
        Self(js_sys::eval(include_str!("websocket.js")).expect("the script is valid"))
    }

    /// Gives the page the browser's own WebSocket back.
    pub(crate) fn uninstall() {
        js_sys::eval("globalThis.WebSocket = globalThis.realWebSocket ?? globalThis.WebSocket")
            .unwrap();
    }

    pub(crate) fn count(&self) -> usize {
        self.all().length() as usize
    }

    pub(crate) fn ws(&self, index: u32) -> Ws {
        let ws = self.all().get(index);
        assert!(ws.is_object(), "there is no WebSocket {index}");
        Ws(ws)
    }

    pub(crate) fn last(&self) -> Ws {
        assert!(self.count() > 0, "there is no WebSocket");
        self.ws(self.all().length() - 1)
    }

    /// Waits until that many were made, and returns the last.
    pub(crate) async fn made(&self, count: usize) -> Ws {
        until(&format!("{count} WebSockets are made"), || {
            self.count() >= count
        })
        .await;
        assert_eq!(self.count(), count);
        self.last()
    }

    /// From now on the constructor throws this.
    pub(crate) fn refuse(&self, text: Option<&str>) {
        let text = text.map_or(JsValue::NULL, JsValue::from);
        Reflect::set(&self.0, &"refusal".into(), &text).unwrap();
    }

    /// Handlers that are set, on all of them together.
    pub(crate) fn handlers(&self) -> f64 {
        number(&self.0, "handlers")
    }

    fn all(&self) -> Array {
        get(&self.0, "all").unchecked_into()
    }
}

impl Ws {
    pub(crate) fn url(&self) -> String {
        get(&self.0, "url").as_string().unwrap()
    }

    /// The sub-protocols that it offers.
    pub(crate) fn protocols(&self) -> Vec<String> {
        let protocols: Array = get(&self.0, "protocols").unchecked_into();
        let names = protocols.iter();
        names.map(|name| name.as_string().unwrap()).collect()
    }

    /// What was sent since the last look.
    pub(crate) fn sent(&self) -> Vec<String> {
        let sent: Array = get(&self.0, "sent").unchecked_into();
        let lines = sent.iter().map(|line| line.as_string().unwrap()).collect();
        sent.set_length(0);
        lines
    }

    /// The first that was sent since the last look; what follows is left.
    pub(crate) fn sent_first(&self) -> String {
        let sent: Array = get(&self.0, "sent").unchecked_into();
        sent.shift().as_string().unwrap()
    }

    /// Has this function of JavaScript's, `(ws, data) => …`, called by each `send`.
    pub(crate) fn on_send(&self, function: &str) {
        let function = js_sys::eval(&format!("({function})")).unwrap();
        Reflect::set(&self.0, &"onsend".into(), &function).unwrap();
    }

    pub(crate) fn set_buffered_amount(&self, bytes: u32) {
        Reflect::set(&self.0, &"bufferedAmount".into(), &bytes.into()).unwrap();
    }

    /// How many handlers were still set when it was closed; `None` while it isn't.
    pub(crate) fn handlers_at_close(&self) -> Option<f64> {
        get(&self.0, "handlersAtClose").as_f64()
    }

    pub(crate) fn is_closed(&self) -> bool {
        number(&self.0, "readyState") > 1.0
    }

    pub(crate) fn deliver(&self, frame: &str) {
        self.call("deliver", &[frame.into()]);
    }

    pub(crate) fn deliver_binary(&self, data: &[u8]) {
        self.call("deliver", &[Uint8Array::from(data).buffer().into()]);
    }

    pub(crate) fn drop_with(&self, code: u16, reason: &str, failed: bool) {
        self.call("drop", &[code.into(), reason.into(), failed.into()]);
    }

    /// A text that is made by JavaScript, so that it takes no memory here.
    pub(crate) fn deliver_long(&self, start: &str, piece: &str, times: u32, end: &str) {
        let args = [start.into(), piece.into(), times.into(), end.into()];
        self.call("deliverLong", &args);
    }

    /// So many bytes, which are zero.
    pub(crate) fn deliver_zeros(&self, bytes: u32) {
        self.call("deliver", &[js_sys::ArrayBuffer::new(bytes).into()]);
    }

    /// The network goes away.
    pub(crate) fn drop(&self) {
        self.drop_with(1006, "", true);
    }

    /// An error, and no close behind it.
    pub(crate) fn fail(&self) {
        self.call("fail", &[]);
    }

    /// Handshake and CONNECT reply of the namespace `/`.
    pub(crate) fn accept(&self, sid: &str) {
        self.deliver(HANDSHAKE);
        self.deliver(&format!(r#"40{{"sid":"{sid}"}}"#));
    }

    fn call(&self, method: &str, args: &[JsValue]) {
        let method: Function = get(&self.0, method).unchecked_into();
        method.apply(&self.0, &args.iter().collect()).unwrap();
    }
}

/// Whether the clocks of the page are to be set all the time, see [`clock::disturb`].
pub(crate) const fn disturbed() -> bool {
    option_env!("SOCKETIO_TEST_CLOCKS").is_some()
}

/// An address that no test before had; nobody is there.
pub(crate) fn address() -> String {
    thread_local!(static COUNT: Cell<u32> = const { Cell::new(0) });
    COUNT.set(COUNT.get() + 1);
    format!("http://h{}.test", COUNT.get())
}

/// A socket of `/` that is connected, on a WebSocket that has sent nothing since.
pub(crate) fn connected() -> (Script, Ws, Owned) {
    connected_with(|builder| builder)
}

pub(crate) fn connected_with(options: impl FnOnce(Builder) -> Builder) -> (Script, Ws, Owned) {
    let script = Script::install();
    let socket = options(Socket::builder(&address())).connect().unwrap();
    let ws = script.last();
    ws.accept("s1");
    assert!(socket.is_connected());
    ws.sent();
    (script, ws, Owned(socket))
}

/// Listeners on window and document to what a page goes through.
pub(crate) fn page_listeners() -> f64 {
    number(&get(&js_sys::global(), "pageListeners"), "count")
}

/// Timers that are set and have not rung.
pub(crate) fn timers() -> f64 {
    number(&get(&js_sys::global(), "liveTimers"), "size")
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

fn number(object: &JsValue, name: &str) -> f64 {
    get(object, name).as_f64().unwrap()
}
