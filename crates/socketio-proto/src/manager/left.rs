use alloc::boxed::Box;

use super::socket::User;
use crate::Instant;

/// After this many heartbeats, the server has read everything that was sent before the first of
/// them: it sends the second only after it has received the pong to the first.
pub(super) const FENCE: u8 = 2;

/// A namespace that was left.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) namespace: Box<str>,
    /// The earliest time for the next CONNECT.
    pub(super) until: Instant,
    /// The CONNECTs that were taken back before they were answered.
    pub(super) pending: Option<Pending>,
    /// Heartbeats since then.
    pub(super) heartbeats: u8,
}

#[derive(Debug)]
pub(super) struct Pending {
    /// The user whose auth they carried.
    pub(super) identity: Option<User>,
    /// When the last one was sent.
    pub(super) since: Instant,
    /// When they start to count as unanswered.
    pub(super) until: Instant,
    pub(super) count: u32,
}
