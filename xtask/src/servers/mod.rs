//! Servers that page and client are tested with.

pub(crate) mod orchard_server;
pub(crate) mod peers;
