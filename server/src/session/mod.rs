//! Sessions of Engine.IO, from their handshakes to their ends, and what each may cost.

mod outgoing;
mod places;
mod sessions;
mod state;

pub(crate) use outgoing::{Bounds, Overflow, Size};
pub(crate) use places::Refused;
pub(crate) use sessions::Sessions;
pub(crate) use state::{Limits, Session};
