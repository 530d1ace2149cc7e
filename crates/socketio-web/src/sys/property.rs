use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// A property of an object; undefined where it has none. One import for all properties that are read now and then.
pub(crate) fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or_default()
}

/// Sets a property. As with [`property`], one import for those that are set now and then.
pub(crate) fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

/// A property that is a string; empty where it is something else.
pub(crate) fn text(object: &JsValue, name: &str) -> String {
    property(object, name).as_string().unwrap_or_default()
}
