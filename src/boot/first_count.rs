use js_sys::{Array, JSON, Object, Reflect};
use leptos_socketio::{Event as _, HeadStart, HeadStartEvent};
use orchard_contract::events::ServerResponse;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use super::check::member;
use crate::account::session::Session;
use crate::settings::Settings;

/// Opens the connection of `session`, and shows its first count on arrival.
///
/// `settled` is called when the connection is established or has failed. Returns `None` if the
/// settings name no valid server; the page then reports why.
pub(super) fn connect(
    session: &Session,
    settings: &Settings,
    settled: impl Fn() + 'static,
) -> Option<HeadStart> {
    let on_event = move |event: HeadStartEvent<'_>| {
        if let HeadStartEvent::Packet(packet) = event {
            match packet.bytes().next() {
                // An event, before or after the server's answer to CONNECT.
                Some(b'2') => _ = count(packet).map(show),
                // The answer: CONNECT or CONNECT_ERROR.
                Some(b'0' | b'4') => {}
                _ => return,
            }
        }
        settled();
    };
    HeadStart::open_with(
        &settings.socket_server,
        &settings.socket_path,
        &settings.socket_namespace,
        auth(session).as_deref(),
        |url| socket_ahead(url).ok()?.map(JsCast::unchecked_into),
        on_event,
    )
    .ok()
}

#[wasm_bindgen]
extern "C" {
    /// Returns the WebSocket that `ask.js` has opened for `url`, if it has. Fails if `ask.js` is
    /// missing.
    #[wasm_bindgen(catch, js_name = socketAhead)]
    fn socket_ahead(url: &str) -> Result<Option<JsValue>, JsValue>;
}

/// Returns [`orchard_contract::events::Auth`] as JSON.
fn auth(session: &Session) -> Option<String> {
    let auth = Object::new();
    let token = JsValue::from_str(session.token.expose());
    Reflect::set(&auth, &JsValue::from_str("token"), &token).ok()?;
    JSON::stringify(&auth).ok()?.as_string()
}

/// Returns the count in an event's packet, if it has one.
fn count(packet: &str) -> Option<f64> {
    let arguments = packet.get(packet.find('[')?..)?;
    let arguments: Array = JSON::parse(arguments).ok()?.dyn_into().ok()?;
    let is_response = arguments.get(0).as_string()? == ServerResponse::NAME;
    let count = member(&arguments.get(1), "count").filter(|_| is_response)?;
    // A count that is too long for the element is left to the page, which abbreviates it.
    count.as_f64().filter(|count| (0.0..1e8).contains(count))
}

/// Shows the count in the element that `index.html` has for it, which the page replaces later.
fn show(count: f64) {
    let document = web_sys::window().and_then(|window| window.document());
    let element = |id| document.as_ref()?.get_element_by_id(id);
    let page: Option<Element> = element(crate::PAGE);
    if let (Some(page), Some(place)) = (page, element("count")) {
        let text = js_sys::Number::from(count.trunc()).to_locale_string("zh-CN");
        place.set_text_content(text.as_string().as_deref());
        if let Some(plate) = place.parent_element() {
            _ = plate.remove_attribute("hidden");
        }
        _ = page.set_attribute("data-live", "");
    }
}
