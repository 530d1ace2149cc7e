//! The version of the page, to quote in problem reports.

use leptos::prelude::document;

use crate::host::here;

/// The id of the element with version and commit in a packaged page.
const MARK: &str = "version";

/// Returns the version, the commit of a package, and the host: `0.1.0 1a2b3c4d5e6f, apicloud`.
pub(crate) fn version() -> String {
    let marked = document()
        .get_element_by_id(MARK)
        .and_then(|mark| mark.get_attribute("content"));
    let version = marked.as_deref().unwrap_or(env!("CARGO_PKG_VERSION"));
    [version, ", ", here().name()].concat()
}
