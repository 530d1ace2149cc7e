use leptos::prelude::*;

use crate::i18n::context::Texts;

/// What is shown while the server is asked who is signed in.
#[component]
pub(crate) fn Waiting() -> impl IntoView {
    let text = Texts::from_context();
    view! { <p class="waiting">{move || text.checking}</p> }
}
