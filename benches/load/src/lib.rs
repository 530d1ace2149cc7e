//! Puts load on a Socket.IO server on this machine, and measures the cost for the server's process.
//!
//! `orchard-load CASE --address 127.0.0.1:PORT --pid PID` connects raw clients to the server, by
//! WebSocket or by polling, puts one kind of load on it, reads the process's figures from `/proc`,
//! and prints its samples as one JSON object, `{"name": number}`. `cargo xtask bench --only server`
//! runs every case against the default server and its peers.
//!
//! It connects only to addresses of the loopback interface, and every case is bounded in clients,
//! events and time.

mod cases;
mod client;
mod crowd;
mod http;
mod polling;
mod process;
mod statistics;
mod target;
mod tcp;
mod wait;
mod wire;

pub use cases::{Case, Samples};
pub use target::{Account, Target};
