use leptos::prelude::*;

use crate::account::rpc::CallError;
use crate::components::Advice;
use crate::connection::diagnosis::Diagnosis;
use crate::i18n::context::Texts;

/// The server couldn't be asked who is signed in. That signs nobody out: it is to be tried again.
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
