use std::cell::Cell;
use std::rc::Rc;

use socketio_proto::manager::TransportEvent;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use crate::sys::bytes;
use crate::sys::guard;
use crate::sys::property;
use crate::sys::timer::Timer;

/// Receives the events of a transport.
pub(crate) type Sink = Rc<dyn Fn(TransportEvent)>;

/// How messages are copied into WebAssembly's memory, which never shrinks.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    /// Copies a text of `length` UTF-16 units; `None` where it has more than `limit` bytes.
    pub(crate) text: fn(&JsValue, length: u32, limit: u32) -> Option<String>,
    /// The maximum number of bytes of a message. A longer one is not copied.
    pub(crate) limit: u32,
}

impl Reading {
    fn read(self, data: &JsValue) -> TransportEvent {
        let limit = self.limit;
        // Only text has a length: binary messages are received as `ArrayBuffer`.
        let read = match data.unchecked_ref::<Text>().length() {
            // No character takes fewer bytes than UTF-16 units.
            Some(length) if length <= limit => {
                (self.text)(data, length, limit).map(TransportEvent::Text)
            }
            Some(_) => None,
            None => {
                let array = js_sys::Uint8Array::new(data);
                bytes::read(&array, limit).map(TransportEvent::Binary)
            }
        };
        read.unwrap_or(TransportEvent::TooLarge)
    }
}

#[wasm_bindgen]
extern "C" {
    /// The data of a message, with the property that it has if it is text.
    type Text;

    #[wasm_bindgen(method, getter)]
    fn length(this: &Text) -> Option<u32>;
}

/// The code of a connection that ended without a close frame (RFC 6455, 7.1.5).
const ABNORMAL: u16 = 1006;

/// The properties that hold the handlers of a WebSocket.
const HANDLERS: [&str; 3] = ["onmessage", "onerror", "onclose"];

/// How long to wait for the close that follows an error, in milliseconds. A browser sends it in its
/// next task.
const CLOSE_FOLLOWS: u32 = 100;

/// A WebSocket of the browser, and its handlers. Dropping it removes the handlers, then closes the
/// WebSocket: no event is delivered afterwards, and nothing is leaked.
pub(crate) struct Transport {
    socket: WebSocket,
    reading: Rc<Cell<Reading>>,
    _handlers: [Closure<dyn Fn(JsValue)>; 3],
}

impl Transport {
    /// Opens a WebSocket whose events go to `sink`. Text is read by wasm-bindgen's own conversion,
    /// which is the least code, until another one is [set](Self::read_by).
    ///
    /// # Errors
    /// The browser's message, if it refuses to open one: because of a bad URL or sub-protocol,
    /// mixed content, or a content security policy.
    pub(crate) fn open(
        url: &str,
        protocols: &JsValue,
        limit: u32,
        sink: Sink,
    ) -> Result<Self, String> {
        let socket =
            WebSocket::new_with_str_sequence(url, protocols).map_err(|error| text(&error))?;
        Ok(Self::adopt(socket, limit, sink))
    }

    /// Takes over a WebSocket that was opened elsewhere, and replaces its handlers. It is
    /// connecting or open.
    pub(crate) fn adopt(socket: WebSocket, limit: u32, sink: Sink) -> Self {
        property::set(&socket, "binaryType", &"arraybuffer".into());

        let text = |text: &JsValue, _, _| text.as_string();
        let reading = Rc::new(Cell::new(Reading { text, limit }));
        let message_sink = Rc::clone(&sink);
        let read_by = Rc::clone(&reading);
        let message = Closure::new(move |event: JsValue| {
            let data = event.unchecked_into::<MessageEvent>().data();
            message_sink(read_by.get().read(&data));
        });
        // The error event has no cause; the close event that follows it carries the code. In
        // Chromium, none follows if a content security policy forbids the address.
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
            sink(closed(
                event.code(),
                property::text(&event, "reason"),
                failed,
            ));
        });
        let handlers = [message, error, close];
        for (name, handler) in HANDLERS.iter().zip(&handlers) {
            property::set(&socket, name, handler.as_ref());
        }
        Self {
            socket,
            reading,
            _handlers: handlers,
        }
    }

    /// Sets how messages are read from now on.
    pub(crate) fn read_by(&self, reading: Reading) {
        self.reading.set(reading);
    }

    /// Returns the number of bytes that were passed to the browser and not yet to the network.
    pub(crate) fn buffered_amount(&self) -> u32 {
        self.socket.buffered_amount()
    }

    /// Sends text. A WebSocket that is closing accepts none; its close event follows.
    pub(crate) fn send_text(&self, text: &str) {
        let _ = self.socket.send_with_str(text);
    }

    pub(crate) fn send_binary(&self, data: &[u8]) {
        let _ = self.socket.send_with_u8_array(data);
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        for name in HANDLERS {
            property::set(&self.socket, name, &JsValue::NULL);
        }
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

/// Returns the message of the exception that was thrown.
fn text(error: &JsValue) -> String {
    guard::message(error).unwrap_or_else(|| "the browser refused the WebSocket".into())
}
