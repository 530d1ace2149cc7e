//! Whether the token that is kept is good: the one question that everybody waits for.

use js_sys::{JSON, Reflect};
use orchard_contract::rpc::{Method, user};
use orchard_contract::{Errno, storage};
use wasm_bindgen::JsValue;

use crate::host::Host;
use crate::rpc;
use crate::session::{self, Absent, Session};

/// As [`session::check`], with the browser's own JSON, which weighs nothing. An answer that isn't plain is
/// [`Absent::Unclear`]: the page then asks for itself, and tells what is wrong.
pub(super) async fn check(host: &impl Host, api: &str) -> Result<Session, Absent> {
    let kept = session::kept(host, storage::ACCESS_TOKEN);
    let (place, token) = kept.ok_or(Absent::NeverSignedIn)?;
    let body = [
        "{\"jsonrpc\":\"2.0\",\"method\":\"",
        user::Check::NAME,
        "\",\"params\":{},\"id\":\"",
        &rpc::uuid(),
        "\"}",
    ]
    .concat();
    let (_, text) = rpc::post(api, Some(&token), &body).await?;
    match errno(&text) {
        Some(Errno::OK) => Ok(session::of(host, token)),
        Some(Errno::TOKEN_EXPIRED) => Err(Absent::Expired(place)),
        Some(_) => Err(Absent::SignedOut),
        None => Err(Absent::Unclear),
    }
}

fn errno(text: &str) -> Option<Errno> {
    let answer = JSON::parse(text).ok()?;
    let errno = member(&member(&answer, "result")?, "errno")?.as_f64()?;
    Some(Errno::new(errno as i64))
}

/// What an object has under `name`; `None` of what is no object.
pub(super) fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &JsValue::from_str(name)).ok()
}
