//! Shared by the tests in a browser, including those of the hooks.

#![allow(dead_code, reason = "each of the test crates uses a part")]

pub(crate) mod clock;
pub(crate) mod log;
pub(crate) mod owned;
pub(crate) mod reported;
pub(crate) mod script;
pub(crate) mod sockets;
pub(crate) mod wait;
