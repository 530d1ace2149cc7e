//! Where the tune is.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, Url};

/// Beside the page, wherever that is.
pub(super) const FILE: &str = "assets/music/orchard.mp3";

/// An address of the whole tune, held in memory, for a player that can't read [`FILE`].
///
/// # Errors
/// When it could not be fetched; in the browser's words.
pub(super) async fn held() -> Result<String, JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let response: Response = JsFuture::from(window.fetch_with_str(FILE))
        .await?
        .dyn_into()?;
    let tune = JsFuture::from(response.blob()?).await?;
    Url::create_object_url_with_blob(tune.unchecked_ref())
}
