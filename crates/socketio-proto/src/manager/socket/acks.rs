use alloc::vec::Vec;

use crate::Instant;

/// The acknowledgements that one socket waits for, in the order of their ids.
#[derive(Debug, Default)]
pub(crate) struct Acks {
    next: u64,
    /// Sorted by id. A wait that is taken leaves its entry empty until most entries are.
    pending: Vec<(u64, Option<Pending>)>,
    empty: usize,
    /// A lower bound of the earliest deadline. It may be too early after a wait was cancelled,
    /// which costs one extra check.
    deadline: Option<Instant>,
}

/// A pending wait for an acknowledgement.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Pending {
    pub(crate) id: u64,
    pub(crate) deadline: Option<Instant>,
    /// When its packet was given to the transport. From then on, the wait ends with the connection.
    pub(crate) sent: Option<Instant>,
    /// The number of the event in the retry queue that waits for it.
    pub(crate) retried: Option<u64>,
}

impl Acks {
    /// The next id to be allocated.
    pub(crate) fn next_id(&self) -> u64 {
        self.next
    }

    /// Sets the next id to be allocated.
    pub(crate) fn start_at(&mut self, id: u64) {
        self.next = id;
    }

    /// Allocates an id for a packet that asks for an acknowledgement. A reconnect doesn't reset the
    /// counter.
    pub(crate) fn take_id(&mut self) -> u64 {
        let id = self.next;
        self.next += 1;
        id
    }

    /// Starts a wait for an allocated id.
    pub(crate) fn register(&mut self, pending: Pending) {
        self.deadline = earliest(self.deadline, pending.deadline);
        // Nearly always the end: only a retried event registers an older id.
        let mut moved = (pending.id, Some(pending));
        let at = self.pending.partition_point(|(id, _)| *id < pending.id);
        for place in self.pending.iter_mut().skip(at) {
            core::mem::swap(place, &mut moved);
        }
        self.pending.push(moved);
    }

    pub(crate) fn mark_sent(&mut self, id: u64, now: Instant) {
        if let Some(Some(pending)) = self.place(id) {
            pending.sent = Some(now);
        }
    }

    /// Removes and returns the wait; `None` if there is none.
    pub(crate) fn take(&mut self, id: u64) -> Option<Pending> {
        let taken = self.place(id)?.take()?;
        self.empty += 1;
        if self.empty * 2 > self.pending.len() {
            self.compact();
        }
        Some(taken)
    }

    /// Removes and returns the wait if it meets the condition.
    pub(crate) fn take_if(
        &mut self,
        id: u64,
        condition: impl Fn(&Pending) -> bool,
    ) -> Option<Pending> {
        let pending = self.place(id)?.as_ref();
        pending.filter(|pending| condition(pending))?;
        self.take(id)
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Removes and returns the waits that have timed out by `now`.
    pub(crate) fn take_expired(&mut self, now: Instant) -> Vec<Pending> {
        if self.deadline.is_none_or(|deadline| deadline > now) {
            return Vec::new();
        }
        self.take_where(&|pending| pending.deadline.is_some_and(|deadline| deadline <= now))
    }

    /// Removes and returns the waits whose packets were sent on the connection.
    pub(crate) fn take_sent(&mut self) -> Vec<Pending> {
        self.take_where(&|pending| pending.sent.is_some())
    }

    pub(crate) fn take_all(&mut self) -> Vec<Pending> {
        self.take_where(&|_| true)
    }

    fn take_where(&mut self, condition: &dyn Fn(&Pending) -> bool) -> Vec<Pending> {
        let mut taken = Vec::new();
        self.deadline = None;
        for (_, place) in &mut self.pending {
            match place {
                Some(pending) if condition(pending) => taken.extend(place.take()),
                Some(pending) => self.deadline = earliest(self.deadline, pending.deadline),
                None => {}
            }
        }
        self.compact();
        taken
    }

    fn compact(&mut self) {
        self.pending.retain(|(_, pending)| pending.is_some());
        self.empty = 0;
    }

    fn place(&mut self, id: u64) -> Option<&mut Option<Pending>> {
        let at = self.pending.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        let (_, place) = self.pending.get_mut(at)?;
        Some(place)
    }
}

/// The earlier of two deadlines, where either may be absent.
pub(crate) fn earliest(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
