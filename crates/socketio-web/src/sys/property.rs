use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// Returns a property of an object; undefined if it has none. One import serves all properties that
/// are rarely read.
pub(crate) fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or_default()
}

/// Sets a property. As with [`property`], one import serves all properties that are rarely set.
pub(crate) fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

/// Returns a property that is a string; empty if it is something else.
pub(crate) fn text(object: &JsValue, name: &str) -> String {
    property(object, name).as_string().unwrap_or_default()
}
