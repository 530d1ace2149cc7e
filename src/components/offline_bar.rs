use leptos::prelude::*;

use crate::connection::reason::Reason;
use crate::connection::state::LinkState;
use crate::i18n::context::Texts;

/// Shows that the page has been disconnected for a while, and why.
#[component]
pub(crate) fn OfflineBar(
    overdue: Signal<bool>,
    state: Signal<LinkState>,
    reason: Signal<Option<Reason>>,
    on_retry: Callback<()>,
) -> impl IntoView {
    let text = Texts::from_context();
    let why = move || reason.with(|reason| reason.as_ref().map(|it| text.why(state.get(), it)));
    // The outer element is always in the document: screen readers announce its changes. While it is
    // `shown`, the count, which must follow it in the document, is placed below it.
    view! {
        <div class="bar" class:shown=overdue role="status">
            <Show when=move || overdue.get()>
                <div class="bar-body" data-testid="bar">
                    <p>
                        <strong>{move || text.away(state.get())}</strong>
                        " "
                        <span class="why" data-testid="bar-why">{why}</span>
                    </p>
                    <button type="button" data-testid="bar-retry" on:click=move |_| on_retry.run(())>
                        {move || text.retry_now}
                    </button>
                </div>
            </Show>
        </div>
    }
}
