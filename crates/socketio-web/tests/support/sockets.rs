use socketio_web::{Builder, Socket};

use super::log::Log;
use super::owned::Owned;
use super::wait::until;

pub(crate) fn connect(builder: Builder) -> Owned {
    Owned(builder.connect().unwrap())
}

/// Connects, and waits until the socket is connected.
pub(crate) async fn connected(builder: Builder) -> Owned {
    let socket = connect(builder);
    until("it is connected", || socket.is_connected()).await;
    socket
}

/// Logs the reason of each disconnect.
pub(crate) fn ends(socket: Socket) -> Log {
    let log = Log::default();
    let noted = log.clone();
    socket
        .on_disconnect(move |end| noted.push(end.reason))
        .forget();
    log
}
