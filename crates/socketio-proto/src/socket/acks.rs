use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::Instant;

/// The acknowledgements that one socket waits for, in the order of their ids.
#[derive(Debug, Default)]
pub(crate) struct Acks {
    next: u64,
    pending: VecDeque<Pending>,
    /// Not later than the earliest deadline; a cancelled ack may leave it early, which costs one look.
    deadline: Option<Instant>,
}

/// One wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Pending {
    pub(crate) id: u64,
    pub(crate) deadline: Option<Instant>,
    /// When its packet was given to the transport: from then on it is lost with the connection (H3, H12).
    pub(crate) sent: Option<Instant>,
    /// Which event of the retry queue waits for it.
    pub(crate) retried: Option<u64>,
}

impl Acks {
    /// The id that is taken next.
    pub(crate) fn next_id(&self) -> u64 {
        self.next
    }

    /// Takes an id for a packet that asks for an acknowledgement: a counter that no reconnect resets (H8).
    pub(crate) fn take_id(&mut self) -> u64 {
        let id = self.next;
        self.next += 1;
        id
    }

    /// Starts a wait under an id that was taken.
    pub(crate) fn register(&mut self, pending: Pending) {
        self.deadline = earliest(self.deadline, pending.deadline);
        // Nearly always the end: only an event that was retried waits under an older id.
        let at = self.pending.partition_point(|other| other.id < pending.id);
        self.pending.insert(at, pending);
    }

    pub(crate) fn mark_sent(&mut self, id: u64, now: Instant) {
        if let Some(pending) = self.position(id).and_then(|at| self.pending.get_mut(at)) {
            pending.sent = Some(now);
        }
    }

    /// Takes the wait out; `None` if nobody waits for it (H13).
    pub(crate) fn take(&mut self, id: u64) -> Option<Pending> {
        self.pending.remove(self.position(id)?)
    }

    /// Takes the wait out if it meets the condition.
    pub(crate) fn take_if(&mut self, id: u64, condition: impl Fn(&Pending) -> bool) {
        if let Some(at) = self
            .position(id)
            .filter(|at| self.pending.get(*at).is_some_and(condition))
        {
            self.pending.remove(at);
        }
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Takes out what is due at `now`.
    pub(crate) fn take_expired(&mut self, now: Instant) -> Vec<Pending> {
        if self.deadline.is_none_or(|deadline| deadline > now) {
            return Vec::new();
        }
        self.take_where(|pending| pending.deadline.is_some_and(|deadline| deadline <= now))
    }

    /// Takes out those whose packets went with the connection.
    pub(crate) fn take_sent(&mut self) -> Vec<Pending> {
        self.take_where(|pending| pending.sent.is_some())
    }

    pub(crate) fn take_all(&mut self) -> Vec<Pending> {
        self.take_where(|_| true)
    }

    fn take_where(&mut self, condition: impl Fn(&Pending) -> bool) -> Vec<Pending> {
        let taken = super::take_where(&mut self.pending, condition);
        self.deadline = self
            .pending
            .iter()
            .filter_map(|pending| pending.deadline)
            .min();
        taken
    }

    fn position(&self, id: u64) -> Option<usize> {
        self.pending
            .binary_search_by_key(&id, |pending| pending.id)
            .ok()
    }
}

/// The earlier of two deadlines, where either may be absent.
pub(crate) fn earliest(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
