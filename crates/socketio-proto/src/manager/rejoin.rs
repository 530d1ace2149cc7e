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
        self.note_left(Left {
            namespace,
            until: self.now + self.config.rejoin_delay,
            pending: None,
            heartbeats: 0,
        });
    }

    /// The user takes a CONNECT back that the server has not answered: it would not know yet what
    /// is left, so that waits for its answer.
    pub(super) fn take_back_connect(&mut self, id: SocketId) {
        let now = self.now;
        let until = match self.config.connect_timeout {
            Some(timeout) => now + timeout,
            None => Instant::from_millis(u64::MAX),
        };
        if let Some(socket) = self.get_mut(id) {
            let left = Left {
                namespace: socket.namespace.clone(),
                until,
                pending: Some(Pending {
                    identity: socket.identity.clone().flatten(),
                    since: now,
                }),
                heartbeats: 0,
            };
            self.note_left(left);
        }
    }

    fn note_left(&mut self, left: Left) {
        self.left.retain(|other| other.namespace != left.namespace);
        self.left.push(left);
    }

    /// When a namespace that is wanted can be asked for again.
    pub(super) fn rejoin_deadline(&self) -> Option<Instant> {
        let wanted = |left: &&Left| {
            let id = self.find(&left.namespace);
            id.and_then(|id| self.get(id))
                .is_some_and(|socket| socket.phase == Phase::Waiting)
        };
        let left = self.left.iter().filter(|left| left.until > self.now);
        left.filter(wanted).map(|left| left.until).min()
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
        if let Some(pending) = &left.pending {
            let is_over = left.until <= now
                || patience.is_some_and(|most| now.saturating_since(pending.since) >= most);
            if !is_over {
                return true;
            }
            let identity = left.pending.take().and_then(|pending| pending.identity);
            left.until = now;
            if let Some(socket) = self.get_mut(id) {
                socket.unanswered = 1;
                socket.identity = Some(identity);
            }
            return false;
        }
        left.until > now
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
        if left.pending.take().is_none() {
            return false;
        }
        if packet.kind() == PacketKind::Connect {
            self.leave(namespace.into());
        } else {
            self.left.retain(|left| *left.namespace != *namespace);
            if let Some(id) = self.find(namespace) {
                self.request_connect(id);
            }
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
