use std::time::Duration;

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
