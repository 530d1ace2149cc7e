use alloc::string::String;
use core::time::Duration;

use super::{EngineDecodeError, EnginePacket, Handshake, HandshakeError};
use crate::Instant;

/// The id of one transport that a manager asked for. Events of a superseded transport are ignored.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TransportId(pub(crate) u32);

impl TransportId {
    /// Returns the number of the transport. A manager's first transport has number 1.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// The Engine.IO state of one connection: its transport, handshake and heartbeat.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    transport: TransportId,
    phase: Phase,
    handshake: Option<Handshake>,
    /// The deadline of the handshake, or of the next heartbeat.
    deadline: Option<Instant>,
    writable: bool,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Phase {
    #[default]
    Closed,
    Opening,
    Open,
}

/// A received frame, as the layer above sees it.
#[derive(Debug)]
pub(crate) enum Received {
    Binary(alloc::vec::Vec<u8>),
    Closed,
    Nothing,
    Opened,
    Ping,
    /// A frame with a Socket.IO packet, which starts at its second byte.
    Text(String),
}

/// How a peer violated the protocol.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Violation {
    /// A message arrived before the handshake.
    Early,
    Handshake(HandshakeError),
    Packet(EngineDecodeError),
}

impl Connection {
    pub(crate) fn phase(&self) -> Phase {
        self.phase
    }

    pub(crate) fn transport(&self) -> TransportId {
        self.transport
    }

    pub(crate) fn handshake(&self) -> Option<&Handshake> {
        self.handshake.as_ref()
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    pub(crate) fn is_overdue(&self, now: Instant) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= now)
    }

    pub(crate) fn is_writable(&self) -> bool {
        self.phase == Phase::Open && self.writable
    }

    pub(crate) fn set_writable(&mut self, writable: bool) {
        self.writable = writable;
    }

    /// Resets the state for a new transport, and returns its id.
    pub(crate) fn open(&mut self, timeout: Option<Duration>, now: Instant) -> TransportId {
        *self = Self {
            transport: TransportId(self.transport.0.wrapping_add(1)),
            phase: Phase::Opening,
            handshake: None,
            deadline: now.after(timeout),
            writable: true,
        };
        self.transport
    }

    pub(crate) fn close(&mut self) {
        self.phase = Phase::Closed;
        self.handshake = None;
        self.deadline = None;
    }

    /// Moves the deadline forward by time that the clock did not count.
    pub(crate) fn skip(&mut self, slept: Duration) {
        if self.phase == Phase::Open {
            self.deadline = self.deadline.map(|deadline| deadline.saturating_sub(slept));
        }
    }

    /// How long the peer may be silent: `pingInterval` + `pingTimeout` of the handshake.
    pub(crate) fn patience(&self) -> Option<Duration> {
        let handshake = self.handshake.as_ref()?;
        let interval = handshake.ping_interval;
        Some(interval.saturating_add(handshake.ping_timeout))
    }

    pub(crate) fn text(&mut self, frame: String, now: Instant) -> Result<Received, Violation> {
        if self.phase == Phase::Open && frame.as_bytes().first() == Some(&b'4') {
            return Ok(Received::Text(frame));
        }
        match EnginePacket::decode(&frame).map_err(Violation::Packet)? {
            EnginePacket::Open(text) => self.handshaken(text, now),
            EnginePacket::Close => Ok(Received::Closed),
            // Before the handshake, no packet but a close is allowed.
            _ if self.phase == Phase::Opening => Err(Violation::Early),
            EnginePacket::Ping(_) => {
                self.expect_ping(now);
                Ok(Received::Ping)
            }
            EnginePacket::Binary(data) => Ok(Received::Binary(data.into_owned())),
            _ => Ok(Received::Nothing),
        }
    }

    pub(crate) fn binary(&self, data: alloc::vec::Vec<u8>) -> Result<Received, Violation> {
        match self.phase {
            Phase::Open => Ok(Received::Binary(data)),
            _ => Err(Violation::Early),
        }
    }

    fn handshaken(&mut self, text: &str, now: Instant) -> Result<Received, Violation> {
        // A second handshake on a connection that is open changes nothing.
        if self.phase == Phase::Open {
            return Ok(Received::Nothing);
        }
        self.handshake = Some(Handshake::parse(text).map_err(Violation::Handshake)?);
        self.phase = Phase::Open;
        self.expect_ping(now);
        Ok(Received::Opened)
    }

    /// Only a ping moves the deadline, not any packet.
    fn expect_ping(&mut self, now: Instant) {
        self.deadline = now.after(self.patience());
    }
}
