use leptos::prelude::*;

use crate::live::ConnectionState;
use crate::text::Text;

/// The small sign that tells how the connection is.
#[component]
pub(crate) fn Connection(state: Signal<ConnectionState>) -> impl IntoView {
    let text = Text::from_context();
    view! {
        <p class="connection" data-testid="connection" data-state=move || state.get().name()>
            {move || text.connection(state.get())}
        </p>
    }
}
