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

#[derive(Debug)]
struct Pending {
    id: u64,
    deadline: Option<Instant>,
    /// Whether its packet was given to the transport: if so, it is lost with the connection (H3, H12).
    sent: bool,
}

impl Acks {
    /// The id that the next packet asks its acknowledgement under: a counter that no reconnect resets (H8).
    pub(crate) fn next_id(&self) -> u64 {
        self.next
    }

    pub(crate) fn register(&mut self, deadline: Option<Instant>, sent: bool) {
        self.pending.push_back(Pending {
            id: self.next,
            deadline,
            sent,
        });
        self.next += 1;
        self.deadline = earliest(self.deadline, deadline);
    }

    pub(crate) fn mark_sent(&mut self, id: u64) {
        if let Some(pending) = self.position(id).and_then(|at| self.pending.get_mut(at)) {
            pending.sent = true;
        }
    }

    /// Takes the ack out; false if nobody waits for it (H13).
    pub(crate) fn take(&mut self, id: u64) -> bool {
        self.position(id)
            .and_then(|at| self.pending.remove(at))
            .is_some()
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Takes out what is due at `now`.
    pub(crate) fn take_expired(&mut self, now: Instant) -> Vec<u64> {
        if self.deadline.is_none_or(|deadline| deadline > now) {
            return Vec::new();
        }
        self.take_where(|pending| pending.deadline.is_some_and(|deadline| deadline <= now))
    }

    /// Takes out those whose packets went with the connection.
    pub(crate) fn take_sent(&mut self) -> Vec<u64> {
        self.take_where(|pending| pending.sent)
    }

    pub(crate) fn take_all(&mut self) -> Vec<u64> {
        self.take_where(|_| true)
    }

    fn take_where(&mut self, condition: impl Fn(&Pending) -> bool) -> Vec<u64> {
        let mut taken = Vec::new();
        self.pending.retain(|pending| {
            let take = condition(pending);
            if take {
                taken.push(pending.id);
            }
            !take
        });
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
