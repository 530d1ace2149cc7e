//! Servers for the tests of the page and of the client.

pub(crate) mod orchard_server;
pub(crate) mod peers;
