use leptos::prelude::*;

use crate::live::ConnectionState;
use crate::text::Text;

/// Says that the connection has been away for a while. It comes and goes by itself.
#[component]
pub(crate) fn OfflineBar(
    overdue: Signal<bool>,
    state: Signal<ConnectionState>,
    on_retry: Callback<()>,
) -> impl IntoView {
    let text = Text::from_context();
    // The frame is always there: screen readers speak what changes in it.
    view! {
        <div class="bar" role="status">
            <Show when=move || overdue.get()>
                <div class="bar-body" data-testid="bar">
                    <span>{move || text.away(state.get())}</span>
                    <button type="button" data-testid="bar-retry" on:click=move |_| on_retry.run(())>
                        {move || text.retry_now}
                    </button>
                </div>
            </Show>
        </div>
    }
}
