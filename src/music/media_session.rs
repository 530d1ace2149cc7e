//! The Media Session API: the device's media keys, and the title that it shows beside them.

use js_sys::{Function, Object, Reflect};
use leptos::prelude::window;
use wasm_bindgen::prelude::*;

/// The handlers of the media keys "play" and "pause", until this is dropped. Some web views lack
/// the API.
#[derive(Debug)]
pub(crate) struct MediaKeys {
    session: JsValue,
    _handlers: [Closure<dyn FnMut()>; 2],
}

impl MediaKeys {
    /// Registers the handlers, which call `asked(true)` for "play". Returns `None` without the API.
    pub(crate) fn take(asked: impl Fn(bool) + Clone + 'static) -> Option<Self> {
        // By reflection: in web-sys this API is unstable, and a web view may lack it.
        let session = Reflect::get(&window().navigator(), &"mediaSession".into()).ok()?;
        if !session.is_object() {
            return None;
        }
        let handlers = [("play", true), ("pause", false)].map(|(action, on)| {
            let asked = asked.clone();
            let handler = Closure::<dyn FnMut()>::new(move || asked(on));
            set_handler(&session, action, handler.as_ref());
            handler
        });
        Some(Self {
            session,
            _handlers: handlers,
        })
    }

    /// Sets the title and the artist that the device shows.
    pub(crate) fn name(&self, title: &str, artist: &str) {
        let about = Object::new();
        for (key, value) in [("title", title), ("artist", artist)] {
            _ = Reflect::set(&about, &key.into(), &value.into());
        }
        let metadata = Reflect::get(&window(), &"MediaMetadata".into())
            .ok()
            .and_then(|constructor| constructor.dyn_into::<Function>().ok())
            .and_then(|constructor| {
                Reflect::construct(&constructor, &js_sys::Array::of1(&about)).ok()
            });
        if let Some(metadata) = metadata {
            _ = Reflect::set(&self.session, &"metadata".into(), &metadata);
        }
    }

    /// Sets whether the device shows "pause" or "play".
    pub(crate) fn show(&self, sounds: bool) {
        let state = if sounds { "playing" } else { "paused" };
        _ = Reflect::set(&self.session, &"playbackState".into(), &state.into());
    }
}

impl Drop for MediaKeys {
    fn drop(&mut self) {
        for action in ["play", "pause"] {
            set_handler(&self.session, action, &JsValue::NULL);
        }
    }
}

fn set_handler(session: &JsValue, action: &str, handler: &JsValue) {
    let set = Reflect::get(session, &"setActionHandler".into())
        .ok()
        .and_then(|set| set.dyn_into::<Function>().ok());
    if let Some(set) = set {
        // Throws if the browser does not support the action.
        _ = set.call2(session, &action.into(), handler);
    }
}
