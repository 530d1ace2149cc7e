use leptos::ev;
use leptos::html::Dialog;
use leptos::prelude::*;

use crate::i18n::context::Texts;

/// A dialog over the page: a bottom sheet on a phone, a centred card elsewhere.
///
/// It is open while it is mounted. The browser's dialog element keeps the focus inside, and
/// restores it afterwards. An element with `autofocus` gets the focus first. The page handles
/// Escape, so that it closes one thing at a time. `on_close` must unmount the panel.
///
/// ```ignore
/// <Show when=move || opened.shows(Open::Help)>
///     <Panel title=move || text.help on_close=move || opened.close(Open::Help)>"…"</Panel>
/// </Show>
/// ```
#[component]
pub(crate) fn Panel<F>(
    /// The heading, which is also the accessible name.
    #[prop(into)]
    title: TextProp,
    /// The name that style sheets and tests use.
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
        // Fails only if the dialog is open already.
        _ = dialog.show_modal();
    });
    // The dialog is still in the document here, so that closing it restores the focus.
    on_cleanup(move || {
        if let Some(dialog) = dialog.try_get_untracked().flatten() {
            dialog.close();
        }
    });

    // A click counts as on the backdrop only if it began there: a text selection may end there.
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
    // A phone's "back" requests to close a dialog before it leaves the page.
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
