//! The server as its clients see it: real ports, and a real database in its own folder.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy.toml allows them in tests, and this is what the tests share"
)]

mod connections;
mod database;
mod hostile_frames;
mod hostile_http;
mod identity;
mod limits;
mod logs;
mod orchard;
mod origins;
mod proxies;
mod readme;
mod refresh;
mod rpc;
mod sessions;
#[cfg(target_os = "linux")]
mod sign_ins;
mod sign_out;
mod socket_io;
mod start;
mod support;
mod users;
mod web;
