//! What listeners are told, beside the events of the server.

use std::time::Duration;

use socketio_proto::manager::{CloseDetails, ConnectError, DisconnectReason, Event, RoundTrip};

/// What happens to the connection that a socket is on, whatever its namespace.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConnectionEvent {
    /// It is closed; sockets that were connected hear of it themselves.
    Closed(DisconnectReason),
    /// A packet was answered: how long that takes.
    Measured(RoundTrip),
    /// It is open; the namespaces are asked for next.
    Opened,
    /// A heartbeat came.
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
    /// It is there again, after this many attempts.
    Reconnected(u32),
}

impl ConnectionEvent {
    /// The core's event, if it is about the connection as a whole.
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
    /// Why.
    pub reason: DisconnectReason,
    /// What else is known.
    pub details: Option<CloseDetails>,
}

/// Where a socket stands, as a person would be told.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// Not connected, and nothing will change that by itself: never connected, disconnected by either side, or out
    /// of attempts.
    #[default]
    Disconnected,
    /// On its way for the first time.
    Connecting,
    /// Connected.
    Connected,
    /// Lost, or not reached yet, and tried again by itself: the connection, or the namespace on one that other sockets
    /// keep open.
    Reconnecting {
        /// The attempt that waits or is under way; the first is 1.
        attempt: u32,
        /// How long it waits from the moment of this status; `None` while it is under way.
        delay: Option<Duration>,
    },
    /// Refused by the server, or without its auth; not tried again.
    Refused {
        /// The server's or the provider's words.
        message: String,
    },
}
