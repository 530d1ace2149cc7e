//! Which page this is, for whoever is asked what they see.

use leptos::prelude::document;

use crate::host::here;

/// The element of a package's document that has version and commit.
const MARK: &str = "version";

/// Version, the commit of a package, and what holds the page: `0.1.0 1a2b3c4d5e6f, apicloud`.
pub(crate) fn version() -> String {
    let marked = document()
        .get_element_by_id(MARK)
        .and_then(|mark| mark.get_attribute("content"));
    let version = marked.as_deref().unwrap_or(env!("CARGO_PKG_VERSION"));
    [version, ", ", here().name()].concat()
}
