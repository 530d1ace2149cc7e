use alloc::boxed::Box;
use alloc::string::String;

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
    /// The CONNECT that was taken back before its answer came.
    pub(super) pending: Option<Pending>,
    /// Heartbeats since then.
    pub(super) heartbeats: u8,
}

#[derive(Debug)]
pub(super) struct Pending {
    pub(super) identity: Option<String>,
    pub(super) since: Instant,
}
