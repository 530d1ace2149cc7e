use socketio_proto::manager::ConnectError;

use crate::event::{ConnectionEvent, Disconnect, Status};
use crate::message::Message;

/// Who wants to hear what.
pub(crate) struct Listener {
    pub(crate) id: u64,
    pub(crate) topic: Topic,
    pub(crate) listens: Listens,
    pub(crate) callback: Slot,
}

/// Where the callback of a listener is.
pub(crate) enum Slot {
    Here(Callback),
    /// It runs, and is put back afterwards.
    Running,
    /// It is not called again; the listener is taken away after the dispatch that may be running.
    Gone,
}

impl Listener {
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self.callback, Slot::Gone)
    }
}

/// How it listens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Listens {
    Always,
    Once,
    /// Always, and it reads each event by [`Message::typed`] before it does anything else.
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
