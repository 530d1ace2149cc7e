use alloc::string::String;
use alloc::vec::Vec;

use super::{DecodeError, Packet};
use crate::Limits;

/// Turns the messages of one connection into packets.
///
/// After an error it has started afresh: what it had of a packet is gone.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    limits: Limits,
    waiting: Option<Waiting>,
}

impl Decoder {
    /// A decoder that refuses what exceeds `limits`.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            waiting: None,
        }
    }

    /// Takes a text message. The packet begins at byte `start` of `frame`, behind the type of the layer below.
    pub fn text(&mut self, _frame: String, _start: usize) -> Result<Decoded, DecodeError> {
        let _ = self.limits;
        Err(DecodeError::Empty)
    }

    /// Takes a binary message: the next attachment of the packet that waits.
    pub fn binary(&mut self, _data: Vec<u8>) -> Result<Decoded, DecodeError> {
        Err(DecodeError::UnexpectedBinary)
    }

    /// Forgets a packet that still waits for attachments (row M13).
    pub fn reset(&mut self) {
        self.waiting = None;
    }

    /// Whether a packet waits for attachments.
    pub fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }
}

/// What a message came to.
#[derive(Clone, Debug)]
pub enum Decoded {
    /// A whole packet.
    Packet(Packet),
    /// A packet that waits for its attachments.
    Waiting {
        /// How many are still due.
        missing: usize,
    },
}

#[derive(Clone, Debug)]
struct Waiting {}
