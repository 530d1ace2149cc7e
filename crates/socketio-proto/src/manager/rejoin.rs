//! Namespaces that were left on a connection that stays open.
//!
//! Packets that the server still sends for a session that was left must not reach the next session.
//! The protocol can't tell the two apart: packets carry the namespace's name and nothing else. So
//! the manager remembers each namespace that was left until the server is known to have processed
//! the DISCONNECT.

use core::cell::Cell;

use super::left::{FENCE, Left, Pending};
use super::socket::Phase;
use super::{Event, Manager, Output, Queued, SocketId, socket_of};
use crate::Instant;
use crate::packet::{self, Packet, PacketKind};

impl Manager {
    /// Sends DISCONNECT, and holds back the next CONNECT: one right behind it would arrive before
    /// the server has processed the DISCONNECT.
    pub(super) fn leave(&mut self, namespace: &str) {
        if let Ok(frame) = packet::encode_disconnect(namespace) {
            self.send(frame);
        }
        let until = self.now + self.config.rejoin_delay;
        if let Some(left) = self.note_left(namespace) {
            left.until = until;
        }
    }

    /// Notes that the user took back CONNECTs that the server has not answered. A DISCONNECT now
    /// would reach a server that has not connected the namespace yet, so it waits for the answers.
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

    /// Records that a namespace is left now.
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

    /// When the next CONNECT may be sent for a namespace that was left. May lie in the past if
    /// another input came before the timer.
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

    /// Whether the CONNECT of a namespace must still wait. A CONNECT that was taken back counts as
    /// unanswered once its answer is overdue, or has taken longer than `patience` in milliseconds.
    /// The next CONNECT may then be sent.
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

    /// Whether a packet of this namespace may belong to a session that was left.
    pub(super) fn may_be_of_left(&self, namespace: &str) -> bool {
        self.left.iter().any(|left| *left.namespace == *namespace)
    }

    /// Counts a heartbeat, and forgets the namespaces whose DISCONNECT the server has processed.
    pub(super) fn fence_left(&mut self) {
        let now = self.now;
        self.left.retain_mut(|left| {
            left.heartbeats = left.heartbeats.saturating_add(1);
            left.pending.is_some() || left.until > now || left.heartbeats < FENCE
        });
    }

    /// Handles the answer to a CONNECT that was taken back: leaves the namespace, or sends the next
    /// CONNECT. Returns false if the packet answers no such CONNECT.
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

    /// Removes the queued events of a session that the user leaves. Returns true if its `Connected`
    /// was among them, so that the user never learned of the session.
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
