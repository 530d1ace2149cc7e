//! A model of one socket, and its invariants.

use std::collections::BTreeSet;

use socketio_proto::SendBuffer;
use socketio_proto::manager::{AckToken, Event, Manager, SocketId};
use socketio_proto::packet::PacketKind;

use super::super::value::Value;

pub(super) struct Tracked {
    bounds: SendBuffer,
    connected: bool,
    /// Waits for acknowledgements that have not ended.
    awaited: BTreeSet<u64>,
    /// Waits that were cancelled while their end was already queued.
    given_up: BTreeSet<u64>,
    pub(super) removed: bool,
    pub(super) requests: Vec<u32>,
    pub(super) tokens: Vec<AckToken>,
}

impl Tracked {
    pub(super) fn new(bounds: SendBuffer) -> Self {
        Self {
            bounds,
            connected: false,
            awaited: BTreeSet::new(),
            given_up: BTreeSet::new(),
            removed: false,
            requests: Vec::new(),
            tokens: Vec::new(),
        }
    }

    pub(super) fn awaits(&mut self, ack: Option<u64>) {
        if let Some(ack) = ack {
            assert!(self.awaited.insert(ack), "the id {ack} is awaited twice");
        }
    }

    pub(super) fn nth_awaited(&self, index: usize) -> Option<u64> {
        self.awaited.iter().nth(index).copied()
    }

    pub(super) fn cancelled(&mut self, ack: u64, drained: bool) {
        self.awaited.remove(&ack);
        if !drained {
            self.given_up.insert(ack);
        }
    }

    /// Handles an event of this socket.
    pub(super) fn event(&mut self, event: Event) {
        match event {
            Event::Acked { id, result, .. } => {
                let ended = self.awaited.remove(&id) || self.given_up.remove(&id);
                assert!(ended, "the wait {id} ended twice, or never began");
                match result {
                    Ok(packet) => assert_eq!(packet.kind(), PacketKind::Ack),
                    Err(error) => assert!(!error.to_string().is_empty()),
                }
            }
            Event::Authorize { request, .. } => self.requests.push(request),
            Event::Connected { .. } => {
                assert!(!self.connected, "connected twice");
                self.connected = true;
            }
            Event::ConnectError { error, .. } => {
                assert!(!self.connected, "a connect error while connected");
                assert!(!error.to_string().is_empty());
                if let socketio_proto::manager::ConnectError::Refused(refusal) = error {
                    let _ = (refusal.message(), refusal.data::<Value>());
                }
            }
            Event::Disconnected { details, .. } => {
                assert!(self.connected, "disconnected without a connect (W8)");
                self.connected = false;
                assert!(details.is_none_or(|details| !details.to_string().is_empty()));
            }
            Event::Received { ack, .. } => self.tokens.extend(ack),
            _ => {}
        }
    }

    /// Checks the invariants once all events are delivered.
    pub(super) fn check(&self, manager: &Manager, id: SocketId) {
        assert_eq!(manager.is_connected(id), self.connected);
        assert_eq!(manager.id(id).is_some(), self.connected);
        if self.removed {
            let awaited = &self.awaited;
            assert!(awaited.is_empty(), "waits without an end: {awaited:?}");
        }
        let waiting = manager.buffer(id).count();
        assert!(waiting <= self.bounds.packets);
        assert!(manager.buffer(id).map(str::len).sum::<usize>() <= self.bounds.bytes);
        // Events that are retried have a queue of their own, and share the bounds.
        assert!(manager.buffered(id) <= self.bounds.packets);
        assert!(waiting == 0 || !self.connected, "it was not flushed");
    }
}
