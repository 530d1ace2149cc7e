//! The default server of the orchard: page, Socket.IO and JSON-RPC from one origin, on one machine.
//!
//! [`Server::bind`] opens the database and the port. [`Server::run`] serves until its `stop` future
//! completes. The modules:
//!
//! - `net`: connections; `web`: routes, headers and the page's files;
//! - `rpc`: JSON-RPC 2.0 and its methods;
//! - `session`, `orchard`: Engine.IO's sessions, and the Socket.IO events;
//! - `database`, `passwords`, `tokens`, `attempts`: users, and how they sign in.
#![warn(missing_docs)]

mod address;
mod app;
mod attempts;
mod clock;
pub mod config;
mod counters;
mod database;
mod demo;
mod error;
mod language;
pub mod logging;
mod net;
mod open_files;
mod orchard;
mod passwords;
mod private_file;
mod rate;
mod rpc;
mod server;
mod session;
mod tokens;
pub mod users;
mod web;

pub use clock::Clock;
pub use config::Config;
pub use demo::DemoAccount;
pub use error::StartError;
pub use server::Server;
