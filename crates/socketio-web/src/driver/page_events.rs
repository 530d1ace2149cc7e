//! The events by which a browser reports changes of the page and the network.

use js_sys::Function;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use crate::sys::property::{property, text};
use crate::sys::timer::Timer;

/// The events of the window, or of a worker's global scope.
const GLOBAL: &[&str] = &["offline", "online", "pagehide", "pageshow"];

/// The events of the document.
const DOCUMENT: &[&str] = &["freeze", "resume", "visibilitychange"];

/// The listeners on window and document, while there is a connection.
pub(crate) struct PageEvents {
    targets: Vec<(EventTarget, &'static [&'static str])>,
    /// Called ahead of the application's listeners, and moves `last` behind them: what they emit is
    /// sent before the connection is closed. Only on the document: an event of the window has no
    /// phase that comes first.
    first: Closure<dyn Fn(JsValue)>,
    last: Closure<dyn Fn(JsValue)>,
    /// Whether the page was left, or frozen, and is not back.
    pub(crate) is_left: bool,
    /// Closes the connections of a page that was left, if no event of the document does.
    pub(crate) closing: Option<Timer>,
}

impl PageEvents {
    /// Calls `happened` for each event. In a worker, only those of the network occur.
    pub(crate) fn listen(happened: fn(&JsValue)) -> Self {
        let global: EventTarget = js_sys::global().unchecked_into();
        let document = property(&global, "document");
        let mut targets = vec![(global, GLOBAL)];
        if !document.is_undefined() {
            targets.push((document.unchecked_into(), DOCUMENT));
        }
        let last: Closure<dyn Fn(JsValue)> = Closure::new(move |event: JsValue| happened(&event));
        let moved: Function = last.as_ref().unchecked_ref::<Function>().clone();
        let first = Closure::new(move |event: JsValue| {
            let target: EventTarget = property(&event, "currentTarget").unchecked_into();
            let name = text(&event, "type");
            let _ = target.remove_event_listener_with_callback_and_bool(&name, &moved, false);
            let _ = target.add_event_listener_with_callback_and_bool(&name, &moved, false);
        });
        let events = Self {
            targets,
            first,
            last,
            is_left: false,
            closing: None,
        };
        events.each(|target, name, listener, captures| {
            let _ = target.add_event_listener_with_callback_and_bool(name, listener, captures);
        });
        events
    }

    /// Calls `f` with each listener, its event, and whether it is for the capture phase.
    fn each(&self, f: impl Fn(&EventTarget, &str, &Function, bool)) {
        for (index, (target, names)) in self.targets.iter().enumerate() {
            for name in *names {
                if index > 0 {
                    f(target, name, self.first.as_ref().unchecked_ref(), true);
                }
                f(target, name, self.last.as_ref().unchecked_ref(), false);
            }
        }
    }
}

impl Drop for PageEvents {
    fn drop(&mut self) {
        self.each(|target, name, listener, captures| {
            let _ = target.remove_event_listener_with_callback_and_bool(name, listener, captures);
        });
    }
}
