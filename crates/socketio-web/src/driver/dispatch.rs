//! Events of a manager become calls of listeners.

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

/// Carries out one event of the connection `key`. Who hears of a change finds the status changed already.
pub(crate) fn event(key: Key, event: Event) {
    match event {
        Event::Received {
            socket,
            packet,
            ack,
        } => {
            if let Some(socket) = find(key, socket) {
                // What was held comes ahead of `Connected`, and finds the socket connected (H4).
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
        Event::Connected { socket, .. } => changed(key, socket, Some(None), &News::Connect),
        Event::ConnectError { socket, error } => {
            let error = Rc::new(error);
            let kept = Some(Rc::clone(&error));
            changed(key, socket, Some(kept), &News::ConnectError(&error));
        }
        Event::Disconnected {
            socket,
            reason,
            details,
        } => {
            // An end that the user asked for is no error.
            let is_wanted = matches!(
                reason,
                DisconnectReason::IoClientDisconnect | DisconnectReason::ForcedClose
            );
            let error = (!is_wanted).then(|| {
                let details = details.clone();
                Some(Rc::new(ConnectError::Disconnected { reason, details }))
            });
            let disconnect = Disconnect { reason, details };
            changed(key, socket, error, &News::Disconnect(&disconnect));
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

/// What concerns all sockets of the connection.
fn connection_event(key: Key, event: Event) {
    let Some(event) = ConnectionEvent::of(event) else {
        return;
    };
    let sockets = table::with(|table| Some(table.connections.get(key)?.sockets.clone()));
    for (_, socket) in sockets.unwrap_or_default() {
        each_listener(socket, &News::Connection(&event));
    }
}

/// A packet that goes out is read as one that comes in, for those who hear all of them. Only who listens so links
/// this.
pub(crate) fn outgoing(socket: Key, frame: Frame) {
    // It went out by the limits that the connection has.
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
    each_listener(socket, &News::Message(&Topic::AnyOutgoing, &message));
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
    // Where there are catch-alls, the event is not left to those who read it.
    each_listener(
        socket,
        &News::Event {
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

/// Whether somebody hears of it, and all who do read it into a type of theirs before anything comes of it: then nobody
/// else need read it first.
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

/// Whoever dispatches carries out what comes of it.
fn refuse(key: Key, error: DecodeError) {
    let now = clock::now();
    table::with(|table| {
        table.connections.get_mut(key)?.manager.refuse(error, now);
        Some(())
    });
}

/// What is told to listeners: one type, so that to tell it is one function.
enum News<'a> {
    Connect,
    ConnectError(&'a ConnectError),
    Connection(&'a ConnectionEvent),
    Disconnect(&'a Disconnect),
    /// An event that came.
    Event {
        /// Whether those who listen to all events are called ahead of those who listen to its name.
        catch_alls: bool,
        name: &'a str,
        message: &'a Message<'a>,
    },
    /// To those of this catch-all.
    Message(&'a Topic, &'a Message<'a>),
    Status(&'a Status),
}

impl News<'_> {
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

/// A socket has changed: what it was last told of as an error is this from now on, where there is something new. Who
/// hears of the change finds that, and the status, changed already.
fn changed(key: Key, id: SocketId, error: Option<Option<Rc<ConnectError>>>, news: &News<'_>) {
    let Some(socket) = find(key, id) else { return };
    if let Some(error) = error {
        let _before = table::with(|table| {
            let entry = table.sockets.get_mut(socket)?;
            Some(mem::replace(&mut entry.error, error))
        });
    }
    refresh_status(key);
    each_listener(socket, news);
}

/// Calls the listeners that there are now, in their order; one that is gone before its turn is not called, and one that is
/// added meanwhile is called for the next event. One that throws keeps nobody else from being called.
fn each_listener(socket: Key, news: &News<'_>) {
    let mut calls = Calls {
        socket,
        news,
        on_catch_alls: news.goes_to_catch_alls(),
        from: 0,
        count: usize::MAX,
        running: None,
    };
    // Where nobody listens, nothing is guarded. Where somebody does, one guard is enough for all who don't throw.
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
        // It has thrown, where one is running still.
        if let Some(gone) = calls.put_back() {
            guard::dispose(gone);
        }
    }
}

/// The calls of the listeners to one event: which one runs, and where the next is looked for.
struct Calls<'a> {
    socket: Key,
    news: &'a News<'a>,
    /// Whether it is the turn of those who listen to all events.
    on_catch_alls: bool,
    /// The place from which on the next is looked for, and how many listeners there were at first.
    from: usize,
    count: usize,
    /// The callback that runs; its listener stands just before `from`.
    running: Option<Callback>,
}

impl Calls<'_> {
    fn run(&mut self) {
        if let Some(callback) = &mut self.running {
            self.news.tell(callback);
            faults::every_tenth();
        }
    }

    /// Takes the next callback out of its listener, so that nothing is borrowed while it runs; false when all were called.
    fn next(&mut self) -> bool {
        loop {
            self.running = table::with(|table| self.take(table));
            if self.running.is_some() || !mem::take(&mut self.on_catch_alls) {
                return self.running.is_some();
            }
            (self.from, self.count) = (0, usize::MAX);
        }
    }

    /// The next listener's callback. Those of other topics are passed over with one borrow for all.
    fn take(&mut self, table: &mut Table) -> Option<Callback> {
        let entry = table.sockets.get_mut(self.socket)?;
        self.count = entry.listeners.len().min(self.count);
        for listener in entry.listeners.get_mut(self.from..self.count)? {
            self.from += 1;
            let is_wanted = match self.on_catch_alls {
                true => listener.topic == Topic::Any,
                false => self.news.is_for(&listener.topic),
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

    /// Puts the callback that ran back into its listener. Returns it where that is gone: it is to be dropped with nothing
    /// borrowed, since what it holds may do as it likes as well.
    fn put_back(&mut self) -> Option<Callback> {
        let mut ran = self.running.take();
        ran.as_ref()?;
        table::with(|table| {
            let listeners = &mut table.sockets.get_mut(self.socket)?.listeners;
            // While events are dispatched, nobody else's callback of this socket runs.
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

/// Tells the sockets of a connection whose status is another than it was; true if there were any.
pub(crate) fn refresh_status(key: Key) -> bool {
    let mut any = false;
    // One by one: a listener may remove sockets.
    while let Some((socket, status)) = table::with(|table| next_status(table, key)) {
        any = true;
        each_listener(socket, &News::Status(&status));
    }
    any
}

/// The first socket whose status has changed, and its new one.
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
    // The connection is there, and the namespace is asked for again in a while.
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
        // The connection is there again, and the namespace is asked for: still the same attempt for a person.
        (0, Status::Reconnecting { attempt, .. }) => Status::Reconnecting {
            attempt: *attempt,
            delay: None,
        },
        (0, _) => Status::Connecting,
        (attempt, _) => Status::Reconnecting { attempt, delay },
    }
}
