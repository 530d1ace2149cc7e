use leptos::prelude::*;
use leptos_socketio::OpenError;

use crate::components::{Connection, Count};
use crate::early::First;
use crate::live::{self, ConnectionState, Live};
use crate::text::Text;
use crate::toasts::Toasts;

/// The orchard of somebody who is signed in: the connection lives as long as this does.
#[component]
pub(crate) fn Orchard(first: Result<First, OpenError>) -> impl IntoView {
    let live = first.map(live::go_live).unwrap_or_else(|error| {
        // Only the settings can be at fault, so their keeper is told, and the page stays usable.
        Toasts::from_context().keep(Text::from_context().unusable_server(&error));
        Live {
            count: Signal::stored(None),
            state: Signal::stored(ConnectionState::Offline),
        }
    });
    view! {
        <Connection state=live.state />
        <Count count=live.count />
    }
}
