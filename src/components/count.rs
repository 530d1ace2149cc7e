use leptos::prelude::*;

use crate::text::Text;

/// How many there are. Nothing is shown before the server has told.
#[component]
pub(crate) fn Count(count: Signal<Option<u64>>) -> impl IntoView {
    let text = Text::from_context();
    view! {
        <p class="count" hidden=move || count.get().is_none()>
            <output class="num" data-testid="user-count">
                {move || count.get().map(|count| count.to_string())}
            </output>
            <span class="label">{text.busy}</span>
        </p>
    }
}
