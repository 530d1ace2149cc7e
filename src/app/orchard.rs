use std::sync::Arc;

use leptos::prelude::*;
use leptos_socketio::HeadStart;

use crate::account::session::Session;
use crate::components::{Connection, ConnectionFigures, Count, NoticeBoard, OfflineBar, Panel};
use crate::connection::state::LinkState;
use crate::connection::view::ConnectionView;
use crate::connection::{self, Live};
use crate::i18n::context::Texts;
use crate::notices::Notices;
use crate::settings::Settings;
use crate::state::panels::{Open, Opened};
use crate::state::toasts::Toasts;

/// The orchard for a player who is signed in. The connection is closed when it unmounts.
#[component]
pub(crate) fn Orchard(
    session: Session,
    head_start: Option<HeadStart>,
    on_expired: Callback<()>,
) -> impl IntoView {
    let text = Texts::from_context();
    let opened = Opened::from_context();
    let settings = use_context::<Arc<Settings>>().unwrap_or_default();
    let Live { count, link } =
        match connection::go_live(&session, head_start, &settings, on_expired) {
            Ok(live) => live,
            Err(error) => {
                // Only wrong settings cause this error. A toast shows it; the page stays usable.
                Toasts::from_context().keep(text.unusable_server(&error));
                Live {
                    count: Signal::stored(None),
                    link: ConnectionView::unusable(&settings),
                }
            }
        };
    view! {
        <Connection
            state=link.state
            on_open=Callback::new(move |()| opened.show(Open::Connection))
        />
        <OfflineBar
            overdue=link.overdue
            state=link.state
            reason=link.reason
            on_retry=link.retry
        />
        <Count count stale=Signal::derive(move || link.state.get() != LinkState::Live) />
        <Show when=move || opened.shows(Open::Connection)>
            <Panel
                name="connection-panel"
                title=move || text.connection_title
                on_close=move || opened.close(Open::Connection)
            >
                <ConnectionFigures link />
            </Panel>
        </Show>
        <Show when=move || opened.shows(Open::Notices)>
            <Panel
                name="notices-panel"
                title=move || text.notices
                on_close=move || opened.close(Open::Notices)
            >
                <Board />
            </Panel>
        </Show>
    }
}

/// The notice board, with the page's notices.
#[component]
fn Board() -> impl IntoView {
    let notices = Notices::from_context();
    view! {
        <NoticeBoard
            board=notices.board.into()
            draft=notices.draft
            outbox=notices.outbox.into()
            on_send=Callback::new(move |()| notices.send())
        />
    }
}
