use crate::server::Server;

/// Abilities that not every server has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ability {
    /// Emits while it handles a CONNECT: such an event arrives before the reply.
    EmitEarly,
    /// Refuses a namespace with data in addition to the message.
    RefuseWithData,
    /// Gives a socket another id in each namespace.
    IdPerNamespace,
}

/// The abilities that a server lacks, and why. The tests assert what it does instead.
const LACKS: [(Server, Ability, &str); 3] = [
    (
        Server::Socketioxide,
        Ability::EmitEarly,
        "a socket is not connected, and takes no event, until the reply is sent",
    ),
    (
        Server::Socketioxide,
        Ability::RefuseWithData,
        "of the error of a middleware, its text is sent",
    ),
    (
        Server::Socketioxide,
        Ability::IdPerNamespace,
        "a socket has the id of its connection",
    ),
];

/// Differences that are no lack: texts, and what the vocabulary leaves open.
///
/// - Python's and socketioxide's handlers can't see whether an acknowledgement is requested: `echo`
///   and `binary` send both it and the event.
/// - Python's servers emit `welcome` while they handle a CONNECT, so before the reply.
/// - `leave all` closes the connection of Node and Python; socketioxide disconnects every namespace
///   and leaves it to the client to close the connection, for which it has no method.
/// - Only Node has recovery, `mute` and refused handshakes: see the tests in `node/`.
impl Server {
    pub(crate) fn can(self, ability: Ability) -> bool {
        !LACKS
            .iter()
            .any(|(server, lacks, _)| (*server, *lacks) == (self, ability))
    }

    /// Returns the message with which it refuses an unknown namespace.
    pub(crate) fn no_such_namespace(self) -> &'static str {
        match self {
            Self::Node | Self::NodeWithRecovery | Self::Socketioxide => "Invalid namespace",
            // A bare string, not an object.
            Self::Flask | Self::Asgi => "Unable to connect",
        }
    }
}
