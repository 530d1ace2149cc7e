//! Namespaces that were left on a connection that stays open.
//!
//! What the server still sends of a session that was left must not reach the next one, and the wire
//! doesn't tell one from the other: both carry the namespace's name and nothing else. So there is a
//! memory of what was left, until the server is known to have read it.

use alloc::boxed::Box;

use super::left::{FENCE, Left, Pending};
use super::socket::Phase;
use super::{Event, Manager, SocketId};
use crate::Instant;
use crate::packet::{self, Packet, PacketKind};

impl Manager {
    /// Sends DISCONNECT. A CONNECT right behind it would find the server not done with it.
    pub(super) fn leave(&mut self, namespace: Box<str>) {
        let frame = packet::encode_disconnect(&namespace);
        frame.into_iter().for_each(|frame| self.send(frame));
        let until = self.now + self.config.rejoin_delay;
        self.note_left(&namespace, |left| left.until = until);
    }

    /// The user takes CONNECTs back that the server has not answered: it would not know yet what is
    /// left, so that waits for its answers.
    pub(super) fn take_back_connects(&mut self, id: SocketId, count: u32) {
        let timeout = self.config.connect_timeout;
        let Some(socket) = self.get(id).filter(|_| count > 0) else {
            return;
        };
        let (namespace, since) = (socket.namespace.clone(), socket.asked);
        let identity = socket.identity.clone().flatten();
        let until = match timeout {
            Some(timeout) => since + timeout,
            None => Instant::from_millis(u64::MAX),
        };
        self.note_left(&namespace, |left| {
            let before = left.pending.as_ref().map_or(0, |pending| pending.count);
            left.pending = Some(Pending {
                identity,
                since,
                until,
                count: count.saturating_add(before),
            });
        });
    }

    /// Takes a note of a namespace that is left now.
    fn note_left(&mut self, namespace: &str, note: impl FnOnce(&mut Left)) {
        if let Some(left) = self.left_mut(namespace) {
            left.heartbeats = 0;
            return note(left);
        }
        let mut left = Left {
            namespace: namespace.into(),
            until: Instant::default(),
            pending: None,
            heartbeats: 0,
        };
        note(&mut left);
        self.left.push(left);
    }

    /// When a namespace that is wanted can be asked for again. It may be over by now, where something
    /// else came before the timer.
    pub(super) fn rejoin_deadline(&self) -> Option<Instant> {
        let at = |left: &Left| {
            let socket = self.get(self.find(&left.namespace)?)?;
            let answered = left.pending.as_ref().map(|pending| pending.until);
            let until = left.until.max(answered.unwrap_or_default());
            let until = until.max(socket.not_before.unwrap_or_default());
            (socket.phase == Phase::Waiting).then_some(until)
        };
        self.left.iter().filter_map(at).min()
    }

    /// Whether a namespace is not to be asked for yet. Where a CONNECT that was taken back had time
    /// enough for its answer, or a person can't wait for it, it counts as unanswered, and the next
    /// one may be sent.
    pub(super) fn is_left(&mut self, id: SocketId, patience: Option<core::time::Duration>) -> bool {
        let now = self.now;
        let Some(namespace) = self.get(id).map(|socket| socket.namespace.clone()) else {
            return false;
        };
        let Some(left) = self.left_mut(&namespace) else {
            return false;
        };
        let until = left.until;
        if let Some(pending) = &left.pending {
            let is_over = pending.until <= now
                || patience.is_some_and(|most| now.saturating_since(pending.since) >= most);
            if !is_over {
                return true;
            }
        }
        if until > now {
            return true;
        }
        if let Some(pending) = left.pending.take()
            && let Some(socket) = self.get_mut(id)
        {
            socket.unanswered = socket.unanswered.saturating_add(pending.count);
            socket.has_left = true;
            socket.identity = Some(pending.identity);
        }
        false
    }

    /// Whether what comes for this namespace may be of a session that was left.
    pub(super) fn may_be_of_left(&self, namespace: &str) -> bool {
        self.left.iter().any(|left| *left.namespace == *namespace)
    }

    /// A heartbeat came.
    pub(super) fn fence_left(&mut self) {
        let now = self.now;
        self.left.retain_mut(|left| {
            left.heartbeats = left.heartbeats.saturating_add(1);
            left.pending.is_some() || left.until > now || left.heartbeats < FENCE
        });
    }

    /// Takes the answer to a CONNECT that was taken back: the namespace can be left, or asked for
    /// anew. False where the packet answers no such CONNECT.
    pub(super) fn answered_left(&mut self, packet: &Packet) -> bool {
        let namespace = packet.namespace();
        let Some(left) = self.left_mut(namespace) else {
            return false;
        };
        let Some(pending) = &mut left.pending else {
            return false;
        };
        pending.count -= 1;
        let is_last = pending.count == 0;
        if is_last {
            left.pending = None;
        }
        if packet.kind() == PacketKind::Connect {
            self.leave(namespace.into());
        } else if is_last && let Some(id) = self.find(namespace) {
            self.request_connect(id);
        }
        true
    }

    fn left_mut(&mut self, namespace: &str) -> Option<&mut Left> {
        self.left
            .iter_mut()
            .find(|left| *left.namespace == *namespace)
    }

    /// Takes back what the user was to be told of a session that he leaves. True where that is all
    /// he would ever have known of it.
    pub(super) fn withdraw(&mut self, id: SocketId) -> bool {
        let is_of_it = |queued: &super::Queued| match queued {
            super::Queued::Flush(socket) => *socket == id,
            super::Queued::Output(super::Output::Event(
                Event::Received { socket, .. } | Event::Connected { socket, .. },
            )) => *socket == id,
            super::Queued::Output(_) => false,
        };
        let withdrawn = self.outputs.take_where(&is_of_it);
        withdrawn.iter().any(|queued| {
            matches!(
                queued,
                super::Queued::Output(super::Output::Event(Event::Connected { .. }))
            )
        })
    }
}
