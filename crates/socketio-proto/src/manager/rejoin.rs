//! Namespaces that were left on a connection that stays open.
//!
//! What the server still sends of a session that was left must not reach the next one, and the wire
//! doesn't tell one from the other: both carry the namespace's name and nothing else. So there is a
//! memory of what was left, until the server is known to have read it.

use core::cell::Cell;

use super::left::{FENCE, Left, Pending};
use super::socket::Phase;
use super::{Event, Manager, Output, Queued, SocketId, socket_of};
use crate::Instant;
use crate::packet::{self, Packet, PacketKind};

impl Manager {
    /// Sends DISCONNECT. A CONNECT right behind it would find the server not done with it.
    pub(super) fn leave(&mut self, namespace: &str) {
        if let Ok(frame) = packet::encode_disconnect(namespace) {
            self.send(frame);
        }
        let until = self.now + self.config.rejoin_delay;
        if let Some(left) = self.note_left(namespace) {
            left.until = until;
        }
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
        if let Some(left) = self.note_left(&namespace) {
            let before = left.pending.as_ref().map_or(0, |pending| pending.count);
            left.pending = Some(Pending {
                identity,
                since,
                until,
                count: count.saturating_add(before),
            });
        }
    }

    /// Takes a note of a namespace that is left now.
    fn note_left(&mut self, namespace: &str) -> Option<&mut Left> {
        if self.left_mut(namespace).is_none() {
            self.left.push(Left {
                namespace: namespace.into(),
                until: Instant::default(),
                pending: None,
                heartbeats: 0,
            });
        }
        let left = self.left_mut(namespace)?;
        left.heartbeats = 0;
        Some(left)
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
    pub(super) fn is_left(&mut self, id: SocketId, patience: Option<u64>) -> bool {
        let now = self.now;
        let Some(socket) = socket_of(&mut self.sockets, id) else {
            return false;
        };
        let mut left = self.left.iter_mut();
        let Some(left) = left.find(|left| *left.namespace == *socket.namespace) else {
            return false;
        };
        let is_awaited = left.pending.as_ref().is_some_and(|pending| {
            pending.until > now
                && patience.is_none_or(|most| now.millis_since(pending.since) < most)
        });
        if is_awaited || left.until > now {
            return true;
        }
        if let Some(pending) = left.pending.take() {
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
            self.leave(namespace);
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
        let is_untold = Cell::new(false);
        self.outputs.take_where(&|queued| match queued {
            Queued::Flush(socket)
            | Queued::Output(Output::Event(Event::Received { socket, .. })) => *socket == id,
            Queued::Output(Output::Event(Event::Connected { socket, .. })) => {
                is_untold.set(is_untold.get() || *socket == id);
                *socket == id
            }
            Queued::Output(_) => false,
        });
        is_untold.get()
    }
}
