//! Turns the events of a manager into calls of listeners.

use std::cell::Cell;
use std::mem;
use std::rc::Rc;

use socketio_proto::Limits;
use socketio_proto::manager::{
    AckToken, ConnectError, ConnectionState, DisconnectReason, Event, SocketId,
};
use socketio_proto::packet::{DecodeError, Decoded, Decoder, Frame, Packet};

use super::connection::Connection;
use super::faults;
use super::listener::{Callback, Listens, Slot, Topic};
use super::slab::Key;
use super::table::{self, Entry, Table};
use crate::event::{ConnectionEvent, Disconnect, Status};
use crate::message::Message;
use crate::sys::clock;
use crate::sys::guard;

/// Handles one event of the connection `key`. A listener that is notified of a change finds the
/// status changed already.
pub(crate) fn event(key: Key, event: Event) {
    match event {
        Event::Received {
            socket,
            packet,
            ack,
        } => {
            if let Some(socket) = find(key, socket) {
                // Events that were held back are delivered ahead of `Connected`, with the socket
                // already connected (H4).
                refresh_status(key);
                received(key, socket, packet, ack);
            }
        }
        Event::Acked { socket, id, result } => {
            let waiter =
                table::with(|table| table.connections.get_mut(key)?.take_waiter(socket, id));
            if let Some(waker) = waiter.and_then(|waiter| waiter(result)) {
                guard::wake(waker);
            }
        }
        Event::Authorize {
            socket,
            request,
            refused,
        } => authorize(key, socket, request, refused),
        Event::Connected { socket, .. } => changed(key, socket, Some(None), &Notification::Connect),
        Event::ConnectError { socket, error } => {
            let error = Rc::new(error);
            let kept = Some(Rc::clone(&error));
            changed(key, socket, Some(kept), &Notification::ConnectError(&error));
        }
        Event::Disconnected {
            socket,
            reason,
            details,
        } => {
            // A disconnect that the user requested is not an error.
            let is_wanted = matches!(
                reason,
                DisconnectReason::IoClientDisconnect | DisconnectReason::ForcedClose
            );
            let error = (!is_wanted).then(|| {
                let details = details.clone();
                Some(Rc::new(ConnectError::Disconnected { reason, details }))
            });
            let disconnect = Disconnect { reason, details };
            changed(key, socket, error, &Notification::Disconnect(&disconnect));
        }
        Event::Outgoing { socket, frame } => {
            let tell = find(key, socket).and_then(|socket| {
                let tell = table::with(|table| table.sockets.get(socket)?.outgoing)?;
                Some((tell, socket))
            });
            if let Some((tell, socket)) = tell {
                tell(socket, *frame);
            }
        }
        event => connection_event(key, event),
    }
}

/// Reports an event that concerns all sockets of the connection.
fn connection_event(key: Key, event: Event) {
    let Some(event) = ConnectionEvent::of(event) else {
        return;
    };
    let sockets = table::with(|table| Some(table.connections.get(key)?.sockets.clone()));
    for (_, socket) in sockets.unwrap_or_default() {
        each_listener(socket, &Notification::Connection(&event));
    }
}

/// Decodes an outgoing packet like a received one, for the listeners to all outgoing events. Linked
/// only where such a listener is added.
pub(crate) fn outgoing(socket: Key, frame: Frame) {
    // The packet was already checked against the limits of the connection.
    let mut decoder = Decoder::new(Limits {
        attachments: usize::MAX,
        packet_bytes: usize::MAX,
        ..Limits::default()
    });
    let mut decoded = decoder.text(frame.text, 1);
    for attachment in frame.attachments {
        decoded = decoder.binary(attachment);
    }
    let Ok(Decoded::Packet(packet)) = decoded else {
        return;
    };
    let message = Message {
        socket,
        packet: &packet,
        ack: Cell::new(None),
        is_bad: Cell::new(false),
    };
    each_listener(
        socket,
        &Notification::Message(&Topic::AnyOutgoing, &message),
    );
}

fn find(key: Key, id: SocketId) -> Option<Key> {
    table::with(|table| table.connections.get(key)?.socket(id))
}

fn received(key: Key, socket: Key, mut packet: Packet, ack: Option<AckToken>) {
    let is_read = is_read_by_all(socket, &packet);
    if !is_read && let Err(error) = packet.check() {
        return refuse(key, error);
    }
    let message = Message {
        socket,
        packet: &packet,
        ack: Cell::new(ack),
        is_bad: Cell::new(false),
    };
    // With catch-alls, `is_read` is false, and the packet was checked above.
    each_listener(
        socket,
        &Notification::Event {
            catch_alls: !is_read,
            name: message.name(),
            message: &message,
        },
    );
    if message.is_bad.get()
        && let Err(error) = packet.check()
    {
        refuse(key, error);
    }
}

/// Returns whether the event has listeners and all of them decode it into a type before they do
/// anything else. Then it need not be checked first.
fn is_read_by_all(socket: Key, packet: &Packet) -> bool {
    let name = packet.event_name().unwrap_or_default();
    let read = table::with(|table| {
        let mut any = false;
        for listener in &table.sockets.get(socket)?.listeners {
            match (&listener.topic, !listener.is_gone()) {
                (Topic::Any, true) => return None,
                (Topic::Event(event), true) if **event == *name => {
                    any = (listener.listens == Listens::Reading).then_some(true)?;
                }
                _ => {}
            }
        }
        Some(any)
    });
    read.unwrap_or(false)
}

/// Closes the connection because of a packet that can't be read. The caller's drain carries out the
/// outputs.
fn refuse(key: Key, error: DecodeError) {
    let now = clock::now();
    table::with(|table| {
        table.connections.get_mut(key)?.manager.refuse(error, now);
        Some(())
    });
}

/// A notification for listeners. It is one type, so that one function delivers it.
enum Notification<'a> {
    Connect,
    ConnectError(&'a ConnectError),
    Connection(&'a ConnectionEvent),
    Disconnect(&'a Disconnect),
    /// An event that was received.
    Event {
        /// Whether the catch-alls are called ahead of the listeners for its name.
        catch_alls: bool,
        name: &'a str,
        message: &'a Message<'a>,
    },
    /// For the listeners of this catch-all topic.
    Message(&'a Topic, &'a Message<'a>),
    Status(&'a Status),
}

impl Notification<'_> {
    fn goes_to_catch_alls(&self) -> bool {
        matches!(
            self,
            Self::Event {
                catch_alls: true,
                ..
            }
        )
    }

    fn is_for(&self, topic: &Topic) -> bool {
        match self {
            Self::Event { name, .. } => matches!(topic, Topic::Event(event) if **event == **name),
            Self::Connect => *topic == Topic::Connect,
            Self::ConnectError(_) => *topic == Topic::ConnectError,
            Self::Connection(_) => *topic == Topic::Connection,
            Self::Disconnect(_) => *topic == Topic::Disconnect,
            Self::Message(catch_all, _) => topic == *catch_all,
            Self::Status(_) => *topic == Topic::Status,
        }
    }

    fn tell(&self, callback: &mut Callback) {
        match (callback, self) {
            (Callback::Message(f), Self::Event { message, .. } | Self::Message(_, message)) => {
                f(message);
            }
            (Callback::Connect(f), Self::Connect) => f(),
            (Callback::ConnectError(f), Self::ConnectError(error)) => f(error),
            (Callback::Connection(f), Self::Connection(event)) => f(event),
            (Callback::Disconnect(f), Self::Disconnect(disconnect)) => f(disconnect),
            (Callback::Status(f), Self::Status(status)) => f(status),
            _ => {}
        }
    }
}

/// Records a change of a socket and notifies its listeners. `error` replaces the last error, unless
/// it is `None`. When the listeners are called, the error and the status have changed already.
fn changed(
    key: Key,
    id: SocketId,
    error: Option<Option<Rc<ConnectError>>>,
    notification: &Notification<'_>,
) {
    let Some(socket) = find(key, id) else { return };
    if let Some(error) = error {
        let _before = table::with(|table| {
            let entry = table.sockets.get_mut(socket)?;
            Some(mem::replace(&mut entry.error, error))
        });
    }
    refresh_status(key);
    each_listener(socket, notification);
}

/// Calls the current listeners in order. A listener that is removed before its turn is not called,
/// and one that is added meanwhile is called for the next event. A listener that throws does not
/// prevent the others from being called.
fn each_listener(socket: Key, notification: &Notification<'_>) {
    let mut calls = Calls {
        socket,
        notification,
        on_catch_alls: notification.goes_to_catch_alls(),
        from: 0,
        count: usize::MAX,
        running: None,
    };
    // Without a listener, no guard is needed. Otherwise one guard serves all listeners until one
    // throws.
    while calls.next() {
        guard::run(&mut || {
            loop {
                calls.run();
                drop(calls.put_back());
                if !calls.next() {
                    break;
                }
            }
        });
        // A callback that is still marked as running has thrown.
        if let Some(gone) = calls.put_back() {
            guard::dispose(gone);
        }
    }
}

/// The calls of the listeners for one event: the one that runs, and where the search for the next
/// one starts.
struct Calls<'a> {
    socket: Key,
    notification: &'a Notification<'a>,
    /// Whether the catch-alls are being called.
    on_catch_alls: bool,
    /// The index from which the next listener is searched, and the number of listeners at the
    /// start.
    from: usize,
    count: usize,
    /// The callback that runs; its listener is just before `from`.
    running: Option<Callback>,
}

impl Calls<'_> {
    fn run(&mut self) {
        if let Some(callback) = &mut self.running {
            self.notification.tell(callback);
            faults::every_tenth();
        }
    }

    /// Takes the next callback out of its listener, so that nothing is borrowed while it runs.
    /// Returns false once all were called.
    fn next(&mut self) -> bool {
        loop {
            self.running = table::with(|table| self.take(table));
            if self.running.is_some() || !mem::take(&mut self.on_catch_alls) {
                return self.running.is_some();
            }
            (self.from, self.count) = (0, usize::MAX);
        }
    }

    /// Returns the callback of the next listener. Listeners of other topics are skipped within one
    /// borrow.
    fn take(&mut self, table: &mut Table) -> Option<Callback> {
        let entry = table.sockets.get_mut(self.socket)?;
        self.count = entry.listeners.len().min(self.count);
        for listener in entry.listeners.get_mut(self.from..self.count)? {
            self.from += 1;
            let is_wanted = match self.on_catch_alls {
                true => listener.topic == Topic::Any,
                false => self.notification.is_for(&listener.topic),
            };
            if !is_wanted {
                continue;
            }
            let once = listener.listens == Listens::Once;
            let left = if once { Slot::Gone } else { Slot::Running };
            entry.has_gone |= once;
            match mem::replace(&mut listener.callback, left) {
                Slot::Here(callback) => return Some(callback),
                before => listener.callback = before,
            }
        }
        None
    }

    /// Puts the callback that ran back into its listener. Returns it if the listener is gone: the
    /// caller drops it while nothing is borrowed, since its destructor may run any code.
    fn put_back(&mut self) -> Option<Callback> {
        let mut ran = self.running.take();
        ran.as_ref()?;
        table::with(|table| {
            let listeners = &mut table.sockets.get_mut(self.socket)?.listeners;
            // During a dispatch, no other callback of this socket runs.
            let place = &mut listeners.get_mut(self.from.wrapping_sub(1))?.callback;
            if matches!(place, Slot::Running) {
                *place = Slot::Here(ran.take()?);
            }
            Some(())
        });
        ran
    }
}

fn authorize(key: Key, id: SocketId, request: u32, refused: bool) {
    let Some(socket) = find(key, id) else { return };
    let provider = table::with(|table| table.sockets.get(socket)?.auth.clone());
    if let Some(provider) = provider {
        provider(socket, request, refused);
        guard::dispose(provider);
    }
}

/// Notifies the sockets of a connection whose status has changed. Returns whether there were any.
pub(crate) fn refresh_status(key: Key) -> bool {
    let mut any = false;
    // One by one: a listener may remove sockets.
    while let Some((socket, status)) = table::with(|table| next_status(table, key)) {
        any = true;
        each_listener(socket, &Notification::Status(&status));
    }
    any
}

/// Returns the first socket whose status has changed, and its new status.
fn next_status(table: &mut Table, key: Key) -> Option<(Key, Status)> {
    let connection = table.connections.get_mut(key)?;
    connection.note_delay();
    let connection = &*connection;
    connection.sockets.iter().find_map(|(id, socket)| {
        let entry = table.sockets.get_mut(*socket)?;
        let status = status(connection, *id, entry);
        (status != entry.status).then(|| {
            entry.status = status.clone();
            (*socket, status)
        })
    })
}

fn status(connection: &Connection, id: SocketId, entry: &mut Entry) -> Status {
    let manager = &connection.manager;
    if manager.is_connected(id) {
        return Status::Connected;
    }
    if !manager.is_active(id) {
        let message = match entry.error.as_deref() {
            Some(ConnectError::Refused(refusal)) => refusal.message(),
            Some(ConnectError::Auth(text)) => text.clone(),
            Some(ConnectError::Incompatible) => ConnectError::INCOMPATIBLE.into(),
            _ => return Status::Disconnected,
        };
        return Status::Refused { message };
    }
    // The connection is open, and the namespace is requested again after a delay.
    let is_open = manager.state() == ConnectionState::Open;
    if let Some((attempt, at)) = manager.next_request(id).filter(|_| is_open) {
        let known = entry.request.filter(|(known, _)| *known == at);
        let (_, delay) = *entry
            .request
            .insert(known.unwrap_or_else(|| (at, at.saturating_since(clock::last()))));
        return Status::Reconnecting {
            attempt,
            delay: Some(delay),
        };
    }
    let delay = connection.delay.map(|(_, delay)| delay);
    match (manager.attempt(), &entry.status) {
        // The connection is open again, and the namespace is requested: the user still sees the
        // same attempt.
        (0, Status::Reconnecting { attempt, .. }) => Status::Reconnecting {
            attempt: *attempt,
            delay: None,
        },
        (0, _) => Status::Connecting,
        (attempt, _) => Status::Reconnecting { attempt, delay },
    }
}
