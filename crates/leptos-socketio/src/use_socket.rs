use reactive_graph::owner::{on_cleanup, provide_context, use_context};
use socketio_web::{Builder, OpenError, Socket};

use crate::warn::warn;

/// Creates a socket, starts to connect it, and provides it to every component below. It is removed
/// when the current owner is cleaned up. In a native build it is inert: see
/// [`manual::native`](socketio_web::manual::native).
///
/// # Errors
/// If the URL, the namespace or the auth is invalid.
pub fn provide_socket(builder: Builder) -> Result<Socket, OpenError> {
    let socket = builder.connect()?;
    provide_context(socket);
    on_cleanup(move || socket.remove());
    Ok(socket)
}

/// Returns the socket that a component above provides. Logs a warning if there is none.
pub fn use_socket() -> Option<Socket> {
    let socket = use_context::<Socket>();
    if socket.is_none() {
        let text =
            "leptos-socketio: no socket in context: call `provide_socket` in a component above";
        warn(text);
    }
    socket
}
