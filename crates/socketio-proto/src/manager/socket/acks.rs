use alloc::vec::Vec;

use crate::Instant;

/// The acknowledgements that one socket waits for, in the order of their ids.
#[derive(Debug, Default)]
pub(crate) struct Acks {
    next: u64,
    /// By their ids. One that is taken leaves its place empty, until most are.
    pending: Vec<(u64, Option<Pending>)>,
    empty: usize,
    /// Not later than the earliest deadline; a cancelled ack may leave it early, which costs one look.
    deadline: Option<Instant>,
}

/// One wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Pending {
    pub(crate) id: u64,
    pub(crate) deadline: Option<Instant>,
    /// When its packet was given to the transport: from then on it is lost with the connection.
    pub(crate) sent: Option<Instant>,
    /// Which event of the retry queue waits for it.
    pub(crate) retried: Option<u64>,
}

impl Acks {
    /// The id that is taken next.
    pub(crate) fn next_id(&self) -> u64 {
        self.next
    }

    /// No id below this one is taken.
    pub(crate) fn start_at(&mut self, id: u64) {
        self.next = id;
    }

    /// Takes an id for a packet that asks for an acknowledgement: a counter that no reconnect resets.
    pub(crate) fn take_id(&mut self) -> u64 {
        let id = self.next;
        self.next += 1;
        id
    }

    /// Starts a wait under an id that was taken.
    pub(crate) fn register(&mut self, pending: Pending) {
        self.deadline = earliest(self.deadline, pending.deadline);
        // Nearly always the end: only an event that was retried waits under an older id.
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

    /// Takes the wait out; `None` if nobody waits for it.
    pub(crate) fn take(&mut self, id: u64) -> Option<Pending> {
        let taken = self.place(id)?.take()?;
        self.empty += 1;
        if self.empty * 2 > self.pending.len() {
            self.compact();
        }
        Some(taken)
    }

    /// Takes the wait out if it meets the condition.
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

    /// Takes out what is due at `now`.
    pub(crate) fn take_expired(&mut self, now: Instant) -> Vec<Pending> {
        if self.deadline.is_none_or(|deadline| deadline > now) {
            return Vec::new();
        }
        self.take_where(&|pending| pending.deadline.is_some_and(|deadline| deadline <= now))
    }

    /// Takes out those whose packets went with the connection.
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
