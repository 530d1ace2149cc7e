use std::time::Duration;

use socketio_proto::manager::{ConnectError, DisconnectReason, Event, RoundTrip};

/// What happens to the connection that a socket is on, whatever its namespace (rows C13–C21).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConnectionEvent {
    /// It is closed; sockets that were connected hear of it themselves (C15).
    Closed(DisconnectReason),
    /// A packet was answered: how long that takes (W19).
    Measured(RoundTrip),
    /// It is open; the namespaces are asked for next (C13).
    Opened,
    /// A heartbeat came (C16).
    Ping,
    /// An attempt to reconnect starts; the first is 1 (C18).
    ReconnectAttempt(u32),
    /// An attempt to reconnect failed (C20).
    ReconnectError(ConnectError),
    /// All attempts failed (C21).
    ReconnectFailed,
    /// The next attempt starts after this delay.
    ReconnectScheduled {
        /// Which attempt it will be; the first is 1.
        attempt: u32,
        /// The delay from now.
        delay: Duration,
    },
    /// It is there again, after this many attempts (C19).
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
