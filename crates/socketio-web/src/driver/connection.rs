//! One connection of the browser: a manager, its transport and its timer.

use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use socketio_proto::Instant;
use socketio_proto::manager::{AckError, ConnectionState, Manager, SocketId, TransportId};
use socketio_proto::packet::Packet;
use wasm_bindgen::JsValue;

use super::slab::Key;
use crate::sys::clock;
use crate::sys::timer::Timer;
use crate::sys::url::Server;
use crate::sys::websocket::Transport;

pub(crate) struct Connection {
    pub(crate) manager: Manager,
    /// The key by which other sockets find this connection to share it; `None` if it is not shared.
    pub(crate) shared_as: Option<String>,
    pub(crate) server: Server,
    pub(crate) url: String,
    /// Sub-protocols of the WebSocket, as its constructor takes them.
    pub(crate) protocols: JsValue,
    /// The driver's key of each of the manager's sockets.
    pub(crate) sockets: Vec<(SocketId, Key)>,
    pub(crate) waiters: Vec<(SocketId, u64, Waiter)>,
    /// The end of the back-off in progress, and its length when it began.
    pub(crate) delay: Option<(Instant, Duration)>,
    /// A transport that was opened ahead, and the socket that it was opened for.
    pub(crate) take_over: Option<(SocketId, TakeOver)>,
    pub(crate) transport: Option<(TransportId, Rc<Transport>)>,
    pub(crate) timer: Option<(Instant, Timer)>,
    /// Delivers what is known about a new transport from the start: that it could not be opened, or
    /// the events that were buffered before it was taken over.
    pub(crate) news: Option<Timer>,
    /// Outputs are being carried out further up the stack, including any new ones.
    pub(crate) draining: bool,
}

/// Hands over a transport that was opened ahead, if it fits the request.
pub(crate) type TakeOver = Box<dyn FnOnce(TransportRequest<'_>) -> Option<Opened>>;

/// A transport, if there is one, and the timer that delivers what is already known about it.
pub(crate) type Opened = (Option<Rc<Transport>>, Option<Timer>);

/// The connection and the socket that need a transport.
pub(crate) struct TransportRequest<'a> {
    pub(crate) connection: Key,
    pub(crate) transport: TransportId,
    /// The first socket, and its namespace.
    pub(crate) socket: SocketId,
    pub(crate) namespace: &'a str,
    pub(crate) url: &'a str,
}

/// Receives the result of one wait for an acknowledgement, and returns the waker of the waiting
/// task.
pub(crate) type Waiter = Box<dyn FnOnce(Result<Packet, AckError>) -> Option<Waker>>;

impl Connection {
    pub(crate) fn new(
        manager: Manager,
        shared_as: Option<String>,
        server: Server,
        url: String,
        protocols: JsValue,
    ) -> Self {
        Self {
            manager,
            shared_as,
            server,
            url,
            protocols,
            sockets: Vec::new(),
            waiters: Vec::new(),
            delay: None,
            take_over: None,
            transport: None,
            timer: None,
            news: None,
            draining: false,
        }
    }

    pub(crate) fn socket(&self, id: SocketId) -> Option<Key> {
        self.sockets
            .iter()
            .find(|(socket, _)| *socket == id)
            .map(|(_, key)| *key)
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining
    }

    pub(crate) fn note_delay(&mut self) {
        self.delay = match (self.manager.state(), self.delay) {
            (ConnectionState::Reconnecting { at }, Some(delay)) if delay.0 == at => Some(delay),
            (ConnectionState::Reconnecting { at }, _) => {
                Some((at, at.saturating_since(clock::last())))
            }
            _ => None,
        };
    }

    /// Removes and returns the waiter for this acknowledgement.
    pub(crate) fn take_waiter(&mut self, socket: SocketId, ack: u64) -> Option<Waiter> {
        let index = self
            .waiters
            .iter()
            .position(|(id, other, _)| (*id, *other) == (socket, ack))?;
        Some(self.waiters.swap_remove(index).2)
    }

    /// Returns the transport, which is used while nothing is borrowed: a page may have replaced the
    /// browser's `WebSocket` by one that calls back.
    pub(crate) fn transport(&self) -> Option<Rc<Transport>> {
        let (_, transport) = self.transport.as_ref()?;
        Some(Rc::clone(transport))
    }
}
