//! Checks the session again when the player returns from another window of the host, where they may
//! have signed in.

use leptos::prelude::*;
use orchard_contract::storage;

use crate::account::session;
use crate::host::{HostEvent, here};
use crate::state::gate::Gate;

/// Calls `check` when the page is shown again while nobody is signed in, and the stores contain
/// another token than the one that was rejected.
pub(crate) fn look(gate: RwSignal<Gate>, check: impl Fn() + 'static) {
    let seen = StoredValue::new(None);
    Effect::new(move || {
        if is_out(&gate.read()) {
            seen.set_value(token());
        }
    });
    here().listen(
        HostEvent::Shown,
        Box::new(move || {
            let out = gate.try_with_untracked(is_out) == Some(true);
            let token = token();
            if out && token.is_some() && seen.try_get_value() != Some(token) {
                check();
            }
        }),
    );
}

fn is_out(gate: &Gate) -> bool {
    matches!(gate, Gate::SignIn(_))
}

fn token() -> Option<String> {
    let (_, token) = session::kept(here(), storage::ACCESS_TOKEN)?;
    Some(token.into_inner())
}
