use reactive_graph::signal::{ReadSignal, signal};
use reactive_graph::traits::Set;
use socketio_web::{Socket, Status};

use crate::owned::own;
use crate::use_socket::use_socket;

/// Returns the status of the socket as a signal.
pub fn use_status() -> ReadSignal<Status> {
    match use_socket() {
        Some(socket) => use_status_of(socket),
        None => signal(Status::Disconnected).0,
    }
}

/// Like [`use_status`], for the given socket.
pub fn use_status_of(socket: Socket) -> ReadSignal<Status> {
    let (status, set_status) = signal(socket.status());
    own(socket.on_status(move |status| {
        let _ = set_status.try_set(status.clone());
    }));
    status
}
