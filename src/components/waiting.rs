use leptos::prelude::*;

use crate::text::Text;

/// What is shown while the server is asked who is signed in.
#[component]
pub(crate) fn Waiting() -> impl IntoView {
    view! { <p class="waiting">{Text::from_context().checking}</p> }
}
