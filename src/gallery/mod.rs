//! The gallery: every component in all its states, for developers and for the screenshot tests.
//!
//! It is not part of the page. The feature `gallery` adds it, and it has documents of its own
//! (`tests/gallery/page`). The states of a new component belong in `states`.

mod frame;
mod overview;
mod states;

use leptos::prelude::document;

/// Opens the gallery if the document is one of its own. Returns `false` in any other document.
pub(crate) fn open() -> bool {
    let has = |id| document().get_element_by_id(id);
    if let Some(overview) = has("overview") {
        overview::open(overview);
    } else if let Some(page) = has("frame") {
        frame::open(page);
    } else {
        return false;
    }
    true
}
