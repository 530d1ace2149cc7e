//! The text of a frame, from JavaScript's memory into WebAssembly's.

use std::cell::Cell;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::sys::bytes;

/// From how many UTF-16 units on the browser's encoder is quicker than wasm-bindgen's loop over characters. A call of it
/// costs as much as some hundred turns of the loop.
const LONG: u32 = 256;

/// No character takes more bytes of UTF-8 for each of its UTF-16 units.
const MOST_BYTES: u32 = 3;

/// What the room for the browser's encoder may take for good, in bytes. A text that may take more gets room of its own.
const KEPT: u32 = 256 * 1024;

// Taken by `try_with`: `with` links a panic and its text.
thread_local! {
    static ENCODER: Encoder = Encoder::new();
    /// Kept, so that it is neither made nor blanked anew for each frame.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A text of `length` UTF-16 units; `None` where it has more than `limit` bytes.
pub(crate) fn read(data: &JsValue, length: u32, limit: u32) -> Option<String> {
    let text: &Text = data.unchecked_ref();
    match length {
        ..LONG => data.as_string(),
        _ if length > KEPT / MOST_BYTES => {
            // Its bytes are counted in JavaScript's memory, which is given back, so that the room here is of the right size.
            let encoded = ENCODER.try_with(|encoder| encoder.encode(text)).ok()?;
            String::from_utf8(bytes::read(&encoded, limit)?).ok()
        }
        _ => {
            let most = (length * MOST_BYTES) as usize;
            let mut room = ROOM.try_with(Cell::take).ok()?;
            if room.len() < most {
                room.resize(most, 0);
            }
            let encoded = encode_into(text, &mut room);
            // It is there: it was a moment ago.
            let _ = ROOM.try_with(|kept| kept.set(room));
            encoded
        }
    }
}

/// The encoder writes UTF-8 and nothing else; to look at it once more is far less than it saves.
fn encode_into(text: &Text, room: &mut [u8]) -> Option<String> {
    let encode = |encoder: &Encoder| encoder.encode_into(text, room).written();
    let written = ENCODER.try_with(encode).ok()?;
    let bytes = room.get(..written as usize)?;
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

#[wasm_bindgen]
extern "C" {
    /// The data of a message that is text.
    type Text;

    /// `TextEncoder`, whose `encodeInto` web-sys binds for Rust's own strings only.
    #[wasm_bindgen(js_name = TextEncoder)]
    type Encoder;

    #[wasm_bindgen(constructor, js_class = "TextEncoder")]
    fn new() -> Encoder;

    #[wasm_bindgen(method, js_name = encodeInto)]
    fn encode_into(this: &Encoder, text: &Text, bytes: &mut [u8]) -> Encoded;

    #[wasm_bindgen(method)]
    fn encode(this: &Encoder, text: &Text) -> Uint8Array;

    /// What it did.
    type Encoded;

    #[wasm_bindgen(method, getter)]
    fn written(this: &Encoded) -> u32;
}
