use leptos::prelude::*;

use crate::components::LanguageSwitch;
use crate::i18n::context::Texts;

/// Replaces the sign-in form if the host has a sign-in window of its own.
#[component]
pub(crate) fn SignInElsewhere(
    /// Why the last session ended; empty if there was none.
    #[prop(into)]
    complaint: Signal<String>,
    /// Called to open that window again.
    #[prop(into)]
    on_open: Callback<()>,
    /// Called to show the page's own form instead.
    #[prop(into)]
    on_here: Callback<()>,
) -> impl IntoView {
    let text = Texts::from_context();
    view! {
        <div class="panel">
            <section class="card" data-testid="sign-in-elsewhere">
                <div class="card-head">
                    <h2>{move || text.sign_in}</h2>
                    <LanguageSwitch />
                </div>
                <p>{move || text.sign_in_elsewhere}</p>
                <p class="error" role="alert">{complaint}</p>
                <button
                    type="button"
                    class="wooden"
                    data-testid="open-sign-in"
                    on:click=move |_| on_open.run(())
                >
                    {move || text.sign_in_window}
                </button>
                <button
                    type="button"
                    class="wooden"
                    data-testid="sign-in-here"
                    on:click=move |_| on_here.run(())
                >
                    {move || text.sign_in_here}
                </button>
            </section>
        </div>
    }
}
