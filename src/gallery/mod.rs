//! The gallery: every component in all its states, for people and for the tests' pictures.
//!
//! It is no part of the page: it comes with the feature `gallery`, in documents of its own
//! (`tests/gallery/page`). A component that is added gets its states in `states`.

mod frame;
mod overview;
mod states;

use leptos::prelude::document;

/// Opens the gallery in a document of its; `false` in any other.
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
