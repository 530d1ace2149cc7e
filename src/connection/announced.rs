//! Why the server is about to end the connection, as far as it announces that before it does.

use leptos::prelude::*;
use leptos_socketio::Socket;
use orchard_contract::events::ErrorResponse;

use crate::connection::refusal::ServerMessage;

/// What was announced on the current connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Announced(StoredValue<Option<ServerMessage>>);

impl Announced {
    /// That of `socket`, until the current owner goes.
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

    /// The reason, once the connection has ended.
    pub(crate) fn said(self) -> Option<ServerMessage> {
        self.0.try_get_value().flatten()
    }
}
