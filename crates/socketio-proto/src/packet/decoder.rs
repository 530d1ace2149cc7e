use alloc::string::String;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use super::head::Head;
use super::payload::{self, Shape};
use super::{DecodeError, Packet, PacketKind};
use crate::Limits;

/// Turns the messages of one connection into packets.
///
/// After an error it has started afresh: what it had of a packet is gone.
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
    /// A decoder that refuses what exceeds `limits`.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            waiting: None,
        }
    }

    /// Takes a text message. The packet begins at byte `start` of `frame`, behind the type of the
    /// layer below.
    ///
    /// While attachments are due, a packet without any is whole by itself, and the attachments stay due: python-socketio
    /// lets it between where two threads emit at once. One with attachments of its own is an error, since nothing
    /// tells whose the next ones would be.
    pub fn text(&mut self, frame: String, start: usize) -> Result<Decoded, DecodeError> {
        self.read(frame, start, false)
    }

    /// Takes a text message as [`text`](Self::text) does, but of an event without attachments it reads no more than the
    /// name: see [`Packet::is_unread`].
    pub fn text_unread(&mut self, frame: String, start: usize) -> Result<Decoded, DecodeError> {
        self.read(frame, start, true)
    }

    fn read(&mut self, frame: String, start: usize, later: bool) -> Result<Decoded, DecodeError> {
        // Gone, unless a packet without attachments is all that came between.
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

    /// Takes a binary message: the next attachment of the packet that waits.
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

    /// Forgets a packet that still waits for attachments.
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
struct Waiting {
    packet: Packet,
    /// How many the packet announced.
    attachments: usize,
    text_bytes: usize,
    /// Bytes of the text and of the attachments that have come.
    bytes: usize,
}

impl Waiting {
    fn missing(&self) -> usize {
        self.attachments
            .saturating_sub(self.packet.attachments.len())
    }
}
