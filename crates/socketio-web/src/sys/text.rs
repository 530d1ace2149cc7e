//! Copies the text of a frame from JavaScript's memory to WebAssembly's.

use std::cell::Cell;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::sys::bytes;

/// The length in UTF-16 units from which the browser's encoder is faster than wasm-bindgen's loop
/// over characters. A call of the encoder costs as much as some hundred iterations of the loop.
const LONG: u32 = 256;

/// The maximum number of UTF-8 bytes for each UTF-16 unit of a character.
const MOST_BYTES: u32 = 3;

/// The maximum size in bytes of the buffer that is kept for the browser's encoder. A text that may
/// exceed it gets a buffer of its own.
const KEPT: u32 = 256 * 1024;

// Accessed by `try_with`: `with` links a panic and its message.
thread_local! {
    static ENCODER: Encoder = Encoder::new();
    /// Reused, so that it is neither allocated nor zeroed for each frame.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Reads a text of `length` UTF-16 units; returns `None` if it has more than `limit` bytes.
pub(crate) fn read(data: &JsValue, length: u32, limit: u32) -> Option<String> {
    let text: &Text = data.unchecked_ref();
    match length {
        ..LONG => data.as_string(),
        _ if length > KEPT / MOST_BYTES => {
            // The text is first encoded in JavaScript's memory, which is freed again, so that the
            // allocation here has the right size.
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
            // This can't fail: the access above succeeded.
            let _ = ROOM.try_with(|kept| kept.set(room));
            encoded
        }
    }
}

/// Encodes a text into `room`. The encoder writes UTF-8 only; checking it once more costs far less
/// than the encoder saves.
fn encode_into(text: &Text, room: &mut [u8]) -> Option<String> {
    let encode = |encoder: &Encoder| encoder.encode_into(text, room).written();
    let written = ENCODER.try_with(encode).ok()?;
    let bytes = room.get(..written as usize)?;
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

#[wasm_bindgen]
extern "C" {
    /// The data of a text message.
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

    /// The result of `encodeInto`.
    type Encoded;

    #[wasm_bindgen(method, getter)]
    fn written(this: &Encoded) -> u32;
}
