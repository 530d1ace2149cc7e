use leptos::ev;
use leptos::html::Dialog;
use leptos::prelude::*;

use crate::i18n::context::Texts;

/// A dialog over the page: a sheet from below on a phone, a card in the middle elsewhere.
///
/// It is open for as long as it is mounted. The browser's own dialog keeps the focus inside, and
/// gives it back to where it came from; what is to have it at first says `autofocus`. Escape is
/// the page's, so that it closes one thing at a time. `on_close` is to take the panel away.
///
/// ```ignore
/// <Show when=move || opened.shows(Open::Help)>
///     <Panel title=move || text.help on_close=move || opened.close(Open::Help)>"…"</Panel>
/// </Show>
/// ```
#[component]
pub(crate) fn Panel<F>(
    /// Its heading, which is its name as well.
    #[prop(into)]
    title: TextProp,
    /// For style sheets and tests.
    #[prop(default = "panel")]
    name: &'static str,
    on_close: F,
    children: Children,
) -> impl IntoView
where
    F: Fn() + Clone + 'static,
{
    let text = Texts::from_context();
    let dialog = NodeRef::<Dialog>::new();
    let pressed = StoredValue::new_local(false);

    dialog.on_load(|dialog| {
        // Fails only on one that is open already.
        _ = dialog.show_modal();
    });
    // It is still in the document here, so the focus goes back.
    on_cleanup(move || {
        if let Some(dialog) = dialog.try_get_untracked().flatten() {
            dialog.close();
        }
    });

    // A click belongs to the backdrop only if it began there: a selection may well end there.
    let on_press = move |event: ev::PointerEvent| {
        pressed.try_set_value(event.target() == event.current_target());
    };
    let (by_button, by_host, by_backdrop) = (on_close.clone(), on_close.clone(), on_close);
    let on_click = move |event: ev::MouseEvent| {
        let outside = event.target() == event.current_target();
        if outside && pressed.try_get_value() == Some(true) {
            by_backdrop();
        }
    };
    // A phone's "back" asks a dialog to close before it leaves the page.
    let on_cancel = move |event: ev::Event| {
        if event.target() == event.current_target() {
            event.prevent_default();
            by_host();
        }
    };

    let heading = ["panel-", name].concat();
    let id = heading.clone();
    view! {
        <dialog
            node_ref=dialog
            class="sheet"
            data-testid=name
            aria-labelledby=heading
            on:pointerdown=on_press
            on:click=on_click
            on:cancel=on_cancel
        >
            <div class="sheet-body">
                <div class="sheet-head">
                    <h2 id=id>{move || title.get()}</h2>
                    <button
                        type="button"
                        class="sheet-close"
                        data-testid="close"
                        aria-label=move || text.close
                        on:click=move |_| by_button()
                    ></button>
                </div>
                {children()}
            </div>
        </dialog>
    }
}
