//! Every way in which a namespace is refused or disconnected, as listed in
//! `tests/servers/node/refusals.mjs`.

#![expect(clippy::panic, reason = "handlers that panic are what is shown")]

use serde::Deserialize;
use socketioxide::SocketIo;
use socketioxide::extract::{SocketRef, TryData};
use socketioxide::handler::ConnectHandler;

#[derive(Default, Deserialize)]
struct Auth {
    how: Option<String>,
}

pub(crate) fn serve(io: &SocketIo) {
    io.ns("/refusals", accepted.with(decide));
    io.ns("/farewell", farewell);
}

async fn decide(socket: SocketRef, TryData(auth): TryData<Auth>) -> Result<(), &'static str> {
    match auth.unwrap_or_default().how.as_deref() {
        Some("message") => Err("not today"),
        Some("silent") => std::future::pending().await,
        Some("throw") => panic!("thrown by the test"),
        Some("emit") => {
            // The socket is not connected yet, so this is not sent.
            let _ = socket.emit("early", &1);
            Err("not today")
        }
        _ => Ok(()),
    }
}

async fn accepted(socket: SocketRef, TryData(auth): TryData<Auth>) {
    match auth.unwrap_or_default().how.as_deref() {
        Some("kick") => _ = socket.disconnect(),
        Some("late") => panic!("thrown by the test"),
        _ => {}
    }
}

/// Emits `late` to a socket that is being disconnected.
async fn farewell(socket: SocketRef) {
    socket.on("leave", async |socket: SocketRef| {
        let _ = socket.disconnect();
    });
    socket.on_disconnect(async |socket: SocketRef| {
        let _ = socket.emit("late", &());
    });
}
