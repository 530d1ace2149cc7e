//! The servers that page and client are tried on.

pub(crate) mod orchard_server;
pub(crate) mod peers;
