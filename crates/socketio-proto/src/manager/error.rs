use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use serde::Deserialize;

use crate::digits::Digits;
use crate::engine::{EngineDecodeError, HandshakeError};
use crate::json;
use crate::packet::{self, Packet};
use crate::quoted::Quoted;

/// Why a connection could not be opened, or a namespace on it not connected.
///
/// All but [`Refused`](Self::Refused), [`Incompatible`](Self::Incompatible) and
/// [`Auth`](Self::Auth) are retried as the options say.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConnectError {
    /// The `auth` could not be obtained; the text is the provider's error.
    Auth(String),
    /// The connection was closed before the namespace was connected.
    Closed(CloseDetails),
    /// The namespace was connected, and then the connection was lost or the server disconnected it.
    /// Only stored as the last error of a socket; the event is
    /// [`Event::Disconnected`](super::Event::Disconnected).
    Disconnected {
        /// Why.
        reason: DisconnectReason,
        /// What else is known.
        details: Option<CloseDetails>,
    },
    /// A message arrived before the handshake.
    Early,
    /// The peer violated the Engine.IO protocol before the connection was open.
    Engine(EngineDecodeError),
    /// The handshake can't be used.
    Handshake(HandshakeError),
    /// No heartbeat arrived within `pingInterval` + `pingTimeout` while the namespace was being
    /// connected.
    Heartbeat,
    /// The server accepted the namespace without a socket id: it speaks Socket.IO 2.
    Incompatible,
    /// The server did not answer CONNECT within
    /// [`Config::connect_timeout`](super::Config::connect_timeout). Retried automatically.
    NotAnswered,
    /// The peer sent a Socket.IO packet that can't be decoded before the namespace was connected.
    Packet(packet::DecodeError),
    /// The server refused the namespace: with CONNECT_ERROR, or with DISCONNECT instead of an
    /// answer.
    Refused(Refusal),
    /// No handshake arrived within [`Config::timeout`](super::Config::timeout).
    Timeout,
    /// The transport could not be opened; the text says why.
    Transport(String),
}

impl ConnectError {
    /// The text of [`Incompatible`](Self::Incompatible), for callers that must not link the texts
    /// of the other variants.
    pub const INCOMPATIBLE: &str =
        "the server speaks Socket.IO 2, this client protocol 5: use a server of version 3 or later";

    const NOT_ANSWERED: &str = "the server did not answer the request for the namespace in time: \
         see its log for an error in its connect handler, or raise the option connect_timeout";

    const NO_HEARTBEAT: &str = "no heartbeat of the server in time: check the network";
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auth(text) => write!(f, "the auth data could not be had: {text}"),
            Self::Closed(details) => {
                f.write_str("the transport failed: ")?;
                match details {
                    CloseDetails::NetworkLost => f.write_str("the network is gone"),
                    CloseDetails::ServerClosed => f.write_str("the server closed the connection"),
                    CloseDetails::Transport { .. } => write!(f, "the connection was {details}"),
                    _ => fmt::Display::fmt(details, f),
                }
            }
            Self::Disconnected {
                reason,
                details: None,
            } => write!(f, "disconnected: {reason}"),
            Self::Disconnected {
                reason,
                details: Some(details),
            } => write!(f, "disconnected: {reason}: {details}"),
            Self::Early => f.write_str("the server sent a message before its handshake"),
            Self::Engine(error) => write!(f, "the server broke the protocol: {error}"),
            Self::Handshake(error) => write!(f, "the handshake can't be used: {error}"),
            Self::Heartbeat => f.write_str(Self::NO_HEARTBEAT),
            Self::Incompatible => f.write_str(Self::INCOMPATIBLE),
            Self::NotAnswered => f.write_str(Self::NOT_ANSWERED),
            Self::Packet(error) => write!(f, "the server sent a bad packet: {error}"),
            Self::Refused(refusal) => {
                let message = refusal.message();
                match &*message {
                    "" => f.write_str("the server refused the namespace, and gave no reason"),
                    message => write!(f, "the server refused the namespace: {message}"),
                }
            }
            Self::Timeout => {
                f.write_str("no handshake in time: check that the server is reachable")
            }
            Self::Transport(text) => write!(f, "the transport failed: {text}"),
        }
    }
}

impl core::error::Error for ConnectError {}

/// The server's explanation of a refusal or a disconnect: the payload of CONNECT_ERROR, or that of
/// DISCONNECT, which some servers send with a payload.
#[derive(Clone, Debug)]
pub struct Refusal(Arc<Packet>);

impl PartialEq for Refusal {
    fn eq(&self, other: &Self) -> bool {
        self.0.data() == other.0.data()
    }
}

impl Refusal {
    /// Shared, because each socket of a connection keeps a copy, and so does its last error.
    pub(super) fn new(packet: Packet) -> Self {
        Self(Arc::new(packet))
    }

    /// Returns the server's message. A payload that is a bare string, as old servers send it, is
    /// the message itself.
    pub fn message(&self) -> String {
        let payload = self.0.data().unwrap_or_default();
        let mut message = json::string(payload.trim_ascii());
        if message.is_none() {
            // A payload that is not an object has no members.
            let _ = json::members(payload, &mut |key, value| {
                if key == "message" {
                    message = json::string(value);
                }
            });
        }
        message.unwrap_or_default()
    }

    /// Decodes the `data` that the server's middleware added to its error. Absent data reads as
    /// null.
    ///
    /// # Errors
    /// When the data is of another type.
    pub fn data<T: for<'de> Deserialize<'de>>(&self) -> Result<T, json::DecodeError> {
        let mut data = None;
        // A payload that is not an object has no members.
        let _ = json::members(self.0.data().unwrap_or_default(), &mut |key, value| {
            if key == "data" {
                data = Some(json::from_str(value));
            }
        });
        data.unwrap_or_else(|| json::from_str("null"))
    }
}

/// Why a namespace is no longer connected.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// The connection was closed by [`Manager::close`](super::Manager::close). Not retried.
    ForcedClose,
    /// The user disconnected the namespace. Not retried.
    IoClientDisconnect,
    /// The server disconnected the namespace. Not retried.
    IoServerDisconnect,
    /// The peer sent a packet that can't be decoded.
    ParseError,
    /// No heartbeat arrived within `pingInterval` + `pingTimeout`.
    PingTimeout,
    /// The transport was closed, or the network was lost.
    TransportClose,
    /// The transport failed, or the peer violated the Engine.IO protocol.
    TransportError,
}

impl DisconnectReason {
    /// Returns the string that the reference client uses for this reason.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ForcedClose => "forced close",
            Self::IoClientDisconnect => "io client disconnect",
            Self::IoServerDisconnect => "io server disconnect",
            Self::ParseError => "parse error",
            Self::PingTimeout => "ping timeout",
            Self::TransportClose => "transport close",
            Self::TransportError => "transport error",
        }
    }
}

impl fmt::Display for DisconnectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Details of a disconnect, in addition to its reason.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CloseDetails {
    /// The attachments that an event announced did not arrive within `pingInterval` +
    /// `pingTimeout`.
    AttachmentsMissing,
    /// The peer violated the Engine.IO protocol.
    Engine(EngineDecodeError),
    /// The browser or the system reports that the network is gone.
    NetworkLost,
    /// The peer sent a Socket.IO packet that can't be decoded.
    Packet(packet::DecodeError),
    /// The peer sent more events than the receive buffer holds for a namespace that isn't connected
    /// yet.
    ReceiveBufferFull {
        /// [`Config::receive_buffer`](super::Config::receive_buffer).
        limit: usize,
    },
    /// The client reopened the connection, because the server's state of a namespace on the old one
    /// was uncertain: it never answered a CONNECT, or answered it twice.
    Renewed,
    /// The server disconnected the namespace, with this explanation.
    Server(Refusal),
    /// The server closed the Engine.IO connection.
    ServerClosed,
    /// The page is left or frozen.
    Suspended,
    /// The transport was closed with this code and reason.
    Transport {
        /// The close code; 1006 where the peer sent none.
        code: u16,
        /// The peer's close reason, often empty.
        reason: String,
    },
}

impl fmt::Display for CloseDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AttachmentsMissing => {
                f.write_str("the attachments of an event did not follow it in time")
            }
            Self::Engine(error) => fmt::Display::fmt(error, f),
            Self::NetworkLost => f.write_str("network connection lost"),
            Self::Packet(error) => fmt::Display::fmt(error, f),
            Self::ReceiveBufferFull { limit } => write!(
                f,
                "more than {} events before the namespace was connected (option receive_buffer)",
                Digits(*limit)
            ),
            Self::Renewed => f.write_str(
                "the connection was opened anew: the server left a request for a namespace open",
            ),
            Self::Server(refusal) => match &*refusal.message() {
                "" => f.write_str("the server gave no reason in words"),
                message => f.write_str(message),
            },
            Self::ServerClosed => f.write_str("transport closed by the server"),
            Self::Suspended => f.write_str("the page was left or frozen"),
            Self::Transport { code, reason } if reason.is_empty() => {
                write!(f, "closed with code {}", Digits(u64::from(*code)))
            }
            Self::Transport { code, reason } => {
                write!(f, "closed with code {}: {reason}", Digits(u64::from(*code)))
            }
        }
    }
}

/// Why a packet was not accepted. Nothing of it was sent or buffered.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum EmitError {
    /// The socket isn't connected, and its send buffer is full.
    BufferFull {
        /// The number of packets that wait.
        packets: usize,
    },
    /// The packet can't be encoded, or exceeds a limit.
    Encode(packet::EncodeError),
    /// The socket was removed.
    NoSocket,
    /// The event to acknowledge was received on a connection that is gone, or was acknowledged
    /// before.
    StaleAck,
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BufferFull { packets } => write!(
                f,
                "the send buffer is full, {} packets wait: emit less, or raise the option send_buffer",
                Digits(*packets)
            ),
            Self::Encode(error) => fmt::Display::fmt(error, f),
            Self::NoSocket => f.write_str("the socket was removed"),
            Self::StaleAck => {
                f.write_str("the event to acknowledge was answered, or its connection is gone")
            }
        }
    }
}

impl core::error::Error for EmitError {}

impl From<packet::EncodeError> for EmitError {
    fn from(error: packet::EncodeError) -> Self {
        Self::Encode(error)
    }
}

/// Why there will be no acknowledgement.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AckError {
    /// The socket was disconnected after the packet was sent. Whether the packet arrived is
    /// unknown.
    Disconnected,
    /// The packet was dropped: it was volatile and could not be sent, or the send buffer dropped
    /// it.
    Dropped,
    /// The socket was removed.
    Removed,
    /// No acknowledgement arrived in time.
    Timeout,
}

impl fmt::Display for AckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disconnected => "socket has been disconnected",
            Self::Dropped => "the packet was dropped",
            Self::Removed => "the socket was removed",
            Self::Timeout => "operation has timed out",
        })
    }
}

impl core::error::Error for AckError {}

/// Why a socket can't be created.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SocketError {
    /// The namespace contains a character that no packet can carry, such as a comma.
    BadNamespace(String),
    /// The manager already has a socket for this namespace: use that socket, or another manager.
    NamespaceTaken(String),
}

impl fmt::Display for SocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadNamespace(namespace) => {
                write!(f, "the namespace {} holds a comma", Quoted(namespace))
            }
            Self::NamespaceTaken(namespace) => {
                write!(
                    f,
                    "the namespace {} has a socket on this connection already",
                    Quoted(namespace)
                )
            }
        }
    }
}

impl core::error::Error for SocketError {}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn a_connection_that_was_closed_too_early_reads_as_a_transport_failure() {
        let closed = |code, reason: &str| CloseDetails::Transport {
            code,
            reason: reason.into(),
        };
        for (details, message) in [
            (closed(1006, ""), "the connection was closed with code 1006"),
            (
                closed(4000, "bye"),
                "the connection was closed with code 4000: bye",
            ),
            (
                CloseDetails::ServerClosed,
                "the server closed the connection",
            ),
            (CloseDetails::NetworkLost, "the network is gone"),
            (CloseDetails::Suspended, "the page was left or frozen"),
            (
                CloseDetails::AttachmentsMissing,
                "the attachments of an event did not follow it in time",
            ),
            (
                CloseDetails::ReceiveBufferFull { limit: 7 },
                "more than 7 events before the namespace was connected (option receive_buffer)",
            ),
        ] {
            let error = ConnectError::Closed(details).to_string();
            assert_eq!(error.strip_prefix("the transport failed: "), Some(message));
        }
    }
}
