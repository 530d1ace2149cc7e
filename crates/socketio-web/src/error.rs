//! Errors of this crate, in addition to those of `socketio_proto`.

use std::fmt;

use socketio_proto::manager::{self, ConnectError, EmitError, SocketError};
use socketio_proto::{AuthError, json};

/// Why a socket could not be created.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The auth can't be sent.
    Auth(AuthError),
    /// The namespace can't be used.
    Namespace(SocketError),
    /// The URL names no server, and the page was not loaded from one, such as a page from a file or
    /// of an app.
    NoHost,
    /// The URL can't be parsed, has a scheme other than http, https, ws and wss, or has none while
    /// the page has none either.
    Url(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auth(error) => fmt::Display::fmt(error, f),
            Self::Namespace(error) => fmt::Display::fmt(error, f),
            Self::NoHost => {
                f.write_str("the URL names no server, and this page comes from none: name it")
            }
            Self::Url(url) => {
                let url = json::to_string(url).unwrap_or_default();
                write!(
                    f,
                    "{url} is no address of a server: give http(s)://host:port or ws(s)://host:port"
                )
            }
        }
    }
}

impl std::error::Error for OpenError {}

/// Why there is no acknowledgement.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AckError {
    /// The acknowledgement is of another type.
    Decode(json::DecodeError),
    /// The socket was disconnected after the event was sent: whether it arrived is not known.
    Disconnected,
    /// The event was dropped: it was volatile, or was removed from the send buffer.
    Dropped,
    /// The event could not be emitted.
    Emit(EmitError),
    /// The socket was removed.
    Removed,
    /// The acknowledgement was not received in time.
    Timeout,
}

impl fmt::Display for AckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode(error) => write!(f, "the acknowledgement is of another type: {error}"),
            Self::Disconnected => {
                f.write_str("the socket was disconnected before the acknowledgement")
            }
            Self::Dropped => f.write_str("the event was dropped"),
            Self::Emit(error) => write!(f, "the event was not taken: {error}"),
            Self::Removed => f.write_str("the socket was removed"),
            Self::Timeout => f.write_str("no acknowledgement in time"),
        }
    }
}

impl std::error::Error for AckError {}

impl From<manager::AckError> for AckError {
    fn from(error: manager::AckError) -> Self {
        match error {
            manager::AckError::Dropped => Self::Dropped,
            manager::AckError::Removed => Self::Removed,
            manager::AckError::Timeout => Self::Timeout,
            _ => Self::Disconnected,
        }
    }
}

/// Why a socket is not connected, and makes no further attempt.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NotConnected {
    /// The socket was disconnected by either side, or `connect` was never called.
    Disconnected,
    /// The last attempt failed with this error, and no other follows.
    Failed(ConnectError),
    /// The socket was removed.
    Removed,
}

impl fmt::Display for NotConnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disconnected => f.write_str("the socket is disconnected: connect it first"),
            Self::Failed(error) => fmt::Display::fmt(error, f),
            Self::Removed => f.write_str("the socket was removed"),
        }
    }
}

impl std::error::Error for NotConnected {}
