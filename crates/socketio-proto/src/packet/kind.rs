/// The greatest acknowledgement id: beyond it JavaScript's numbers are no longer exact.
pub const MAX_ACK_ID: u64 = (1 << 53) - 1;

/// Names that stand for the life of a socket, so that no event bears them which is sent. One that comes is an
/// event like any other: there are servers that let it out.
pub const RESERVED_EVENTS: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];

/// What a packet is for. Binary events and acks are events and acks: their type on the wire only
/// says that attachments follow.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum PacketKind {
    /// `0`: asks for a namespace, or grants it.
    Connect,
    /// `1`: leaves a namespace.
    Disconnect,
    /// `2`, and `5` with attachments.
    Event,
    /// `3`, and `6` with attachments.
    Ack,
    /// `4`: a namespace is refused.
    ConnectError,
}

impl PacketKind {
    /// The kind's name, as the protocol's documents have it, in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Disconnect => "disconnect",
            Self::Event => "event",
            Self::Ack => "ack",
            Self::ConnectError => "connect_error",
        }
    }
}
