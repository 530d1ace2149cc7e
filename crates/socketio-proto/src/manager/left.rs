use alloc::boxed::Box;

use super::socket::User;
use crate::Instant;

/// By this many heartbeats the server has read what was sent before the first of them: it sends the
/// second in answer to our answer to the first.
pub(super) const FENCE: u8 = 2;

/// A namespace that was left.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) namespace: Box<str>,
    /// It is not asked for before this moment.
    pub(super) until: Instant,
    /// The CONNECTs that were taken back before their answers came.
    pub(super) pending: Option<Pending>,
    /// Heartbeats since then.
    pub(super) heartbeats: u8,
}

#[derive(Debug)]
pub(super) struct Pending {
    /// Whose they were.
    pub(super) identity: Option<User>,
    /// When the last one went out.
    pub(super) since: Instant,
    /// When they count as unanswered.
    pub(super) until: Instant,
    pub(super) count: u32,
}
