use leptos::prelude::*;

use crate::i18n::context::Texts;

/// Shown while the stored token is being checked.
#[component]
pub(crate) fn Waiting() -> impl IntoView {
    let text = Texts::from_context();
    view! { <p class="waiting">{move || text.checking}</p> }
}
