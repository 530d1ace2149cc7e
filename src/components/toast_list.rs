use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use crate::text::Text;
use crate::toasts::{Toast, Toasts};

/// How long a toast stays, in milliseconds: the game's own time, and more for longer texts.
const STAY: u32 = 3_000;
const STAY_PER_CHARACTER: u32 = 40;

/// The messages that are shown.
#[component]
pub(crate) fn ToastList() -> impl IntoView {
    let toasts = Toasts::from_context();
    view! {
        <div class="toasts" role="status" data-testid="toasts">
            <For each=move || toasts.shown() key=|toast| toast.id let:toast>
                <OneToast toast toasts />
            </For>
        </div>
    }
}

#[component]
fn OneToast(toast: Toast, toasts: Toasts) -> impl IntoView {
    let Toast { id, text, timed } = toast;
    if timed {
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let stay = STAY
            .saturating_add(length.saturating_mul(STAY_PER_CHARACTER))
            .min(10_000);
        // Held by the owner: a toast that is dismissed takes its timer along.
        StoredValue::new_local(Timeout::new(stay, move || toasts.dismiss(id)));
    }
    // The cross is drawn by the style sheet, so that the toast's text is the message alone.
    view! {
        <div class="toast">
            <span>{text}</span>
            <button
                type="button"
                aria-label=Text::from_context().dismiss
                on:click=move |_| toasts.dismiss(id)
            ></button>
        </div>
    }
}
