use leptos::prelude::*;

use crate::i18n::context::Texts;

/// The name of the place, on the board, until the header takes its room: from then on it is only heard.
#[component]
pub(crate) fn Title(unseen: Signal<bool>) -> impl IntoView {
    let text = Texts::from_context();
    view! { <h1 class="title" class:unseen=unseen>{move || text.title}</h1> }
}
