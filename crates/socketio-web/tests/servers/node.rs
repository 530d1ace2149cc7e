//! The reference implementation, and what is tried with it only: its tests steer it over HTTP.

#[path = "common/mod.rs"]
mod common;
mod connections;
mod control;
mod recovery;

const SERVER: super::server::Server = super::server::Server::Node;
