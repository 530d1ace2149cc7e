//! The reference implementation, with tests for it alone, which control the server over HTTP.

#[path = "common/mod.rs"]
mod common;
mod connections;
mod control;
mod recovery;

const SERVER: super::server::Server = super::server::Server::Node;
