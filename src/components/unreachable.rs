use leptos::prelude::*;

use crate::account::rpc::CallError;
use crate::components::Advice;
use crate::connection::diagnosis::Diagnosis;
use crate::i18n::context::Texts;

/// Shown if the token could not be checked because the server is unreachable. The player stays
/// signed in, and can retry.
#[component]
pub(crate) fn Unreachable(
    error: CallError,
    advice: Signal<Option<Diagnosis>>,
    retry: Callback<()>,
) -> impl IntoView {
    let text = Texts::from_context();
    view! {
        <div class="panel">
            <section class="card" data-testid="unreachable">
                <h2>{move || text.unreachable}</h2>
                <p role="alert">{move || text.call_error(&error)}</p>
                <Advice diagnosis=advice />
                <button type="button" class="wooden" data-testid="retry" on:click=move |_| retry.run(())>
                    {move || text.retry}
                </button>
            </section>
        </div>
    }
}
