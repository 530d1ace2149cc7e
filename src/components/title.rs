use leptos::prelude::*;

use crate::text::Text;

/// The name of the place, on the board, until the header takes that over.
#[component]
pub(crate) fn Title() -> impl IntoView {
    let text = Text::from_context();
    view! { <h1 class="title">{move || text.title}</h1> }
}
