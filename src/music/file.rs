//! The file of the tune.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, Url};

/// The path of the file, relative to the page.
pub(super) const FILE: &str = "assets/music/orchard.mp3";

/// Loads the tune into memory and returns a blob URL, for a media player that can't load [`FILE`].
///
/// # Errors
/// Returns the browser's error if the file can't be fetched.
pub(super) async fn held() -> Result<String, JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let response: Response = JsFuture::from(window.fetch_with_str(FILE))
        .await?
        .dyn_into()?;
    let tune = JsFuture::from(response.blob()?).await?;
    Url::create_object_url_with_blob(tune.unchecked_ref())
}
