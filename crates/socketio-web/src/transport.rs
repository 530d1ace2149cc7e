use std::cell::Cell;
use std::rc::Rc;

use socketio_proto::manager::TransportEvent;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use crate::guard;
use crate::timer::Timer;

/// Takes what a transport tells.
pub(crate) type Sink = Rc<dyn Fn(TransportEvent)>;

/// Reads what a frame holds, if it is text.
pub(crate) type ReadText = fn(&JsValue) -> Option<String>;

/// The code of a connection that ended without a close frame (RFC 6455, 7.1.5).
const ABNORMAL: u16 = 1006;

/// How long the close may take that follows an error, in milliseconds. A browser sends it in its next task.
const CLOSE_FOLLOWS: u32 = 100;

/// One WebSocket of the browser and the handlers on it. Dropping it takes the handlers off, then closes: nothing of
/// it is heard afterwards, and nothing is leaked.
#[derive(Debug)]
pub(crate) struct Transport {
    socket: WebSocket,
    read: Rc<Cell<ReadText>>,
    _handlers: [Closure<dyn Fn(JsValue)>; 3],
}

impl Transport {
    /// Opens a WebSocket whose events go to `sink`.
    ///
    /// # Errors
    /// The browser's words, where it refuses to try: a bad URL or sub-protocol, mixed content, a content security
    /// policy (W6).
    pub(crate) fn open(url: &str, protocols: &JsValue, sink: Sink) -> Result<Self, String> {
        let socket =
            WebSocket::new_with_str_sequence(url, protocols).map_err(|error| text(&error))?;
        socket.set_binary_type(BinaryType::Arraybuffer);

        let read = Rc::new(Cell::new(JsValue::as_string as ReadText));
        let message_sink = Rc::clone(&sink);
        let read_text = Rc::clone(&read);
        let message = Closure::new(move |event: JsValue| {
            let data = event.unchecked_into::<MessageEvent>().data();
            message_sink(match read_text.get()(&data) {
                Some(text) => TransportEvent::Text(text),
                None => TransportEvent::Binary(js_sys::Uint8Array::new(&data).to_vec()),
            });
        });
        // The browser reports an error without its cause; the close that follows it carries the code. None follows where
        // a content security policy forbids the address, in Chromium.
        let unclosed = Rc::new(Cell::new(None));
        let error = Closure::new({
            let (sink, unclosed) = (Rc::clone(&sink), Rc::clone(&unclosed));
            move |_: JsValue| {
                let sink = Rc::clone(&sink);
                let end = move || sink(closed(ABNORMAL, String::new(), true));
                unclosed.set(Some(Timer::new(CLOSE_FOLLOWS, end)));
            }
        });
        let close = Closure::new(move |event: JsValue| {
            let event: CloseEvent = event.unchecked_into();
            let failed = unclosed.take().is_some();
            sink(closed(event.code(), event.reason(), failed));
        });
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onerror(Some(error.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        Ok(Self {
            socket,
            read,
            _handlers: [message, error, close],
        })
    }

    /// From now on text is read by `read`, in the place of wasm-bindgen's own way, which is the least code: a head start
    /// has no more.
    pub(crate) fn read_by(&self, read: ReadText) {
        self.read.set(read);
    }

    /// Bytes that were given to the browser and not yet to the network (W11).
    pub(crate) fn buffered_amount(&self) -> u32 {
        self.socket.buffered_amount()
    }

    /// A WebSocket that is closing takes nothing more; its close event is on the way.
    pub(crate) fn send_text(&self, text: &str) {
        let _ = self.socket.send_with_str(text);
    }

    pub(crate) fn send_binary(&self, data: &[u8]) {
        let _ = self.socket.send_with_u8_array(data);
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onerror(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

fn closed(code: u16, reason: String, failed: bool) -> TransportEvent {
    TransportEvent::Closed {
        code,
        reason,
        failed,
    }
}

/// What was thrown: an exception says it in its message.
fn text(error: &JsValue) -> String {
    guard::message(error).unwrap_or_else(|| "the browser refused the WebSocket".into())
}
