//! The notice board: what everybody may read, and one's own text on its way there.

mod board;
mod kept;
mod outbox;
mod read;
mod wire;

pub(crate) use board::{Board, Kind, Notice};
pub(crate) use outbox::{Delivery, MAX_LENGTH, Outbox};
pub(crate) use wire::Notices;
