//! socketioxide, on axum.

#[path = "common/mod.rs"]
mod common;

const SERVER: super::server::Server = super::server::Server::Socketioxide;
