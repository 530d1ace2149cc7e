//! Events of a manager become calls of listeners.

use std::cell::Cell;
use std::rc::Rc;

use socketio_proto::Limits;
use socketio_proto::manager::{AckToken, ConnectError, Event, SocketId};
use socketio_proto::packet::{Decoded, Decoder, Frame, Packet};

use crate::ack;
use crate::connection::Connection;
use crate::connection_event::ConnectionEvent;
use crate::listener::{Callback, Topic};
use crate::message::Message;
use crate::slab::Key;
use crate::socket::Disconnect;
use crate::status::Status;
use crate::table::{self, Entry};

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
                received(socket, &packet, ack);
            }
        }
        Event::Acked { socket, id, result } => {
            if let Some(waiter) = ack::take_waiter(key, socket, id) {
                waiter(result);
            }
        }
        Event::Authorize {
            socket,
            request,
            refused,
        } => authorize(key, socket, request, refused),
        Event::Connected { socket, .. } => {
            note_error(key, socket, None);
            refresh_status(key);
            each(key, socket, &News::Connect);
        }
        Event::ConnectError { socket, error } => {
            let error = Rc::new(error);
            note_error(key, socket, Some(Rc::clone(&error)));
            refresh_status(key);
            each(key, socket, &News::ConnectError(&error));
        }
        Event::Disconnected {
            socket,
            reason,
            details,
        } => {
            refresh_status(key);
            let disconnect = Disconnect { reason, details };
            each(key, socket, &News::Disconnect(&disconnect));
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

/// A packet that goes out is read as one that comes in, for those who hear all of them (F10). Only who listens so links
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
    };
    each_listener(socket, &News::Message(&Topic::AnyOutgoing, &message));
}

fn find(key: Key, id: SocketId) -> Option<Key> {
    table::with(|table| table.connections.get(key)?.socket(id))
}

fn received(socket: Key, packet: &Packet, ack: Option<AckToken>) {
    let message = Message {
        socket,
        packet,
        ack: Cell::new(ack),
    };
    // The catch-alls come first (F9).
    each_listener(socket, &News::Message(&Topic::Any, &message));
    each_listener(socket, &News::Event(message.name(), &message));
}

/// What is told to listeners: one type, so that to tell it is one function.
enum News<'a> {
    Connect,
    ConnectError(&'a ConnectError),
    Connection(&'a ConnectionEvent),
    Disconnect(&'a Disconnect),
    /// To those who listen to this name.
    Event(&'a str, &'a Message<'a>),
    /// To those of this catch-all.
    Message(&'a Topic, &'a Message<'a>),
    Status(&'a Status),
}

impl News<'_> {
    fn is_for(&self, topic: &Topic) -> bool {
        match self {
            Self::Event(name, _) => matches!(topic, Topic::Event(event) if **event == **name),
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
            (Callback::Message(f), Self::Event(_, message) | Self::Message(_, message)) => {
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

fn each(key: Key, id: SocketId, news: &News<'_>) {
    if let Some(socket) = find(key, id) {
        each_listener(socket, news);
    }
}

/// Calls the listeners that there are now, in their order; one that is gone before its turn hears nothing, and one
/// that is added meanwhile hears the next event.
fn each_listener(socket: Key, news: &News<'_>) {
    let count = table::with(|table| Some(table.sockets.get(socket)?.listeners.len())).unwrap_or(0);
    for index in 0..count {
        let callback = table::with(|table| {
            let entry = table.sockets.get_mut(socket)?;
            let listener = entry
                .listeners
                .get_mut(index)
                .filter(|listener| news.is_for(&listener.topic))?;
            if listener.once {
                entry.has_gone = true;
                return listener.callback.take();
            }
            listener.callback.clone()
        });
        // Dispatch is not entered twice for one socket, so it is free.
        if let Some(callback) = callback
            && let Ok(mut callback) = callback.try_borrow_mut()
        {
            news.tell(&mut callback);
        }
    }
}

fn authorize(key: Key, id: SocketId, request: u32, refused: bool) {
    let Some(socket) = find(key, id) else { return };
    let provider = table::with(|table| table.sockets.get(socket)?.auth.clone());
    if let Some(provider) = provider {
        provider(socket, request, refused);
    }
}

fn note_error(key: Key, id: SocketId, error: Option<Rc<ConnectError>>) {
    let Some(socket) = find(key, id) else { return };
    let _before = table::with(|table| {
        Some(std::mem::replace(
            &mut table.sockets.get_mut(socket)?.error,
            error,
        ))
    });
}

/// Tells the sockets of a connection whose status is another than it was; true if there were any.
pub(crate) fn refresh_status(key: Key) -> bool {
    // A listener may remove sockets, so the list is not walked while they run.
    let sockets = table::with(|table| {
        let connection = table.connections.get_mut(key)?;
        connection.note_delay();
        Some(connection.sockets.clone())
    });
    let mut any = false;
    for (id, socket) in sockets.unwrap_or_default() {
        let changed = table::with(|table| {
            let connection = table.connections.get(key)?;
            let entry = table.sockets.get_mut(socket)?;
            let status = status(connection, id, entry);
            (status != entry.status).then(|| {
                entry.status = status.clone();
                status
            })
        });
        if let Some(status) = changed {
            any = true;
            each_listener(socket, &News::Status(&status));
        }
    }
    any
}

fn status(connection: &Connection, id: SocketId, entry: &Entry) -> Status {
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
