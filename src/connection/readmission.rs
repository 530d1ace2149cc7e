//! Handles a refused token: the page renews it and connects once more. If that fails, the player
//! has to sign in again.

use js_sys::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_socketio::{CloseDetails, ConnectError, DisconnectReason, Socket};
use orchard_contract::Errno;

use crate::account::session::{self, Absent, SIGNED_OUT};
use crate::connection::announced::Announced;
use crate::connection::refusal::ServerMessage;
use crate::host::here;
use crate::settings::Settings;

/// How long the page must have been connected before the token is renewed once more, in
/// milliseconds. Otherwise a server that accepts each CONNECT and then disconnects would cause an
/// endless loop.
const STEADY: f64 = 5_000.0;

/// The token that was sent last.
#[derive(Clone, Copy, Debug, Default)]
struct Given {
    /// Whether it was renewed because the server refused the previous one.
    fresh: bool,
    /// When the page was connected, in milliseconds since 1970.
    since: Option<f64>,
}

/// Handles refusals on `socket` until the current owner is cleaned up. `on_expired` is called when
/// the player has to sign in again.
pub(crate) fn follow(
    socket: Socket,
    settings: &Settings,
    announced: Announced,
    on_expired: Callback<()>,
) {
    let given = StoredValue::new(Given::default());
    let api = StoredValue::new(settings.api.clone());
    let refused = move |said: ServerMessage| {
        if said.is_about_session() {
            answer(said, socket, given, api, on_expired);
        }
    };
    let followed = [
        socket.on_connect(move || {
            given.try_update_value(|given| given.since = Some(Date::now()));
        }),
        socket.on_disconnect(move |end| {
            given.try_update_value(Given::end);
            let said = match &end.details {
                Some(CloseDetails::Server(refusal)) => Some(ServerMessage::of(refusal)),
                _ if end.reason == DisconnectReason::IoServerDisconnect => announced.said(),
                _ => None,
            };
            if let Some(said) = said {
                refused(said);
            }
        }),
        socket.on_connect_error(move |error| match error {
            ConnectError::Refused(refusal) => refused(ServerMessage::of(refusal)),
            // This removes the socket, so the other listeners have to run first.
            ConnectError::Auth(text) if text == SIGNED_OUT => {
                spawn_local(async move { _ = on_expired.try_run(()) });
            }
            _ => {}
        }),
    ];
    StoredValue::new_local(followed);
}

impl Given {
    fn end(&mut self) {
        let now = Date::now();
        if self.since.take().is_some_and(|since| now - since >= STEADY) {
            self.fresh = false;
        }
    }
}

fn answer(
    said: ServerMessage,
    socket: Socket,
    given: StoredValue<Given>,
    api: StoredValue<String>,
    on_expired: Callback<()>,
) {
    spawn_local(async move {
        let (Some(before), Some(api)) = (given.try_get_value(), api.try_get_value()) else {
            return;
        };
        if before.fresh || said.errno == Some(Errno::NO_SUCH_USER) {
            _ = on_expired.try_run(());
            return;
        }
        match session::renew_kept(here(), &api).await {
            Ok(_) => {
                given.try_update_value(|given| given.fresh = true);
                _ = socket.connect();
            }
            // The session may still be valid. The page shows the refusal, and the player can retry.
            Err(Absent::Unreachable(_) | Absent::Fault(_)) => {}
            Err(_) => {
                if given.try_get_value().is_some() {
                    _ = on_expired.try_run(());
                }
            }
        }
    });
}
