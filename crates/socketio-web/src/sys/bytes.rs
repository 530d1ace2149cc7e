//! Bytes, from JavaScript's memory into WebAssembly's.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::wasm_bindgen;

/// The bytes of an array; `None` where there are more than `limit`.
pub(crate) fn read(array: &Uint8Array, limit: u32) -> Option<Vec<u8>> {
    let length = array.length();
    if length > limit {
        return None;
    }
    let mut bytes = vec![0; length as usize];
    copy(&mut bytes, array);
    Some(bytes)
}

#[wasm_bindgen]
extern "C" {
    /// What js-sys copies by, once it has compared the lengths: its assertion links how numbers are shown.
    #[wasm_bindgen(js_namespace = ["Uint8Array", "prototype", "set"], js_name = call)]
    fn copy(to: &mut [u8], from: &Uint8Array);
}
