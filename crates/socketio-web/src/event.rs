//! What is reported to listeners, in addition to the events of the server.

use std::time::Duration;

use socketio_proto::manager::{CloseDetails, ConnectError, DisconnectReason, Event, RoundTrip};

/// An event of the connection that a socket shares, independent of the namespace.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConnectionEvent {
    /// The connection closed. Sockets that were connected report their own disconnect.
    Closed(DisconnectReason),
    /// A packet was answered: the new round-trip time.
    Measured(RoundTrip),
    /// The connection opened. The namespaces are requested next.
    Opened,
    /// A heartbeat was received.
    Ping,
    /// An attempt to reconnect starts; the first is 1.
    ReconnectAttempt(u32),
    /// An attempt to reconnect failed.
    ReconnectError(ConnectError),
    /// All attempts failed.
    ReconnectFailed,
    /// The next attempt starts after this delay.
    ReconnectScheduled {
        /// Which attempt it will be; the first is 1.
        attempt: u32,
        /// The delay from now.
        delay: Duration,
    },
    /// The connection opened again, after this many attempts.
    Reconnected(u32),
}

impl ConnectionEvent {
    /// Converts an event of the state machine, if it is about the connection as a whole.
    pub(crate) fn of(event: Event) -> Option<Self> {
        Some(match event {
            Event::Closed(reason) => Self::Closed(reason),
            Event::Measured(round_trip) => Self::Measured(round_trip),
            Event::Opened => Self::Opened,
            Event::Ping => Self::Ping,
            Event::ReconnectAttempt(attempt) => Self::ReconnectAttempt(attempt),
            Event::ReconnectError(error) => Self::ReconnectError(error),
            Event::ReconnectFailed => Self::ReconnectFailed,
            Event::ReconnectScheduled { attempt, delay } => {
                Self::ReconnectScheduled { attempt, delay }
            }
            Event::Reconnected(attempts) => Self::Reconnected(attempts),
            _ => return None,
        })
    }
}

/// How a connection ended.
#[derive(Clone, Debug)]
pub struct Disconnect {
    /// The reason.
    pub reason: DisconnectReason,
    /// Further details, if known.
    pub details: Option<CloseDetails>,
}

/// The state of a socket, as it is shown to a user.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// Not connected, and no attempt follows: never connected, disconnected by either side, or out
    /// of attempts.
    #[default]
    Disconnected,
    /// Connecting for the first time.
    Connecting,
    /// Connected.
    Connected,
    /// Lost, or not reached yet, and retried automatically: the connection, or the namespace on a
    /// connection that other sockets keep open.
    Reconnecting {
        /// The attempt that is pending or in progress; the first is 1.
        attempt: u32,
        /// The delay of the pending attempt, from the moment of this status; `None` while the
        /// attempt is in progress.
        delay: Option<Duration>,
    },
    /// The server refused the socket or is incompatible, or no auth could be obtained; not retried.
    Refused {
        /// The message of the server or of the auth provider, or the text of the incompatibility.
        message: String,
    },
}
