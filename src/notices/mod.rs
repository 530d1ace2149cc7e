//! The notice board: the notices of all players, and the player's own notice while it is sent.

mod board;
mod kept;
mod outbox;
mod read;
mod wire;

pub(crate) use board::{Board, Kind, Notice};
pub(crate) use outbox::{Delivery, MAX_LENGTH, Outbox};
pub(crate) use wire::Notices;
