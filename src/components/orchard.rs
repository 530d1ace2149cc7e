use std::sync::Arc;

use leptos::prelude::*;

use crate::components::{Connection, Count};
use crate::live::{self, ConnectionState, Live};
use crate::session::Session;
use crate::settings::Settings;
use crate::text::Text;
use crate::toasts::Toasts;

/// The orchard of somebody who is signed in: the connection lives as long as this does.
#[component]
pub(crate) fn Orchard(session: Session) -> impl IntoView {
    let settings = use_context::<Arc<Settings>>().unwrap_or_default();
    let live = live::go_live(session, &settings).unwrap_or_else(|error| {
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
