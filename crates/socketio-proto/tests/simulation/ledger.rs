//! The events that the user emitted, and the sessions that they may be sent in.

use std::collections::BTreeSet;

use socketio_proto::manager::SocketId;

use crate::names::{Name, Set};

/// One event of the user. Its number is its position in the ledger, and its argument on the wire.
#[derive(Debug)]
pub(crate) struct Emit {
    pub(crate) namespace: usize,
    pub(crate) socket: SocketId,
    at: u64,
    /// The users in whose sessions it may be sent.
    pub(crate) users: Set,
    /// Emitted while no user was known: any user's session may get it, but not after a session of
    /// another user was left.
    pub(crate) any_user: bool,
    /// How many sessions its socket had left when it was emitted.
    pub(crate) leaves: usize,
    pub(crate) retried: bool,
    pub(crate) volatile: bool,
    /// When the wait for its acknowledgement ends.
    pub(crate) deadline: Option<u64>,
    /// When it expires in the send buffer.
    pub(crate) expires: Option<u64>,
    /// The session in which it was sent at once.
    pub(crate) session: Option<usize>,
    sent: u32,
    received: u32,
}

impl Emit {
    pub(crate) fn new(namespace: usize, socket: SocketId, at: u64) -> Self {
        Self {
            namespace,
            socket,
            at,
            users: Set::default(),
            any_user: false,
            leaves: 0,
            retried: false,
            volatile: false,
            deadline: None,
            expires: None,
            session: None,
            sent: 0,
            received: 0,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) emits: Vec<Emit>,
    /// Events that `emit` reported as sent, and that were not seen on the wire yet.
    owed: BTreeSet<u64>,
    /// The last event that was received for each namespace.
    last: [u64; 8],
    pub(crate) delivered: u64,
    pub(crate) resent: u64,
}

impl Ledger {
    pub(crate) fn next(&self) -> u64 {
        // 0 is less than any number.
        1 + self.emits.len() as u64
    }

    pub(crate) fn emit(&self, number: u64) -> &Emit {
        &self.emits[number as usize - 1]
    }

    pub(crate) fn no_deadline(&mut self, number: u64) {
        self.emits[number as usize - 1].deadline = None;
    }

    /// Notes that a CONNECT of this user, or a request for auth, is already queued.
    pub(crate) fn was_requested(&mut self, namespace: usize, user: Option<Name>, now: u64) {
        let emits = self.emits.iter_mut().rev();
        let emits = emits.take_while(|emit| emit.at == now);
        for emit in emits.filter(|emit| emit.namespace == namespace) {
            match user {
                Some(user) => emit.users.add(user),
                None => emit.any_user = true,
            }
        }
    }

    pub(crate) fn owe(&mut self, number: u64) {
        self.owed.insert(number);
    }

    /// The user clears the send buffer of a namespace.
    pub(crate) fn cleared(&mut self, namespace: usize) {
        let emits = &self.emits;
        self.owed
            .retain(|number| emits[*number as usize - 1].namespace != namespace);
    }

    /// A frame with this event is sent in this session.
    pub(crate) fn sent(
        &mut self,
        number: u64,
        session: (usize, Name),
        left_as: &[Option<Name>],
        now: u64,
    ) {
        self.owed.remove(&number);
        let emit = &mut self.emits[number as usize - 1];
        emit.sent += 1;
        assert!(
            emit.sent == 1 || emit.retried && !emit.volatile,
            "the event {number} is sent twice"
        );
        let (session, user) = session;
        let others = left_as.get(emit.leaves..).unwrap_or_default();
        let is_left = others
            .iter()
            .any(|left| left.is_some_and(|left| left != user));
        assert!(
            emit.users.has(user) || emit.any_user && !is_left,
            "the event {number}, emitted by {:?}, is sent as {user:?}",
            emit.users
        );
        if !emit.retried || emit.volatile {
            assert!(
                emit.session.is_none_or(|given| given == session),
                "the event {number} was accepted for session {:?}, but is sent in {session}",
                emit.session
            );
            let is_in_time = |at: &u64| *at >= now;
            assert!(
                emit.deadline.iter().all(is_in_time),
                "the event {number} is sent after its wait has ended (H11)"
            );
            assert!(
                emit.expires.iter().all(is_in_time),
                "the event {number} is sent after it has expired (W10)"
            );
        }
    }

    /// The client leaves a namespace, or all: events that it reported as sent must be on the wire
    /// by now.
    pub(crate) fn left(&self, namespace: Option<usize>) {
        for number in &self.owed {
            let of = self.emit(*number).namespace;
            assert!(
                namespace.is_some_and(|left| left != of),
                "the event {number} was not sent before the next call of its handler"
            );
        }
    }

    /// All outputs are carried out.
    pub(crate) fn settled(&self) {
        assert!(
            self.owed.is_empty(),
            "{:?} were reported as sent, but are not",
            self.owed
        );
    }

    /// The server has received an event.
    pub(crate) fn received(&mut self, number: u64, namespace: usize) {
        self.delivered += 1;
        let emit = &mut self.emits[number as usize - 1];
        assert_eq!(emit.namespace, namespace);
        emit.received += 1;
        if emit.received > 1 {
            self.resent += 1;
            return assert!(emit.retried, "the event {number} arrived twice");
        }
        // A volatile event overtakes events that wait in the retry queue.
        if !(emit.retried && emit.volatile) {
            let last = std::mem::replace(&mut self.last[namespace], number);
            assert!(last < number, "the event {number} arrived after {last}");
        }
    }

    pub(crate) fn was_received(&self, number: u64) -> bool {
        self.emit(number).received > 0
    }
}
