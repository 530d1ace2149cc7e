use leptos::prelude::*;

use crate::i18n::context::Texts;

/// The button that changes the language. Its text is the other language's own name.
#[component]
pub(crate) fn LanguageSwitch() -> impl IntoView {
    let texts = Texts::from_context();
    let other = move || texts.language().other();
    view! {
        <button
            type="button"
            class="language"
            data-testid="language"
            lang=move || other().tag()
            on:click=move |_| texts.speak(other())
        >
            {move || other().name()}
        </button>
    }
}
