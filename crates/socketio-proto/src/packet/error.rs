use alloc::string::String;
use core::fmt;

use super::PacketKind;
use crate::digits::Digits;
use crate::json::{self, ScanError, push_integer};
use crate::quoted::{Quoted, QuotedChar};

/// Why a frame is not a Socket.IO packet, or not one that is allowed at this point. The peer is at
/// fault, or the packet exceeds one of the client's limits. The connection can't continue, and is
/// closed with the reason `parse error`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The message is empty: it lacks even a type.
    Empty,
    /// The acknowledgement id is beyond 2^53 − 1, or has too many digits.
    InvalidAckId,
    /// A binary packet doesn't say how many attachments follow, or says 0.
    InvalidAttachmentCount,
    /// The payload is not JSON. The offset counts from the start of the frame's text.
    InvalidJson(ScanError),
    /// The payload is not valid for a packet of this kind.
    InvalidPayload {
        /// The packet's kind.
        kind: PacketKind,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A placeholder doesn't refer to an attachment.
    InvalidPlaceholder,
    /// An event or an acknowledgement has no payload.
    MissingPayload {
        /// The packet's kind.
        kind: PacketKind,
    },
    /// The payload is nested deeper than the limit.
    NestingTooDeep {
        /// [`Limits::nesting`](crate::Limits::nesting).
        limit: usize,
    },
    /// The packet, its attachments included, has more bytes than the limit.
    PacketTooLarge {
        /// [`Limits::packet_bytes`](crate::Limits::packet_bytes).
        limit: usize,
    },
    /// The packet announces more attachments than the limit.
    TooManyAttachments {
        /// [`Limits::attachments`](crate::Limits::attachments).
        limit: usize,
    },
    /// A binary frame arrived while no packet waited for attachments.
    UnexpectedBinary,
    /// A packet with attachments arrived while attachments of another were due.
    UnexpectedText {
        /// How many attachments were still due.
        missing: usize,
    },
    /// The type is none of `0` to `6`.
    UnknownType {
        /// The character in the type's place.
        found: char,
    },
}

impl DecodeError {
    /// Returns a name for logs and tools, in snake case.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "empty_packet",
            Self::InvalidAckId => "invalid_ack_id",
            Self::InvalidAttachmentCount => "invalid_attachment_count",
            Self::InvalidJson(_) => "invalid_json",
            Self::InvalidPayload { .. } => "invalid_payload",
            Self::InvalidPlaceholder => "invalid_placeholder",
            Self::MissingPayload { .. } => "missing_payload",
            Self::NestingTooDeep { .. } => "nesting_too_deep",
            Self::PacketTooLarge { .. } => "packet_too_large",
            Self::TooManyAttachments { .. } => "too_many_attachments",
            Self::UnexpectedBinary => "unexpected_binary",
            Self::UnexpectedText { .. } => "unexpected_text",
            Self::UnknownType { .. } => "unknown_packet_type",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the message is empty: a Socket.IO packet begins with its type"),
            Self::InvalidAckId => {
                f.write_str("the acknowledgement id is greater than 2^53 - 1, or too long")
            }
            Self::InvalidAttachmentCount => f.write_str(
                "a binary packet must say how many attachments follow: digits, at least 1, then `-`",
            ),
            Self::InvalidJson(error) => write!(f, "the payload is not JSON: {error}"),
            Self::InvalidPayload { kind, reason } => {
                write!(f, "invalid payload of {}: {reason}", kind.name())
            }
            Self::InvalidPlaceholder => f.write_str(
                "a placeholder's `num` must be the index of one of the attachments",
            ),
            Self::MissingPayload { kind } => {
                write!(f, "a packet of type {} needs a payload, and this one has none", kind.name())
            }
            Self::NestingTooDeep { limit } => write!(
                f,
                "the payload is nested deeper than {} levels: raise `Limits::nesting` if you trust the peer",
                Digits(*limit)
            ),
            Self::PacketTooLarge { limit } => write!(
                f,
                "the packet has more than {} bytes: raise `Limits::packet_bytes` if you trust the peer",
                Digits(*limit)
            ),
            Self::TooManyAttachments { limit } => write!(
                f,
                "the packet has more than {} attachments: raise `Limits::attachments` if you trust the peer",
                Digits(*limit)
            ),
            Self::UnexpectedBinary => f.write_str("a binary frame came, and no packet waits for one"),
            Self::UnexpectedText { missing } => {
                write!(
                    f,
                    "a packet with attachments came while {} of another were due",
                    Digits(*missing)
                )
            }
            Self::UnknownType { found } => {
                write!(
                    f,
                    "unknown packet type {}: Socket.IO 5 has 0 to 6",
                    QuotedChar(*found)
                )
            }
        }
    }
}

impl core::error::Error for DecodeError {}

pub(crate) fn too_large(bytes: usize, limit: usize) -> String {
    let mut text = String::from("the packet has ");
    push_integer(&mut text, false, bytes as u64);
    text.push_str(" bytes, the limit is ");
    push_integer(&mut text, false, limit as u64);
    text.push_str(" (`Limits::packet_bytes`)");
    text
}

/// Why a packet can't be encoded. The caller is at fault, or the packet exceeds a limit. Nothing
/// was sent.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The acknowledgement id is beyond [`MAX_ACK_ID`](super::MAX_ACK_ID).
    InvalidAckId {
        /// The id.
        id: u64,
    },
    /// The text that was passed as JSON is not JSON.
    InvalidJson(ScanError),
    /// The namespace contains a comma or U+001E, and the peer would decode another packet.
    InvalidNamespace {
        /// The namespace that was passed.
        namespace: String,
    },
    /// The payload is not valid for a packet of this kind.
    InvalidPayload {
        /// The packet's kind.
        kind: PacketKind,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A value in a packet with attachments looks like a placeholder, and the peer would replace it
    /// with an attachment.
    MisleadingPlaceholder,
    /// The payload is nested deeper than the limit.
    NestingTooDeep {
        /// [`Limits::nesting`](crate::Limits::nesting).
        limit: usize,
    },
    /// The value passed to [`Arguments::extend`](super::Arguments::extend) is not a sequence.
    NotASequence,
    /// The packet, its attachments included, has more bytes than the limit.
    PacketTooLarge {
        /// The size that the packet would have, in bytes.
        bytes: usize,
        /// [`Limits::packet_bytes`](crate::Limits::packet_bytes).
        limit: usize,
    },
    /// The event name is reserved for the life cycle of a socket.
    ReservedEventName {
        /// The name.
        name: String,
    },
    /// The values contain more binary attachments than the limit.
    TooManyAttachments {
        /// The number of attachments.
        count: usize,
        /// [`Limits::attachments`](crate::Limits::attachments).
        limit: usize,
    },
    /// A value can't be serialized as JSON.
    Value(json::EncodeError),
}

impl EncodeError {
    /// Returns a name for logs and tools, in snake case.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::InvalidAckId { .. } => "invalid_ack_id",
            Self::InvalidJson(_) => "invalid_json",
            Self::InvalidNamespace { .. } => "invalid_namespace",
            Self::InvalidPayload { .. } => "invalid_payload",
            Self::MisleadingPlaceholder => "misleading_placeholder",
            Self::NestingTooDeep { .. } => "nesting_too_deep",
            Self::NotASequence => "not_a_sequence",
            Self::PacketTooLarge { .. } => "packet_too_large",
            Self::ReservedEventName { .. } => "reserved_event_name",
            Self::TooManyAttachments { .. } => "too_many_attachments",
            Self::Value(_) => "unserializable_value",
        }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidAckId { id } => {
                write!(f, "the acknowledgement id {} is greater than 2^53 - 1", Digits(*id))
            }
            Self::InvalidJson(error) => write!(f, "what was given as JSON is none: {error}"),
            Self::InvalidNamespace { namespace } => write!(
                f,
                "the namespace {} can't be sent: it must hold no comma and no U+001E",
                Quoted(namespace)
            ),
            Self::InvalidPayload { kind, reason } => {
                write!(f, "invalid payload of {}: {reason}", kind.name())
            }
            Self::MisleadingPlaceholder => f.write_str(
                "a value has `_placeholder: true` beside binary data: the peer would read it as an attachment",
            ),
            Self::NestingTooDeep { limit } => {
                write!(
                    f,
                    "the payload is nested deeper than {} levels (`Limits::nesting`)",
                    Digits(*limit)
                )
            }
            Self::NotASequence => {
                f.write_str("arguments can be taken from a sequence such as a tuple, and this is none")
            }
            Self::PacketTooLarge { bytes, limit } => {
                f.write_str(&too_large(*bytes, *limit))
            }
            Self::ReservedEventName { name } => {
                write!(f, "{} is a reserved event name: give the event another", Quoted(name))
            }
            Self::TooManyAttachments { count, limit } => write!(
                f,
                "the packet has {} attachments, the limit is {} (`Limits::attachments`)",
                Digits(*count),
                Digits(*limit)
            ),
            Self::Value(error) => write!(f, "a value can't be sent: {error}"),
        }
    }
}

impl core::error::Error for EncodeError {}
