use std::mem;

use socketio_proto::manager::ConnectError;

use crate::connection_event::ConnectionEvent;
use crate::message::Message;
use crate::slab::Key;
use crate::socket::Disconnect;
use crate::status::Status;
use crate::table;

/// Who wants to hear what.
pub(crate) struct Listener {
    pub(crate) id: u64,
    pub(crate) topic: Topic,
    pub(crate) listens: Listens,
    pub(crate) callback: Place,
}

/// Where the callback of a listener is.
pub(crate) enum Place {
    Here(Callback),
    /// It runs, and is put back afterwards.
    Running,
    /// It is not called again; the listener is taken away after the dispatch that may be running.
    Gone,
}

impl Listener {
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self.callback, Place::Gone)
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

/// Keeps a listener; dropping it ends the listening, at once, even within a dispatch.
#[derive(Debug)]
#[must_use = "the listener ends when this is dropped: keep it, or call `forget`"]
pub struct Subscription {
    pub(crate) socket: Key,
    pub(crate) listener: u64,
}

impl Subscription {
    /// Lets the listener live as long as its socket.
    pub fn forget(mut self) {
        self.listener = 0;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let (socket, id) = (self.socket, self.listener);
        // What the listener holds is dropped when nothing is borrowed: it may hold subscriptions itself.
        let _callback = table::with(|table| {
            let entry = table.sockets.get_mut(socket)?;
            let is_draining = table.connections.get(entry.connection)?.is_draining();
            let listener = entry.listeners.iter_mut().find(|it| it.id == id)?;
            let callback = mem::replace(&mut listener.callback, Place::Gone);
            entry.has_gone = true;
            // While events are dispatched, the others keep their places.
            if !is_draining {
                entry.take_away_gone();
            }
            Some(callback)
        });
    }
}
