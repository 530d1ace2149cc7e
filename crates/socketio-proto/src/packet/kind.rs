/// The greatest acknowledgement id. JavaScript's numbers are not exact beyond it.
pub const MAX_ACK_ID: u64 = (1 << 53) - 1;

/// Names of the events of a socket's life cycle. An event with such a name can't be sent. A
/// received one is an ordinary event, because some servers send them.
pub const RESERVED_EVENTS: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];

/// The kind of a packet. Binary events and acknowledgements are of the same kind as those without
/// attachments; only their type on the wire differs.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum PacketKind {
    /// `0`: requests a namespace, or accepts the request.
    Connect,
    /// `1`: leaves a namespace.
    Disconnect,
    /// `2`, and `5` with attachments.
    Event,
    /// `3`, and `6` with attachments.
    Ack,
    /// `4`: refuses a namespace.
    ConnectError,
}

impl PacketKind {
    /// Returns the kind's name in the protocol's documentation, in snake case.
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
