use crate::server::Server;

/// What not every server can do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ability {
    /// Emits from where it decides on a CONNECT: such an event comes before the reply.
    EmitEarly,
    /// Refuses a namespace with data beside the message.
    RefuseWithData,
    /// Gives a socket another id in each namespace.
    IdPerNamespace,
}

/// What a server can't do, and why. The tests see to it that it is so: what it does instead is asserted.
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

/// What differs without being missed: words, and what the vocabulary leaves open.
///
/// - Python's and socketioxide's handlers are not told whether an acknowledgement is wanted: `echo` and `binary` give
///   both it and the event.
/// - Python's servers tell `welcome` from where they decide on a CONNECT, so before the reply.
/// - `leave all` closes the connection of Node and Python; socketioxide disconnects every namespace and leaves the
///   connection, which has no switch of its own, to the client.
/// - Recovery, `mute` and refused handshakes are Node's only: see the tests in `node/`.
impl Server {
    pub(crate) fn can(self, ability: Ability) -> bool {
        !LACKS
            .iter()
            .any(|(server, lacks, _)| (*server, *lacks) == (self, ability))
    }

    /// How it refuses a namespace that it doesn't know.
    pub(crate) fn no_such_namespace(self) -> &'static str {
        match self {
            Self::Node | Self::NodeWithRecovery | Self::Socketioxide => "Invalid namespace",
            // A bare string, not an object.
            Self::Flask | Self::Asgi => "Unable to connect",
        }
    }
}
