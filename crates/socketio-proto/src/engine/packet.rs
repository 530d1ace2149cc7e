use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::base64;
use crate::quoted::QuotedChar;

/// One Engine.IO packet: the content of one WebSocket frame, or one part of a polling payload.
///
/// ```
/// use socketio_proto::engine::EnginePacket;
///
/// assert_eq!(EnginePacket::decode("2probe"), Ok(EnginePacket::Ping("probe")));
/// assert_eq!(EnginePacket::Pong("probe").encode(), "3probe");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EnginePacket<'a> {
    /// `0`: the handshake, as JSON; see [`Handshake::parse`](super::Handshake::parse).
    Open(&'a str),
    /// `1`: the sender closes the connection.
    Close,
    /// `2`: a heartbeat of the server; with the data `probe`, a probe of a new transport.
    Ping(&'a str),
    /// `3`: the answer to a ping, with the same data.
    Pong(&'a str),
    /// `4`: a text message, without its type character.
    Message(&'a str),
    /// A binary message: a binary frame, or `b` and base64 where only text can be sent.
    Binary(Cow<'a, [u8]>),
    /// `5`: switches to the probed transport.
    Upgrade,
    /// `6`: no data; it ends a pending poll while the transport is upgraded.
    Noop,
}

impl<'a> EnginePacket<'a> {
    /// Decodes one text frame.
    ///
    /// Data after `1`, `5` and `6` has no meaning and is ignored, as in the reference parser.
    pub fn decode(text: &'a str) -> Result<Self, EngineDecodeError> {
        let mut chars = text.chars();
        let kind = chars.next().ok_or(EngineDecodeError::Empty)?;
        let data = chars.as_str();
        Ok(match kind {
            '0' => Self::Open(data),
            '1' => Self::Close,
            '2' => Self::Ping(data),
            '3' => Self::Pong(data),
            '4' => Self::Message(data),
            '5' => Self::Upgrade,
            '6' => Self::Noop,
            'b' => Self::Binary(
                base64::decode(data)
                    .ok_or(EngineDecodeError::InvalidBase64)?
                    .into(),
            ),
            found => return Err(EngineDecodeError::UnknownType { found }),
        })
    }

    /// Decodes one binary frame, which is always a message.
    pub fn decode_binary(data: impl Into<Cow<'a, [u8]>>) -> Self {
        Self::Binary(data.into())
    }

    /// Encodes the packet as one text frame. A binary message becomes `b` and base64. On a
    /// transport with binary frames, send the bytes themselves instead.
    pub fn encode(&self) -> String {
        let mut text = String::with_capacity(self.encoded_len());
        self.encode_into(&mut text);
        text
    }

    /// Returns the length of the text frame that [`encode`](Self::encode) returns, in bytes.
    pub fn encoded_len(&self) -> usize {
        1 + match self {
            Self::Open(data) | Self::Ping(data) | Self::Pong(data) | Self::Message(data) => {
                data.len()
            }
            Self::Binary(data) => data.len().div_ceil(3).saturating_mul(4),
            Self::Close | Self::Upgrade | Self::Noop => 0,
        }
    }

    pub(super) fn encode_into(&self, text: &mut String) {
        let (kind, data) = match self {
            Self::Open(data) => ('0', *data),
            Self::Close => ('1', ""),
            Self::Ping(data) => ('2', *data),
            Self::Pong(data) => ('3', *data),
            Self::Message(data) => ('4', *data),
            Self::Upgrade => ('5', ""),
            Self::Noop => ('6', ""),
            Self::Binary(data) => {
                text.push('b');
                base64::encode(data, text);
                return;
            }
        };
        text.push(kind);
        text.push_str(data);
    }
}

/// The text frame that answers a heartbeat. A constant, so that callers that send no other
/// Engine.IO packet don't link the encoder.
pub(crate) const PONG: &str = "3";

/// Why a frame is not an Engine.IO packet. The connection can't continue after such a frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EngineDecodeError {
    /// The frame is empty: it lacks even a type.
    Empty,
    /// The base64 has characters outside the standard alphabet, or is truncated.
    ///
    /// The reference parser decodes such characters as zeros in browsers. Bytes that nobody sent
    /// are worse than an error.
    InvalidBase64,
    /// The type is none of `0` to `6` and `b`.
    UnknownType {
        /// The character in the type's place.
        found: char,
    },
}

impl EngineDecodeError {
    /// Returns a name for logs and tools, in snake case.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "empty_frame",
            Self::InvalidBase64 => "invalid_base64",
            Self::UnknownType { .. } => "unknown_engine_type",
        }
    }
}

impl fmt::Display for EngineDecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the frame is empty: an Engine.IO packet begins with its type"),
            Self::InvalidBase64 => f.write_str(
                "the binary message is not base64: only the standard alphabet is read, padded or not",
            ),
            Self::UnknownType { found } => write!(
                f,
                "the frame begins with {}: an Engine.IO packet begins with 0 to 6, or b",
                QuotedChar(*found)
            ),
        }
    }
}

impl core::error::Error for EngineDecodeError {}

impl From<Vec<u8>> for EnginePacket<'_> {
    fn from(data: Vec<u8>) -> Self {
        Self::Binary(data.into())
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn the_answer_to_a_heartbeat_is_a_pong_without_data() {
        assert_eq!(EnginePacket::Pong("").encode(), PONG);
    }

    #[test]
    fn n1_each_type_reads_and_writes() {
        for (text, packet) in [
            ("0{}", EnginePacket::Open("{}")),
            ("1", EnginePacket::Close),
            ("2", EnginePacket::Ping("")),
            ("2probe", EnginePacket::Ping("probe")),
            ("3probe", EnginePacket::Pong("probe")),
            ("42[\"a\"]", EnginePacket::Message("2[\"a\"]")),
            ("5", EnginePacket::Upgrade),
            ("6", EnginePacket::Noop),
            ("bAQI=", EnginePacket::Binary(vec![1, 2].into())),
        ] {
            assert_eq!(EnginePacket::decode(text), Ok(packet.clone()));
            assert_eq!(packet.encode(), text);
            assert_eq!(packet.encoded_len(), text.len());
        }
    }

    #[test]
    fn n1_data_of_close_upgrade_and_noop_is_ignored() {
        assert_eq!(EnginePacket::decode("1x"), Ok(EnginePacket::Close));
        assert_eq!(EnginePacket::decode("5x"), Ok(EnginePacket::Upgrade));
        assert_eq!(EnginePacket::decode("6x"), Ok(EnginePacket::Noop));
    }

    #[test]
    fn n2_an_unknown_type_or_none_is_an_error() {
        assert_eq!(EnginePacket::decode(""), Err(EngineDecodeError::Empty));
        for found in ['7', '9', ' ', 'B', '\n', '一', '\u{0}'] {
            let frame = String::from_iter([found, '0']);
            assert_eq!(
                EnginePacket::decode(&frame),
                Err(EngineDecodeError::UnknownType { found })
            );
        }
    }

    #[test]
    fn n2_a_binary_frame_is_a_message() {
        let frame = [b'0', 0xff];
        assert_eq!(
            EnginePacket::decode_binary(&frame[..]),
            EnginePacket::Binary(frame.to_vec().into())
        );
    }

    #[test]
    fn n5_base64_is_strict_but_for_its_padding() {
        for (text, bytes) in [
            ("b", &[][..]),
            ("bAQI=", &[1, 2]),
            ("bAQI", &[1, 2]),
            ("bAQID", &[1, 2, 3]),
        ] {
            assert_eq!(
                EnginePacket::decode(text),
                Ok(EnginePacket::Binary(bytes.into())),
                "{text}"
            );
        }
        for text in [
            "b!!!!",
            "bAQ I=",
            "bA",
            "bAQI==",
            "bAQI=AQI=",
            "b-_-_",
            "b=",
            "bé",
        ] {
            assert_eq!(
                EnginePacket::decode(text),
                Err(EngineDecodeError::InvalidBase64),
                "{text}"
            );
        }
    }

    #[test]
    fn n6_binary_is_bytes_in_either_form() {
        assert_eq!(
            EnginePacket::decode("b/+8="),
            Ok(EnginePacket::decode_binary(vec![0xff, 0xef]))
        );
    }

    #[test]
    fn n8_an_empty_message_is_its_type_alone() {
        assert_eq!(EnginePacket::Message("").encode(), "4");
        assert_eq!(EnginePacket::decode("4"), Ok(EnginePacket::Message("")));
    }
}
