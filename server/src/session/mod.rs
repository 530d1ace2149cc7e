//! Engine.IO sessions, from handshake to end, and their limits.

mod outgoing;
mod places;
mod sessions;
mod state;

pub(crate) use outgoing::{Bounds, Overflow, Size};
pub(crate) use places::Refused;
pub(crate) use sessions::Sessions;
pub(crate) use state::{Limits, Session};
