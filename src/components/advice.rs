use leptos::prelude::*;

use crate::connection::diagnosis::Diagnosis;
use crate::i18n::context::Texts;

/// Shows what is wrong with a server and what to check, once the diagnosis is known.
#[component]
pub(crate) fn Advice(#[prop(into)] diagnosis: Signal<Option<Diagnosis>>) -> impl IntoView {
    let text = Texts::from_context();
    let said = move || diagnosis.with(|it| it.as_ref().map(|it| text.finding(it)));
    view! {
        {move || {
            said().map(|[what, check]| {
                view! {
                    <div class="advice" data-testid="advice">
                        <p>{what}</p>
                        <p>{check}</p>
                    </div>
                }
            })
        }}
    }
}
