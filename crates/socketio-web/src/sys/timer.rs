use js_sys::Function;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Window;

/// A timer of the browser; dropping it cancels it. Its closure has the same type as all closures of
/// this crate: each further type adds glue code on both sides.
pub(crate) struct Timer {
    id: i32,
    _closure: Closure<dyn Fn(JsValue)>,
}

impl Timer {
    pub(crate) fn new(millis: u32, ring: impl Fn() + 'static) -> Self {
        Self::boxed(millis, Box::new(ring))
    }

    /// Not generic, so that it is compiled once.
    #[inline(never)]
    fn boxed(millis: u32, ring: Box<dyn Fn()>) -> Self {
        let closure = Closure::new(move |_: JsValue| ring());
        let rings: &Function = closure.as_ref().unchecked_ref();
        // Browsers treat a longer delay as none.
        let millis = millis.min(i32::MAX as u32) as i32;
        let id = host().set_timeout_with_callback_and_timeout_and_arguments_0(rings, millis);
        Self {
            id: id.unwrap_or_default(),
            _closure: closure,
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        host().clear_timeout_with_handle(self.id);
    }
}

/// Returns the global scope. A worker has the same timers as a window.
fn host() -> Window {
    js_sys::global().unchecked_into()
}
