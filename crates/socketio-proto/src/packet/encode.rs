use alloc::string::String;
use alloc::vec::Vec;

use super::payload::{end, placeholders_are_own, scan_error};
use super::{Arguments, DecodeError, EncodeError, MAX_ACK_ID, PacketKind, normalize_namespace};
use crate::Limits;
use crate::json::{MAX_NESTING, Scanner, push_integer};

/// A packet ready to be sent: one text frame, then its attachments, one binary frame each.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Frame {
    /// The text frame, the message type `4` of Engine.IO included.
    pub text: String,
    /// The binary frames that follow.
    pub attachments: Vec<Vec<u8>>,
}

impl Frame {
    /// Returns the size of the frame and its attachments in bytes.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.attachments.iter().map(Vec::len).sum::<usize>()
    }
}

/// Encodes an event: type 2, or 5 with attachments. With an `id`, it asks for an acknowledgement.
///
/// # Errors
///
/// When the namespace or the id can't be sent, or the packet exceeds `limits`.
pub fn encode_event(
    namespace: &str,
    id: Option<u64>,
    args: Arguments,
    limits: &Limits,
) -> Result<Frame, EncodeError> {
    if !args.named {
        return Err(EncodeError::InvalidPayload {
            kind: PacketKind::Event,
            reason: "it must begin with the event's name: use `Arguments::event`",
        });
    }
    let kind = if args.attachments.is_empty() {
        '2'
    } else {
        '5'
    };
    encode_arguments(kind, namespace, id, args, limits)
}

/// Encodes an acknowledgement: type 3, or 6 with attachments.
///
/// # Errors
///
/// When the namespace or the id can't be sent, or the packet exceeds `limits`.
pub fn encode_ack(
    namespace: &str,
    id: u64,
    args: Arguments,
    limits: &Limits,
) -> Result<Frame, EncodeError> {
    if args.named {
        return Err(EncodeError::InvalidPayload {
            kind: PacketKind::Ack,
            reason: "an ack has no name: use `Arguments::ack`",
        });
    }
    let kind = if args.attachments.is_empty() {
        '3'
    } else {
        '6'
    };
    encode_arguments(kind, namespace, Some(id), args, limits)
}

/// Encodes a CONNECT: a client's request for a namespace with its auth, or a server's acceptance.
/// `auth_json` is a JSON object.
///
/// # Errors
///
/// When the namespace can't be sent, or `auth_json` is not a JSON object.
pub fn encode_connect(namespace: &str, auth_json: Option<&str>) -> Result<Frame, EncodeError> {
    if let Some(json) = auth_json
        && check_value(json)? != Some(b'{')
    {
        return Err(EncodeError::InvalidPayload {
            kind: PacketKind::Connect,
            reason: "it must be an object",
        });
    }
    encode_control('0', namespace, auth_json)
}

/// Encodes a DISCONNECT, which leaves a namespace.
///
/// # Errors
///
/// When the namespace can't be sent.
pub fn encode_disconnect(namespace: &str) -> Result<Frame, EncodeError> {
    encode_control('1', namespace, None)
}

/// Encodes a CONNECT_ERROR, a server's refusal of a namespace. `data_json` is a JSON object or
/// string.
///
/// # Errors
///
/// When the namespace can't be sent, or `data_json` is neither an object nor a string.
pub fn encode_connect_error(namespace: &str, data_json: &str) -> Result<Frame, EncodeError> {
    if !matches!(check_value(data_json)?, Some(b'{' | b'"')) {
        return Err(EncodeError::InvalidPayload {
            kind: PacketKind::ConnectError,
            reason: "it must be an object or a string",
        });
    }
    encode_control('4', namespace, Some(data_json))
}

fn encode_control(
    kind: char,
    namespace: &str,
    payload: Option<&str>,
) -> Result<Frame, EncodeError> {
    let payload = payload.unwrap_or_default();
    let mut text = String::with_capacity(4 + namespace.len() + payload.len());
    text.push('4');
    text.push(kind);
    push_namespace(&mut text, namespace)?;
    text.push_str(payload);
    Ok(Frame {
        text,
        attachments: Vec::new(),
    })
}

fn encode_arguments(
    kind: char,
    namespace: &str,
    id: Option<u64>,
    args: Arguments,
    limits: &Limits,
) -> Result<Frame, EncodeError> {
    let Arguments {
        json, attachments, ..
    } = args;
    let count = attachments.len();
    if count > limits.attachments {
        return Err(EncodeError::TooManyAttachments {
            count,
            limit: limits.attachments,
        });
    }

    // The types, the attachment count, the id and the punctuation take at most 44 bytes.
    let mut text = String::with_capacity(48 + namespace.len() + json.len());
    text.push('4');
    text.push(kind);
    if count > 0 {
        push_integer(&mut text, false, count as u64);
        text.push('-');
    }
    push_namespace(&mut text, namespace)?;
    if let Some(id) = id {
        if id > MAX_ACK_ID {
            return Err(EncodeError::InvalidAckId { id });
        }
        push_integer(&mut text, false, id);
    }
    let payload = text.len();
    text.push('[');
    text.push_str(&json);
    text.push(']');

    let frame = Frame { text, attachments };
    // The message type belongs to Engine.IO, not to the packet.
    let bytes = frame.bytes() - 1;
    if bytes > limits.packet_bytes {
        return Err(EncodeError::PacketTooLarge {
            bytes,
            limit: limits.packet_bytes,
        });
    }
    check_nesting(&frame.text, payload, limits)?;
    if count > 0 {
        let payload = frame.text.get(payload..).unwrap_or_default();
        if !placeholders_are_own(payload, count) {
            return Err(EncodeError::MisleadingPlaceholder);
        }
    }
    Ok(frame)
}

/// Appends the namespace, unless it is `/`. A comma always follows it, even at the end of the
/// packet, as in the reference encoder.
fn push_namespace(text: &mut String, namespace: &str) -> Result<(), EncodeError> {
    let namespace = normalize_namespace(namespace)?;
    if namespace != "/" {
        text.push_str(&namespace);
        text.push(',');
    }
    Ok(())
}

fn check_nesting(text: &str, payload: usize, limits: &Limits) -> Result<(), EncodeError> {
    // Each level needs an opening bracket, so text with few brackets, even counting those within
    // strings, can't be too deep.
    let brackets = text.bytes().filter(|byte| matches!(byte, b'[' | b'{'));
    if brackets.take(limits.nesting.saturating_add(1)).count() <= limits.nesting {
        return Ok(());
    }
    match Scanner::new(text, payload, limits.nesting).value() {
        Ok(_) => Ok(()),
        Err(error) => Err(match scan_error(error, limits) {
            DecodeError::NestingTooDeep { limit } => EncodeError::NestingTooDeep { limit },
            _ => EncodeError::InvalidJson(error),
        }),
    }
}

/// Checks that the text is one JSON value, and returns its first byte.
pub(super) fn check_value(json: &str) -> Result<Option<u8>, EncodeError> {
    let mut scanner = Scanner::new(json, 0, MAX_NESTING).strict();
    scanner.skip_whitespace();
    let first = scanner.peek();
    scanner.value().map_err(EncodeError::InvalidJson)?;
    end(&mut scanner).map_err(EncodeError::InvalidJson)?;
    Ok(first)
}
