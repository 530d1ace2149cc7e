//! The reason that the server announces before it ends the connection.

use leptos::prelude::*;
use leptos_socketio::Socket;
use orchard_contract::events::ErrorResponse;

use crate::connection::refusal::ServerMessage;

/// The last reason that was announced on the current connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Announced(StoredValue<Option<ServerMessage>>);

impl Announced {
    /// Records the reasons that `socket` receives, until the current owner is cleaned up.
    pub(crate) fn of(socket: Socket) -> Self {
        let said = StoredValue::new(None::<ServerMessage>);
        let listeners = [
            socket.on_connect(move || {
                said.try_set_value(None);
            }),
            socket.on(move |ErrorResponse { errno, errmsg }: ErrorResponse| {
                said.try_set_value(Some(ServerMessage::new(errno, errmsg.as_deref())));
            }),
        ];
        StoredValue::new_local(listeners);
        Self(said)
    }

    /// Returns the announced reason. To be called once the connection has ended.
    pub(crate) fn said(self) -> Option<ServerMessage> {
        self.0.try_get_value().flatten()
    }
}
