use socketio_web::{Builder, Socket};

use super::log::Log;
use super::owned::Owned;
use super::wait::until;

pub(crate) fn connect(builder: Builder) -> Owned {
    Owned(builder.connect().unwrap())
}

/// Connects, and waits until it is so.
pub(crate) async fn connected(builder: Builder) -> Owned {
    let socket = connect(builder);
    until("it is connected", || socket.is_connected()).await;
    socket
}

/// Writes down each disconnect by its reason.
pub(crate) fn ends(socket: Socket) -> Log {
    let log = Log::default();
    let noted = log.clone();
    socket
        .on_disconnect(move |end| noted.push(end.reason))
        .forget();
    log
}
