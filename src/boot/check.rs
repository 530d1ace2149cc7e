//! Checks whether the stored token is valid: the only request that every start waits for.

use js_sys::{JSON, Reflect};
use orchard_contract::{Errno, storage};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::account::session::{self, Absent, Session};
use crate::host::Host;

/// Like [`session::check`], but reads the response to the request that `ask.js` has sent ahead.
///
/// It parses with the browser's own JSON, which adds no code. Returns [`Absent::Unclear`] if there
/// is no response or it can't be read; the page then sends its own request and reports the problem.
pub(super) async fn check(host: &impl Host, api: &str) -> Result<Session, Absent> {
    let kept = session::kept(host, storage::ACCESS_TOKEN);
    let (place, token) = kept.ok_or(Absent::NeverSignedIn)?;
    let answer = answer_ahead(api, token.expose()).await;
    let answer = answer.ok().and_then(|answer| answer.as_string());
    match answer.as_deref().and_then(errno) {
        Some(Errno::OK) => Ok(session::of(host, token)),
        Some(Errno::TOKEN_EXPIRED) => Err(Absent::Expired(place)),
        Some(_) => Err(Absent::SignedOut),
        None => Err(Absent::Unclear),
    }
}

#[wasm_bindgen]
extern "C" {
    /// Returns the response as text, empty if there was none. Fails if `ask.js` is missing.
    #[wasm_bindgen(catch, js_name = answerAhead)]
    async fn answer_ahead(api: &str, token: &str) -> Result<JsValue, JsValue>;
}

fn errno(text: &str) -> Option<Errno> {
    let answer = JSON::parse(text).ok()?;
    let errno = member(&member(&answer, "result")?, "errno")?.as_f64()?;
    Some(Errno::new(errno as i64))
}

/// Returns the property `name` of an object, or `None` if `object` is not an object.
pub(super) fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &JsValue::from_str(name)).ok()
}
