use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::error::{AckError, CloseDetails, ConnectError, DisconnectReason};
use super::round_trip::RoundTrip;
use crate::engine::TransportId;
use crate::packet::{Frame, Packet};

/// Names one socket of a [`Manager`](super::Manager). An id is never used again for another socket.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SocketId {
    pub(crate) index: u32,
    pub(crate) generation: u32,
}

/// Names one received event that asks for an acknowledgement.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct AckToken {
    pub(crate) id: u64,
    /// The session of the socket: an answer must not reach a later one, where the id means another event.
    pub(crate) session: u32,
}

impl AckToken {
    /// The ack id on the wire.
    pub const fn id(&self) -> u64 {
        self.id
    }
}

/// What the driver is to do, in this order.
#[derive(Debug)]
#[non_exhaustive]
pub enum Output {
    /// Close this transport; nothing more of it is heard.
    CloseTransport(TransportId),
    /// Tell the user.
    Event(Event),
    /// Open a WebSocket to the server under this name.
    OpenTransport(TransportId),
    /// Send one binary message.
    SendBinary(TransportId, Vec<u8>),
    /// Send one text message.
    SendText(TransportId, String),
}

/// What a transport tells.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TransportEvent {
    /// A binary message.
    Binary(Vec<u8>),
    /// It was closed, or never opened.
    Closed {
        /// The close code, 1006 where there is none.
        code: u16,
        /// The peer's words, often empty.
        reason: String,
        /// Whether it failed rather than being closed in order.
        failed: bool,
    },
    /// It could not even be tried: the text says why.
    Failed(String),
    /// A text message.
    Text(String),
    /// A message of more bytes than [`Limits::packet_bytes`](crate::Limits::packet_bytes), which the
    /// driver did not copy.
    TooLarge,
}

/// What happened, for the user.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// The wait for an acknowledgement has ended; it ends exactly once.
    Acked {
        /// The socket.
        socket: SocketId,
        /// The id that [`Emitted`] named.
        id: u64,
        /// The acknowledgement, or why there is none.
        result: Result<Packet, AckError>,
    },
    /// `auth` is wanted for a CONNECT: answer with [`Manager::authorize`](super::Manager::authorize).
    Authorize {
        /// The socket.
        socket: SocketId,
        /// To be handed back: an answer to an older request is ignored.
        request: u32,
        /// Whether the server refused the auth that it was given last: fresh auth is wanted.
        refused: bool,
    },
    /// The Engine.IO connection is closed; `None` where it never was open.
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
    /// The namespace is connected no more. Only ever told after `Connected`.
    Disconnected {
        /// The socket.
        socket: SocketId,
        /// Why.
        reason: DisconnectReason,
        /// What else is known.
        details: Option<CloseDetails>,
    },
    /// A packet was answered: how long that takes.
    Measured(RoundTrip),
    /// The Engine.IO connection is open.
    Opened,
    /// A packet of this socket goes out; only told where it was
    /// [asked for](super::Manager::tell_outgoing).
    Outgoing {
        /// The socket.
        socket: SocketId,
        /// The packet.
        frame: Box<Frame>,
    },
    /// A heartbeat came.
    Ping,
    /// An event came.
    Received {
        /// The socket.
        socket: SocketId,
        /// The event.
        packet: Packet,
        /// Present where the server waits for an acknowledgement.
        ack: Option<AckToken>,
    },
    /// A connection is there again, after this many attempts.
    Reconnected(u32),
    /// An attempt to reconnect starts; the first is 1.
    ReconnectAttempt(u32),
    /// An attempt to reconnect failed.
    ReconnectError(ConnectError),
    /// All attempts failed; the sockets stay disconnected until they are connected anew.
    ReconnectFailed,
    /// The next attempt starts after this delay.
    ReconnectScheduled {
        /// Which attempt it will be; the first is 1.
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
    /// How long to wait for it, from now on; `None` waits until the socket disconnects.
    pub timeout: Option<Duration>,
    /// Drop the packet rather than keep it, where it can't be sent at once.
    pub volatile: bool,
}

/// What became of an emit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Emitted {
    /// Where the packet is.
    pub outcome: Outcome,
    /// The id of the awaited acknowledgement: its end comes as [`Event::Acked`].
    pub ack: Option<u64>,
}

/// Where an emitted packet went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// Kept until the socket is connected.
    Buffered,
    /// Dropped, as a volatile packet that could not be sent at once.
    Dropped,
    /// Given to the transport.
    Sent,
}
