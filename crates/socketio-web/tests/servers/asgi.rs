//! python-socketio under ASGI, on uvicorn.

#[path = "common/mod.rs"]
mod common;

const SERVER: super::server::Server = super::server::Server::Asgi;
