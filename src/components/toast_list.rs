use gloo_timers::callback::Timeout;
use js_sys::Date;
use leptos::ev;
use leptos::prelude::*;

use crate::i18n::context::Texts;
use crate::state::toasts::{Stay, Toast, Toasts, Tone};

/// The list of the toasts that are shown.
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

/// One message. Its time is paused while it is hovered or focused, and while the page is hidden. A
/// pointer that does not move when the toast appears below it does not count as hovering.
#[component]
fn OneToast(toast: Toast, toasts: Toasts) -> impl IntoView {
    let texts = Texts::from_context();
    let Toast {
        id,
        text,
        timed,
        tone,
    } = toast;
    let hovered = RwSignal::new(false);
    let focused = RwSignal::new(false);
    let hidden = RwSignal::new(document().hidden());
    if timed {
        let visibility = window_event_listener(ev::visibilitychange, move |_| {
            hidden.try_set(document().hidden());
        });
        on_cleanup(move || visibility.remove());

        let stay = StoredValue::new(Stay::of(&text));
        // Owned by this component, so that dismissing the toast cancels its timer.
        let timer = StoredValue::new_local(None::<Timeout>);
        Effect::new(move || {
            let held = hovered.get() || focused.get() || hidden.get();
            let left = stay.try_update_value(|stay| {
                if held {
                    stay.pause(Date::now());
                    None
                } else {
                    Some(stay.go_on(Date::now()))
                }
            });
            let left = left.flatten();
            timer.set_value(left.map(|left| Timeout::new(left, move || toasts.dismiss(id))));
        });
    }
    // The style sheet draws the cross, so that the toast's text content is the message alone.
    view! {
        <div
            class="toast"
            class:fault=tone == Tone::Fault
            role=(tone == Tone::Fault).then_some("alert")
            on:pointermove=move |_| hovered.set(true)
            on:pointerleave=move |_| hovered.set(false)
            on:focusin=move |_| focused.set(true)
            on:focusout=move |_| focused.set(false)
        >
            <span>{text}</span>
            <button
                type="button"
                aria-label=move || texts.dismiss
                on:click=move |_| toasts.dismiss(id)
            ></button>
        </div>
    }
}
