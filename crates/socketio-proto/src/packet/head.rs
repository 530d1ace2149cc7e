use core::ops::Range;

use super::{DecodeError, MAX_ACK_ID, PacketKind};
use crate::Limits;
use crate::split::{decimal, split_once};

/// The number of digits of [`MAX_ACK_ID`]. A longer id is refused without parsing it.
const MAX_ACK_ID_DIGITS: usize = 16;

/// The part of a packet before its payload: `<type>[<attachments>-][<namespace>,][<id>]`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Head {
    pub(super) kind: PacketKind,
    /// How many attachments follow; 0 for the types without attachments.
    pub(super) attachments: usize,
    /// The range of the namespace in the text; empty when the packet names none.
    pub(super) namespace: Range<usize>,
    pub(super) id: Option<u64>,
    /// The start of the payload; the end of the text when there is none.
    pub(super) data: usize,
}

impl Head {
    /// Parses the head of the packet that begins at byte `start` of `text`.
    ///
    /// Numbers consist of ASCII digits only. The reference parser uses JavaScript's `Number()`,
    /// which reads a space as 0, and `1e0`, `0x1` and `+1` as 1. No encoder writes those.
    pub(super) fn parse(text: &str, start: usize, limits: &Limits) -> Result<Self, DecodeError> {
        let mut chars = text.get(start..).unwrap_or_default().chars();
        let (kind, binary) = match chars.next().ok_or(DecodeError::Empty)? {
            '0' => (PacketKind::Connect, false),
            '1' => (PacketKind::Disconnect, false),
            '2' => (PacketKind::Event, false),
            '3' => (PacketKind::Ack, false),
            '4' => (PacketKind::ConnectError, false),
            '5' => (PacketKind::Event, true),
            '6' => (PacketKind::Ack, true),
            found => return Err(DecodeError::UnknownType { found }),
        };
        let mut rest = chars.as_str();

        let mut attachments = 0;
        if binary {
            let (digits, behind) = split_digits(rest);
            rest = behind
                .strip_prefix('-')
                .ok_or(DecodeError::InvalidAttachmentCount)?;
            attachments = attachment_count(digits, limits)?;
        }

        let position = text.len() - rest.len();
        let mut namespace = position..position;
        if rest.starts_with('/') {
            let (name, behind) = split_once(rest, b',').unwrap_or((rest, ""));
            namespace.end += name.len();
            rest = behind;
        }

        let (digits, rest) = split_digits(rest);
        let id = if digits.is_empty() {
            None
        } else {
            Some(ack_id(digits)?)
        };

        Ok(Self {
            kind,
            attachments,
            namespace,
            id,
            data: text.len() - rest.len(),
        })
    }
}

fn attachment_count(digits: &str, limits: &Limits) -> Result<usize, DecodeError> {
    if digits.bytes().all(|digit| digit == b'0') {
        return Err(DecodeError::InvalidAttachmentCount);
    }
    // This only fails for a number that exceeds the type, and so any limit.
    let count = decimal(digits)
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(usize::MAX);
    if count > limits.attachments {
        return Err(DecodeError::TooManyAttachments {
            limit: limits.attachments,
        });
    }
    Ok(count)
}

fn ack_id(digits: &str) -> Result<u64, DecodeError> {
    if digits.len() > MAX_ACK_ID_DIGITS {
        return Err(DecodeError::InvalidAckId);
    }
    decimal(digits)
        .filter(|id| *id <= MAX_ACK_ID)
        .ok_or(DecodeError::InvalidAckId)
}

/// Splits off the ASCII digits in front.
fn split_digits(text: &str) -> (&str, &str) {
    let end = text
        .bytes()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}
