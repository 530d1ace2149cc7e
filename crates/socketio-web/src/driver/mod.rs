//! Runs the state machine of each connection in the browser.

pub(crate) mod auth;
pub(crate) mod connection;
pub(crate) mod dispatch;
pub(crate) mod faults;
pub(crate) mod lifecycle;
pub(crate) mod listener;
pub(crate) mod page_events;
pub(crate) mod run;
pub(crate) mod slab;
pub(crate) mod table;
pub(crate) mod trace;
