//! Bugs that the simulation found, each as the shortest script that reproduces it.

mod pacing;
mod requests;
mod sessions;

use std::collections::BTreeMap;

use socketio_proto::manager::{EmitOptions, SocketId};
use socketio_proto::{Auth, SocketOptions};

use crate::script::Script;

const ACK: EmitOptions = EmitOptions {
    ack: true,
    timeout: None,
    volatile: false,
};

fn auth(name: &str) -> Auth {
    Auth::object(&BTreeMap::from([("token", name)])).unwrap()
}

/// `/` is connected, and the CONNECT of `/b` was sent, with these options.
fn requested_beside_root(options: impl Into<SocketOptions>) -> (Script, SocketId) {
    let (mut script, _) = Script::connected("/");
    let socket = script.manager.socket("/b", options).unwrap();
    script.manager.connect(socket, script.now);
    (script, socket)
}
