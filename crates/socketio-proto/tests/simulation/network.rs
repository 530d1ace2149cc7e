//! The current transport, and the frames in flight on it.

use socketio_proto::manager::{TransportEvent, TransportId};

use crate::random::Random;
use crate::server::Connect;

/// A transport that the client has opened or is opening.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) id: TransportId,
    pub(crate) number: u64,
    /// The one-way latency, in milliseconds.
    pub(crate) latency: u64,
    /// Frames are lost, and neither side is notified.
    pub(crate) is_silent_up: bool,
    pub(crate) is_silent_down: bool,
    /// The connection is broken, and the client will be notified.
    pub(crate) is_closed: bool,
    /// Frames held back until a due attachment is sent.
    pub(crate) held: Option<Vec<TransportEvent>>,
    /// When the last frame arrives, so that order is kept.
    last_up: u64,
    last_down: u64,
    pub(crate) pings: u64,
    pub(crate) pongs: u64,
}

impl Link {
    pub(crate) fn new(id: TransportId, number: u64, latency: u64) -> Self {
        Self {
            id,
            number,
            latency,
            is_silent_up: false,
            is_silent_down: false,
            is_closed: false,
            held: None,
            last_up: 0,
            last_down: 0,
            pings: 0,
            pongs: 0,
        }
    }

    /// Returns when a frame that is sent now arrives.
    pub(crate) fn up(&mut self, now: u64) -> u64 {
        self.last_up = self.last_up.max(now + self.latency);
        self.last_up
    }

    pub(crate) fn down(&mut self, now: u64) -> u64 {
        self.last_down = self.last_down.max(now + self.latency);
        self.last_down
    }
}

/// A frame from the client.
#[derive(Debug)]
pub(crate) struct Up {
    pub(crate) text: String,
    /// The parsed packet, if it is a CONNECT.
    pub(crate) connect: Option<Connect>,
}

/// The outcome of an attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Opening {
    Fails,
    /// The handshake can't be read.
    Garbage,
    Hangs,
    /// A message arrives before the handshake.
    Hasty,
    /// The connection opens after this time.
    Opens(u64),
    Refused,
    /// The server closes the connection right after its handshake.
    ShutsAtOnce,
}

impl Opening {
    /// Picks an outcome. `trouble` percent of the attempts may fail.
    pub(crate) fn new(trouble: u64, random: &mut Random) -> Self {
        if !random.chance(trouble) {
            return Self::Opens(0);
        }
        match random.range(0, 12) {
            0 => Self::Fails,
            1 => Self::Garbage,
            2..=4 => Self::Hangs,
            5 => Self::Hasty,
            6 | 7 => Self::Opens(random.range(1, 40_000)),
            8 => Self::Refused,
            _ => Self::ShutsAtOnce,
        }
    }
}

pub(crate) fn closed(random: &mut Random) -> TransportEvent {
    TransportEvent::Closed {
        code: random.pick(&[1000, 1006]),
        reason: String::new(),
        failed: random.chance(50),
    }
}
