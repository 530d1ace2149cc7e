//! What the orchard's page and its server say to each other, as types.
//!
//! - [`events`]: the Socket.IO events of namespace [`NAMESPACE`](endpoints::NAMESPACE);
//! - [`rpc`]: JSON-RPC 2.0 over `POST` [`API_PATH`](endpoints::API_PATH), and its methods;
//! - [`storage`]: the keys under which a device keeps what the server gave;
//! - [`endpoints`]: namespace, paths and the form of the `Authorization` header.
//!
//! Other servers speak this contract too, each with its own looseness. So whatever the page reads
//! is optional to it, unknown fields are let pass, and a number may come as a string or a float.
//! The types ask for a self-describing format such as JSON, and for no particular crate.
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
pub mod storage;
mod user_id;

pub use errno::Errno;
pub use money::{Money, NotMoney};
pub use secret::Secret;
pub use user_id::UserId;
