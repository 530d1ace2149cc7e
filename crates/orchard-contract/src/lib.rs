//! Types for the messages between the orchard's page and its server.
//!
//! - [`events`]: the Socket.IO events of namespace [`NAMESPACE`](endpoints::NAMESPACE);
//! - [`rpc`]: JSON-RPC 2.0 over `POST` [`API_PATH`](endpoints::API_PATH), and its methods;
//! - [`storage`]: the keys under which a device stores values from the server;
//! - [`endpoints`]: namespaces, paths and the format of the `Authorization` header;
//! - [`settings`]: the keys and defaults of the page's settings.
//!
//! Other servers implement this contract too, some of them loosely. So every field that the page
//! reads is optional, unknown fields are ignored, and a number may be sent as a string or a float.
//! The types require a self-describing format such as JSON, but no particular crate.
#![no_std]
#![warn(missing_docs)]

extern crate alloc;

pub mod endpoints;
mod errno;
pub mod events;
mod lenient;
mod money;
pub mod rpc;
mod secret;
pub mod settings;
pub mod storage;
mod user_id;

pub use errno::Errno;
pub use money::{Money, NotMoney};
pub use secret::Secret;
pub use user_id::UserId;
