use leptos::prelude::*;

use crate::i18n::context::Texts;

/// The heading of the page, on the board. With `unseen`, only screen readers present it, because
/// the header takes its place.
#[component]
pub(crate) fn Title(unseen: Signal<bool>) -> impl IntoView {
    let text = Texts::from_context();
    view! { <h1 class="title" class:unseen=unseen>{move || text.title}</h1> }
}
