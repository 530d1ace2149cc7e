use socketio_proto::manager::ConnectError;

use crate::event::{ConnectionEvent, Disconnect, Status};
use crate::message::Message;

/// A listener and its topic.
pub(crate) struct Listener {
    pub(crate) id: u64,
    pub(crate) topic: Topic,
    pub(crate) listens: Listens,
    pub(crate) callback: Slot,
}

/// The callback of a listener, or why it is not here.
pub(crate) enum Slot {
    Here(Callback),
    /// The callback runs, and is put back afterwards.
    Running,
    /// The callback is not called again; the listener is removed after the dispatch that may be
    /// running.
    Gone,
}

impl Listener {
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self.callback, Slot::Gone)
    }
}

/// How often a listener is called, and how it reads an event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Listens {
    Always,
    Once,
    /// Always, and it decodes each event by [`Message::typed`] before it does anything else.
    Reading,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Topic {
    Any,
    AnyOutgoing,
    Connect,
    ConnectError,
    Connection,
    Disconnect,
    Event(Box<str>),
    Status,
}

pub(crate) enum Callback {
    Connect(Box<dyn FnMut()>),
    ConnectError(Box<dyn FnMut(&ConnectError)>),
    Connection(Box<dyn FnMut(&ConnectionEvent)>),
    Disconnect(Box<dyn FnMut(&Disconnect)>),
    Message(Box<dyn FnMut(&Message<'_>)>),
    Status(Box<dyn FnMut(&Status)>),
}
