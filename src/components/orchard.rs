use leptos::prelude::*;

use crate::components::{Connection, Count};
use crate::live::{self, Live};
use crate::session::Session;

/// The orchard of somebody who is signed in: the connection lives as long as this does.
#[component]
pub(crate) fn Orchard(session: Session) -> impl IntoView {
    let Live { count, state } = live::go_live(session);
    view! {
        <Connection state />
        <Count count />
    }
}
