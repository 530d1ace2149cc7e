use leptos::prelude::*;

use crate::text::Text;

/// The name of the place, on the board, until the header takes that over.
#[component]
pub(crate) fn Title() -> impl IntoView {
    view! { <h1 class="title">{Text::from_context().title}</h1> }
}
