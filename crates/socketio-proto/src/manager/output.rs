use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::error::{AckError, CloseDetails, ConnectError, DisconnectReason};
use super::round_trip::RoundTrip;
use crate::engine::TransportId;
use crate::packet::{Frame, Packet};

/// The id of one socket of a [`Manager`](super::Manager). It is never reused for another socket.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SocketId {
    pub(crate) index: u32,
    pub(crate) generation: u32,
}

/// The token of one received event that asks for an acknowledgement.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct AckToken {
    pub(crate) id: u64,
    /// The session of the socket. An answer must not reach a later session, where the id names
    /// another event.
    pub(crate) session: u32,
}

impl AckToken {
    /// Returns the acknowledgement id on the wire.
    pub const fn id(&self) -> u64 {
        self.id
    }
}

/// An action for the driver to carry out, in the order of
/// [`Manager::poll_output`](super::Manager::poll_output).
#[derive(Debug)]
#[non_exhaustive]
pub enum Output {
    /// Close this transport. Its further events are ignored.
    CloseTransport(TransportId),
    /// Notify the user of this event.
    Event(Event),
    /// Open a WebSocket to the server, and use this id for it.
    OpenTransport(TransportId),
    /// Send one binary message.
    SendBinary(TransportId, Vec<u8>),
    /// Send one text message.
    SendText(TransportId, String),
}

/// An event of a transport.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TransportEvent {
    /// A binary message.
    Binary(Vec<u8>),
    /// The transport was closed, or could not be opened.
    Closed {
        /// The close code; 1006 where there is none.
        code: u16,
        /// The peer's close reason, often empty.
        reason: String,
        /// Whether it failed rather than closed cleanly.
        failed: bool,
    },
    /// The driver could not start to open the transport; the text says why.
    Failed(String),
    /// A text message.
    Text(String),
    /// A message of more bytes than [`Limits::packet_bytes`](crate::Limits::packet_bytes), which
    /// the driver did not copy.
    TooLarge,
}

/// An event for the user.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// The wait for an acknowledgement has ended. Each wait ends exactly once.
    Acked {
        /// The socket.
        socket: SocketId,
        /// The id that [`Emitted`] contained.
        id: u64,
        /// The acknowledgement, or why there is none.
        result: Result<Packet, AckError>,
    },
    /// A CONNECT needs `auth`: answer with [`Manager::authorize`](super::Manager::authorize).
    Authorize {
        /// The socket.
        socket: SocketId,
        /// The number of the request, to be passed back. Answers to older requests are ignored.
        request: u32,
        /// Whether the server refused the previous auth, so that fresh auth is needed.
        refused: bool,
    },
    /// The Engine.IO connection was closed. Not emitted for a connection that never opened.
    Closed(DisconnectReason),
    /// The namespace is connected.
    Connected {
        /// The socket.
        socket: SocketId,
        /// Whether the server restored the session.
        recovered: bool,
    },
    /// The namespace could not be connected.
    ConnectError {
        /// The socket.
        socket: SocketId,
        /// Why.
        error: ConnectError,
    },
    /// The namespace is no longer connected. Only emitted after `Connected`.
    Disconnected {
        /// The socket.
        socket: SocketId,
        /// Why.
        reason: DisconnectReason,
        /// What else is known.
        details: Option<CloseDetails>,
    },
    /// The server answered a packet: the new round-trip time.
    Measured(RoundTrip),
    /// The Engine.IO connection is open.
    Opened,
    /// A packet of this socket is sent. Only emitted where it was
    /// [requested](super::Manager::tell_outgoing).
    Outgoing {
        /// The socket.
        socket: SocketId,
        /// The packet.
        frame: Box<Frame>,
    },
    /// A heartbeat was received.
    Ping,
    /// An event was received.
    Received {
        /// The socket.
        socket: SocketId,
        /// The event.
        packet: Packet,
        /// The token to answer with, if the server asks for an acknowledgement.
        ack: Option<AckToken>,
    },
    /// The connection is open again, after this many attempts.
    Reconnected(u32),
    /// An attempt to reconnect starts; the first is 1.
    ReconnectAttempt(u32),
    /// An attempt to reconnect failed.
    ReconnectError(ConnectError),
    /// All attempts failed. The sockets stay disconnected until they are connected again.
    ReconnectFailed,
    /// The next attempt starts after this delay.
    ReconnectScheduled {
        /// The number of the attempt; the first is 1.
        attempt: u32,
        /// The delay from now.
        delay: Duration,
    },
}

/// Options of one emit.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct EmitOptions {
    /// Ask for an acknowledgement.
    pub ack: bool,
    /// How long to wait for the acknowledgement, from the emit on. `None` uses the socket's
    /// `ack_timeout`; without one, the wait lasts until the socket disconnects.
    pub timeout: Option<Duration>,
    /// Drop the packet instead of buffering it where it can't be sent at once.
    pub volatile: bool,
}

/// The result of an emit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Emitted {
    /// What happened to the packet.
    pub outcome: Outcome,
    /// The id of the awaited acknowledgement, reported by [`Event::Acked`].
    pub ack: Option<u64>,
}

/// What happened to an emitted packet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// Buffered until the socket is connected.
    Buffered,
    /// Dropped: the packet was volatile and could not be sent at once, or the send buffer was full.
    Dropped,
    /// Given to the transport.
    Sent,
}
