use std::cell::Cell;

use js_sys::{Array, Function, Reflect, Uint8Array};
use socketio_web::{Builder, Socket};
use wasm_bindgen::{JsCast, JsValue};

use super::clock;
use super::owned::Owned;
use super::wait::until;

/// A handshake with the server's defaults: a heartbeat every 25 s, and 20 s to answer it.
pub(crate) const HANDSHAKE: &str = r#"0{"sid":"engine","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

/// The WebSockets that the page creates from now on; see websocket.js.
pub(crate) struct Script(JsValue);

/// One of these WebSockets.
pub(crate) struct Ws(JsValue);

impl Script {
    pub(crate) fn install() -> Self {
        if disturbed() {
            clock::disturb();
        }
        Self(js_sys::eval(include_str!("websocket.js")).expect("the script is valid"))
    }

    /// Restores the browser's own `WebSocket`.
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

    /// Waits until `count` WebSockets were created, and returns the last.
    pub(crate) async fn made(&self, count: usize) -> Ws {
        until(&format!("{count} WebSockets are made"), || {
            self.count() >= count
        })
        .await;
        assert_eq!(self.count(), count);
        self.last()
    }

    /// Makes the constructor throw `text` from now on.
    pub(crate) fn refuse(&self, text: Option<&str>) {
        let text = text.map_or(JsValue::NULL, JsValue::from);
        Reflect::set(&self.0, &"refusal".into(), &text).unwrap();
    }

    /// Returns the number of handlers that are set on all WebSockets.
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

    /// Returns the sub-protocols that it offers.
    pub(crate) fn protocols(&self) -> Vec<String> {
        let protocols: Array = get(&self.0, "protocols").unchecked_into();
        let names = protocols.iter();
        names.map(|name| name.as_string().unwrap()).collect()
    }

    /// Takes the frames that were sent since the last call.
    pub(crate) fn sent(&self) -> Vec<String> {
        let sent: Array = get(&self.0, "sent").unchecked_into();
        let lines = sent.iter().map(|line| line.as_string().unwrap()).collect();
        sent.set_length(0);
        lines
    }

    /// Takes the first frame that was sent since the last call, and keeps the rest.
    pub(crate) fn sent_first(&self) -> String {
        let sent: Array = get(&self.0, "sent").unchecked_into();
        sent.shift().as_string().unwrap()
    }

    /// Makes each `send` call this JavaScript function, `(ws, data) => …`.
    pub(crate) fn on_send(&self, function: &str) {
        let function = js_sys::eval(&format!("({function})")).unwrap();
        Reflect::set(&self.0, &"onsend".into(), &function).unwrap();
    }

    pub(crate) fn set_buffered_amount(&self, bytes: u32) {
        Reflect::set(&self.0, &"bufferedAmount".into(), &bytes.into()).unwrap();
    }

    /// Returns how many handlers were still set when it was closed; `None` while it is open.
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

    /// Delivers a text that JavaScript creates, so that it takes no WebAssembly memory.
    pub(crate) fn deliver_long(&self, start: &str, piece: &str, times: u32, end: &str) {
        let args = [start.into(), piece.into(), times.into(), end.into()];
        self.call("deliverLong", &args);
    }

    /// Delivers this many zero bytes.
    pub(crate) fn deliver_zeros(&self, bytes: u32) {
        self.call("deliver", &[js_sys::ArrayBuffer::new(bytes).into()]);
    }

    /// Simulates the loss of the network.
    pub(crate) fn drop(&self) {
        self.drop_with(1006, "", true);
    }

    /// Fires an error that no close follows.
    pub(crate) fn fail(&self) {
        self.call("fail", &[]);
    }

    /// Delivers the handshake and the CONNECT reply of the namespace `/`.
    pub(crate) fn accept(&self, sid: &str) {
        self.deliver(HANDSHAKE);
        self.deliver(&format!(r#"40{{"sid":"{sid}"}}"#));
    }

    fn call(&self, method: &str, args: &[JsValue]) {
        let method: Function = get(&self.0, method).unchecked_into();
        method.apply(&self.0, &args.iter().collect()).unwrap();
    }
}

/// Returns whether the clocks of the page are set all the time, see [`clock::disturb`].
pub(crate) const fn disturbed() -> bool {
    option_env!("SOCKETIO_TEST_CLOCKS").is_some()
}

/// Returns an address that no earlier test has used, and where no server listens.
pub(crate) fn address() -> String {
    thread_local!(static COUNT: Cell<u32> = const { Cell::new(0) });
    COUNT.set(COUNT.get() + 1);
    format!("http://h{}.test", COUNT.get())
}

/// Returns a connected socket of `/`, on a WebSocket whose list of sent frames is empty.
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

/// Returns the number of listeners on window and document to the events of the page's life cycle.
pub(crate) fn page_listeners() -> f64 {
    number(&get(&js_sys::global(), "pageListeners"), "count")
}

/// Returns the number of timers that are set and have not fired.
pub(crate) fn timers() -> f64 {
    number(&get(&js_sys::global(), "liveTimers"), "size")
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

fn number(object: &JsValue, name: &str) -> f64 {
    get(object, name).as_f64().unwrap()
}
