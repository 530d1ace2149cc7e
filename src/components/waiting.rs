use leptos::prelude::*;

use crate::i18n::text::Text;

/// What is shown while the server is asked who is signed in.
#[component]
pub(crate) fn Waiting() -> impl IntoView {
    let text = Text::from_context();
    view! { <p class="waiting">{move || text.checking}</p> }
}
