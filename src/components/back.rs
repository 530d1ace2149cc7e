use leptos::ev;
use leptos::prelude::*;

use crate::dom::window_events::{Inside, until_cleanup};
use crate::host::{HostEvent, here};
use crate::i18n::context::Texts;
use crate::state::panels::Opened;

/// The button that leaves the page, or closes the open panel if there is one. Escape and the
/// device's "back" key do the same.
#[component]
pub(crate) fn Back(#[prop(into)] on_leave: Callback<()>) -> impl IntoView {
    let text = Texts::from_context();
    let opened = Opened::from_context();
    until_cleanup(window_event_listener(ev::keydown, move |event| {
        // Ignores other keys, handled events, the repeats of a long press, which must close only
        // one thing, and the end of a composition.
        if event.key() != "Escape"
            || event.default_prevented()
            || event.repeat()
            || event.is_composing()
        {
            return;
        }
        if opened.close_any() {
            // Otherwise the browser would close the dialog, too.
            event.prevent_default();
        } else if !event.is_from_field() {
            on_leave.run(());
        }
    }));
    here().listen(
        HostEvent::Back,
        Box::new(move || {
            if !opened.close_any() {
                _ = on_leave.try_run(());
            }
        }),
    );
    view! {
        <button
            type="button"
            class="back"
            data-testid="back"
            aria-label=move || text.back
            on:click=move |_| {
                if !opened.close_any() {
                    on_leave.run(());
                }
            }
        >
            <img src="assets/user_back.svg" alt="" width="197" height="200" />
        </button>
    }
}
