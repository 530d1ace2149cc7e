use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// What the server says of the connection in its open packet (row J6).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Handshake {
    /// The connection's id; other than the id of a socket.
    pub sid: String,
    /// Transports that this connection can be moved to, by name.
    pub upgrades: Vec<String>,
    /// Time between two pings of the server.
    pub ping_interval: Duration,
    /// How long behind a due ping the connection is taken for alive.
    pub ping_timeout: Duration,
    /// Bytes that one polling payload may have; `None` when the server sets no bound.
    pub max_payload: Option<u64>,
}

impl Handshake {
    /// Reads the data of [`EnginePacket::Open`](super::EnginePacket::Open).
    pub fn parse(_data: &str) -> Result<Self, HandshakeError> {
        Err(HandshakeError::NotAnObject)
    }
}

/// Why a handshake can't be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum HandshakeError {
    /// A field holds what it can't: another type, or a value out of its range.
    InvalidField {
        /// The field's name on the wire.
        field: &'static str,
        /// What the field must hold.
        expected: &'static str,
    },
    /// A field is not there.
    MissingField {
        /// The field's name on the wire.
        field: &'static str,
    },
    /// The data is no JSON object.
    NotAnObject,
}

impl HandshakeError {
    /// A name for logs and tools, in snake case.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::InvalidField { .. } => "invalid_handshake_field",
            Self::MissingField { .. } => "missing_handshake_field",
            Self::NotAnObject => "invalid_handshake",
        }
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidField { field, expected } => {
                write!(f, "`{field}` of the handshake must be {expected}")
            }
            Self::MissingField { field } => write!(
                f,
                "the handshake has no `{field}`: is this an Engine.IO 4 server (Socket.IO 3 or later)?"
            ),
            Self::NotAnObject => f.write_str("the handshake is no JSON object"),
        }
    }
}

impl core::error::Error for HandshakeError {}
