//! The start and end of a session, and what is kept between two sessions.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account::session::{self, Session};

use crate::host::here;
use crate::notices::Notices;
use crate::state::gate::{Gate, SignedOut};
use crate::state::panels::{Open, Opened};

/// Starts and ends the player's session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionGate {
    /// The URL of the JSON-RPC, for `User.logout`.
    api: StoredValue<String>,
    gate: RwSignal<Gate>,
    notices: Notices,
    opened: Opened,
    /// The panel that was open when the session ended.
    left: StoredValue<Option<Open>>,
}

impl SessionGate {
    pub(crate) fn new(gate: RwSignal<Gate>, notices: Notices, opened: Opened, api: String) -> Self {
        Self {
            api: StoredValue::new(api),
            gate,
            notices,
            opened,
            left: StoredValue::new(None),
        }
    }

    /// Starts a session, and reopens the panel that was open when the last one expired.
    pub(crate) fn enter(self, session: Session) {
        self.gate.try_set(Gate::In(session));
        if let Some(panel) = self.left.try_update_value(Option::take).flatten() {
            self.opened.show(panel);
        }
    }

    /// Signs out: clears the player's data here and on the device, and revokes the tokens on the
    /// server. The socket is removed with the orchard.
    pub(crate) fn sign_out(self) {
        let api = self.api.try_get_value().unwrap_or_default();
        spawn_local(session::sign_out(here(), api));
        self.opened.close_any();
        self.notices.clear();
        self.gate.try_set(Gate::SignIn(None));
    }

    /// Handles an expired session: shows the sign-in form, and remembers the open panel.
    pub(crate) fn expire(self) {
        // Several sources may report the end; only the first one counts.
        if !matches!(self.gate.try_get_untracked(), Some(Gate::In(_))) {
            return;
        }
        let open = self.opened.take();
        self.left.try_set_value(open);
        self.gate.try_set(Gate::SignIn(Some(SignedOut::Ended)));
    }
}
