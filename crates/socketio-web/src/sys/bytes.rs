//! Copies bytes from JavaScript's memory to WebAssembly's.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::wasm_bindgen;

/// Returns the bytes of an array; `None` if there are more than `limit`.
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
    /// The function that js-sys copies with after it has compared the lengths: its assertion would
    /// link the formatting of numbers.
    #[wasm_bindgen(js_namespace = ["Uint8Array", "prototype", "set"], js_name = call)]
    fn copy(to: &mut [u8], from: &Uint8Array);
}
