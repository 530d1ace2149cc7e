//! Deserializes with both JSON readers that the contract is used with: the page's, which is
//! socketio-proto's own, and serde_json.

use std::fmt::Debug;

use serde::de::DeserializeOwned;

/// Deserializes `text` with both readers, and asserts that they agree.
pub(crate) fn from_str<T: DeserializeOwned + Debug + PartialEq>(text: &str) -> Result<T, String> {
    let page = socketio_proto::json::from_str::<T>(text).map_err(|error| error.to_string());
    let server = serde_json::from_str::<T>(text).map_err(|error| error.to_string());
    assert_eq!(page.as_ref().ok(), server.as_ref().ok(), "{text}: {page:?}");
    server
}
