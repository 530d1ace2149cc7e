use leptos::either::Either;
use leptos::prelude::*;

use crate::connection::state::LinkState;
use crate::i18n::context::Texts;

/// The connection indicator. With `on_open`, it is a button that opens the figures.
#[component]
pub(crate) fn Connection(
    state: Signal<LinkState>,
    #[prop(optional)] on_open: Option<Callback<()>>,
) -> impl IntoView {
    let text = Texts::from_context();
    let name = move || state.get().name();
    let words = move || text.connection(state.get());
    match on_open {
        Some(on_open) => Either::Left(view! {
            <button
                type="button"
                class="connection"
                data-testid="connection"
                data-state=name
                aria-haspopup="dialog"
                on:click=move |_| on_open.run(())
            >
                {words}
            </button>
        }),
        None => Either::Right(view! {
            <p class="connection" data-testid="connection" data-state=name>
                {words}
            </p>
        }),
    }
}
