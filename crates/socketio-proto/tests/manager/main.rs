//! Tests of the state machine, by rows of the reference's table: each test is a script of what both
//! sides send.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod acks;
mod bounds;
mod buffers;
mod connecting;
mod heartbeat;
mod namespaces;
mod pacing;
mod reconnecting;
mod retries;
mod script;
mod sessions;
mod simulated;
mod unread;
mod written;
