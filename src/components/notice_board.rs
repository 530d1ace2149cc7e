use leptos::ev;
use leptos::prelude::*;

use crate::i18n::context::Texts;
use crate::notices::{Board, Delivery, Kind, MAX_LENGTH, Notice, Outbox};

/// The notices, and the form to write one.
#[component]
pub(crate) fn NoticeBoard(
    board: Signal<Board>,
    draft: RwSignal<String>,
    outbox: Signal<Outbox>,
    on_send: Callback<()>,
) -> impl IntoView {
    let text = Texts::from_context();
    let sending = move || outbox.with(Outbox::is_sending);
    let outcome = move || outbox.with(Outbox::outcome);
    let length = move || draft.with(|draft| draft.chars().count());
    let failed = move || outcome().is_some_and(|outcome| outcome != Delivery::Arrived);

    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        on_send.run(());
    };
    // Enter sends, Shift+Enter starts a new line, and during composition Enter belongs to the input
    // method.
    let key = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            on_send.run(());
        }
    };
    view! {
        <form class="write" on:submit=submit>
            <label for="notice">{move || text.notice_field}</label>
            <textarea
                id="notice"
                data-testid="notice"
                rows="2"
                maxlength=MAX_LENGTH
                readonly=sending
                aria-describedby="notice-said notice-length"
                prop:value=draft
                on:input=move |event| draft.set(event_target_value(&event))
                on:keydown=key
            ></textarea>
            <p class="said" class:failed=failed role="status" id="notice-said" data-testid="notice-said">
                {move || outcome().map(|outcome| text.outcome(outcome))}
            </p>
            <p class="length" id="notice-length" data-testid="notice-length">
                {move || text.length(length(), MAX_LENGTH)}
            </p>
            <button type="submit" class="wooden" data-testid="notice-send" aria-disabled=move || sending().then_some("true")>
                {move || if sending() { text.sending } else { text.send }}
            </button>
        </form>
        <div class="notices" role="log" aria-label=move || text.notices data-testid="notices">
            <Show
                when=move || board.with(|board| !board.is_empty())
                fallback=move || view! { <p class="hint">{move || text.notice_none}</p> }
            >
                <ul>
                    <For each=move || board.with(Board::notices) key=|notice| notice.id let:notice>
                        <OneNotice notice />
                    </For>
                </ul>
            </Show>
        </div>
    }
}

#[component]
fn OneNotice(notice: Notice) -> impl IntoView {
    let text = Texts::from_context();
    let Notice {
        kind,
        name,
        at,
        text: words,
        ..
    } = notice;
    let whose = move || match kind {
        Kind::Others => name.clone(),
        Kind::Own => Some(text.notice_mine.into()),
        Kind::System => Some(text.notice_system.into()),
    };
    view! {
        <li
            class="notice"
            class:own=kind == Kind::Own
            class:system=kind == Kind::System
            data-testid="notice-item"
        >
            <span class="whose" data-testid="notice-whose">{whose}</span>
            <span class="words">{words}</span>
            <time>{move || text.language().time(at as f64)}</time>
        </li>
    }
}
