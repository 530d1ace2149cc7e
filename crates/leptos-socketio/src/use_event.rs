use reactive_graph::graph::untrack;
use serde::de::DeserializeOwned;
use socketio_web::{Event, Socket};

use crate::owned::own;
use crate::use_socket::use_socket;

/// Calls `handler` for each event of this type, until the current owner is cleaned up. The handler
/// tracks no signals.
pub fn use_event<E>(handler: impl FnMut(E) + 'static)
where
    E: Event + DeserializeOwned + 'static,
{
    if let Some(socket) = use_socket() {
        use_event_of(socket, handler);
    }
}

/// Like [`use_event`], for the given socket.
pub fn use_event_of<E>(socket: Socket, mut handler: impl FnMut(E) + 'static)
where
    E: Event + DeserializeOwned + 'static,
{
    own(socket.on(move |event| untrack(|| handler(event))));
}

/// Calls `handler` at each connect, the first and every later one, until the current owner is
/// cleaned up; at once if the socket is connected already.
pub fn use_connect(handler: impl FnMut() + 'static) {
    if let Some(socket) = use_socket() {
        use_connect_of(socket, handler);
    }
}

/// Like [`use_connect`], for the given socket.
pub fn use_connect_of(socket: Socket, mut handler: impl FnMut() + 'static) {
    if socket.is_connected() {
        untrack(&mut handler);
    }
    own(socket.on_connect(move || untrack(&mut handler)));
}
