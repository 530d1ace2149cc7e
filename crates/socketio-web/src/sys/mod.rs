//! The browser's APIs, one file each.

pub(crate) mod bytes;
pub(crate) mod clock;
pub(crate) mod guard;
pub(crate) mod native;
pub(crate) mod property;
pub(crate) mod text;
pub(crate) mod timer;
pub(crate) mod url;
pub(crate) mod websocket;
