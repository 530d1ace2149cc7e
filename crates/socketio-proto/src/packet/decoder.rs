use alloc::string::String;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use super::head::Head;
use super::payload::{self, Shape};
use super::{DecodeError, Packet, PacketKind};
use crate::Limits;

/// Decodes the messages of one connection into packets.
///
/// An error resets the decoder: an incomplete packet is discarded.
///
/// ```
/// use socketio_proto::Limits;
/// use socketio_proto::packet::{Decoded, Decoder};
///
/// let mut decoder = Decoder::new(Limits::default());
/// let frame = r#"451-["photo",{"_placeholder":true,"num":0}]"#;
/// assert!(matches!(decoder.text(frame.into(), 1)?, Decoded::Waiting { missing: 1 }));
/// let Decoded::Packet(packet) = decoder.binary(vec![1, 2])? else { panic!("all is there") };
/// assert_eq!(packet.event_name(), Some("photo"));
/// assert_eq!(packet.attachments(), [[1, 2]]);
/// # Ok::<(), socketio_proto::packet::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    limits: Limits,
    waiting: Option<Waiting>,
}

impl Decoder {
    /// Creates a decoder that refuses packets that exceed `limits`.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            waiting: None,
        }
    }

    /// Decodes a text message. The packet begins at byte `start` of `frame`, after the message type
    /// of Engine.IO.
    ///
    /// While attachments are due, a packet without attachments is returned at once, and the
    /// attachments stay due: python-socketio interleaves packets when two threads emit at once. A
    /// packet with attachments of its own is an error, because the next attachments would be
    /// ambiguous.
    pub fn text(&mut self, frame: String, start: usize) -> Result<Decoded, DecodeError> {
        self.read(frame, start, false)
    }

    /// Decodes a text message like [`text`](Self::text), but reads an event without attachments
    /// only up to its name: see [`Packet::is_unread`].
    pub fn text_unread(&mut self, frame: String, start: usize) -> Result<Decoded, DecodeError> {
        self.read(frame, start, true)
    }

    fn read(&mut self, frame: String, start: usize, later: bool) -> Result<Decoded, DecodeError> {
        // Discarded on an error; restored below if this packet has no attachments.
        let waiting = self.waiting.take();
        let bytes = frame.len().saturating_sub(start);
        if bytes > self.limits.packet_bytes {
            return Err(DecodeError::PacketTooLarge {
                limit: self.limits.packet_bytes,
            });
        }

        let head = Head::parse(&frame, start, &self.limits)?;
        if let Some(waiting) = &waiting
            && head.attachments > 0
        {
            return Err(DecodeError::UnexpectedText {
                missing: waiting.missing(),
            });
        }
        let later = later && head.kind == PacketKind::Event && head.attachments == 0;
        let unread = match later {
            true => payload::head_of_event(&frame, &head, &self.limits)?,
            false => None,
        };
        let nesting = u32::try_from(self.limits.nesting).unwrap_or(u32::MAX);
        let nesting = unread.as_ref().and(NonZeroU32::new(nesting));
        let Shape { name, args } = match unread {
            Some(shape) => shape,
            None => payload::check(&frame, &head, &self.limits)?,
        };
        let data = Some(head.data..frame.len()).filter(|data| !data.is_empty());
        let packet = Packet {
            kind: head.kind,
            id: head.id,
            text: frame,
            namespace: head.namespace,
            data,
            name,
            args,
            unread: nesting,
            attachments: Vec::new(),
        };
        if head.attachments == 0 {
            self.waiting = waiting;
            return Ok(Decoded::Packet(packet));
        }
        self.waiting = Some(Waiting {
            packet,
            attachments: head.attachments,
            text_bytes: bytes,
            bytes,
        });
        Ok(Decoded::Waiting {
            missing: head.attachments,
        })
    }

    /// Decodes a binary message: the next attachment of the waiting packet.
    pub fn binary(&mut self, data: Vec<u8>) -> Result<Decoded, DecodeError> {
        let mut waiting = self.waiting.take().ok_or(DecodeError::UnexpectedBinary)?;
        waiting.bytes = waiting.bytes.saturating_add(data.len());
        if waiting.bytes > self.limits.packet_bytes {
            return Err(DecodeError::PacketTooLarge {
                limit: self.limits.packet_bytes,
            });
        }
        waiting.packet.attachments.push(data);

        let missing = waiting.missing();
        if missing > 0 {
            self.waiting = Some(waiting);
            return Ok(Decoded::Waiting { missing });
        }
        let Waiting {
            packet, text_bytes, ..
        } = waiting;
        let used =
            payload::placeholder_bytes(packet.data().unwrap_or_default(), &packet.attachments)?;
        if text_bytes.saturating_add(used) > self.limits.packet_bytes {
            return Err(DecodeError::PacketTooLarge {
                limit: self.limits.packet_bytes,
            });
        }
        Ok(Decoded::Packet(packet))
    }

    /// Discards a packet that still waits for attachments.
    pub fn reset(&mut self) {
        self.waiting = None;
    }

    /// Returns whether a packet waits for attachments.
    pub fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }
}

/// The result of decoding one message.
#[derive(Clone, Debug)]
pub enum Decoded {
    /// A complete packet.
    Packet(Packet),
    /// A packet that waits for its attachments.
    Waiting {
        /// How many attachments are still due.
        missing: usize,
    },
}

#[derive(Clone, Debug)]
struct Waiting {
    packet: Packet,
    /// How many attachments the packet announced.
    attachments: usize,
    text_bytes: usize,
    /// The size in bytes of the text and of the attachments received so far.
    bytes: usize,
}

impl Waiting {
    fn missing(&self) -> usize {
        self.attachments
            .saturating_sub(self.packet.attachments.len())
    }
}
