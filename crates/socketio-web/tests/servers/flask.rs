//! python-socketio as Flask-SocketIO.

#[path = "common/mod.rs"]
mod common;

const SERVER: super::server::Server = super::server::Server::Flask;
