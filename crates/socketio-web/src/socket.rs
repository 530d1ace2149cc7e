use std::mem;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use socketio_proto::manager::{
    Config, ConnectError, EmitError, EmitOptions, Emitted, Outcome, RoundTrip,
};
use socketio_proto::packet::Arguments;
use socketio_proto::{AckPayload, Auth, AuthError, Event, json};

use crate::ack::{Ack, Wait};
use crate::driver::dispatch;
use crate::driver::listener::{Callback, Listener, Listens, Slot, Topic};
use crate::driver::run;
use crate::driver::slab::Key;
use crate::driver::table;
use crate::error::AckError;
use crate::event::{ConnectionEvent, Disconnect, Status};
use crate::message::Message;
use crate::subscription::Subscription;
use crate::sys::guard;
use crate::sys::url;

/// A namespace of a server: what events are emitted to and come from.
///
/// A small `Copy` handle to what this thread keeps: it can stand in any closure, and it names nothing on another
/// thread. The socket lives until [`remove`](Self::remove).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Socket(Key);

/// Making and ending.
impl Socket {
    pub(crate) fn new(key: Key) -> Self {
        Self(key)
    }

    pub(crate) fn request_connect(self) {
        table::with(|table| table.sockets.get_mut(self.0)?.error.take());
        run::with_socket(self.0, |manager, id, now| manager.connect(id, now));
    }

    /// Disconnects, and stays so until [`connect`](Self::connect).
    pub fn disconnect(self) {
        run::with_socket(self.0, |manager, id, now| manager.disconnect(id, now));
    }

    /// Disconnects and forgets the socket: its listeners hear no more, waits for acknowledgements end, and the
    /// connection goes with its last socket.
    pub fn remove(self) {
        // Listeners go first: what ends now is not reported to them.
        let listeners = table::with(|table| {
            let entry = table.sockets.get_mut(self.0)?;
            Some(mem::take(&mut entry.listeners))
        });
        run::with_socket(self.0, |manager, id, now| manager.remove(id, now));
        let removed = table::with(|table| {
            let entry = table.sockets.remove(self.0)?;
            if let Some(connection) = table.connections.get_mut(entry.connection) {
                connection.sockets.retain(|(_, key)| *key != self.0);
            }
            Some(entry)
        });
        if let Some(entry) = removed {
            run::drain(entry.connection);
            guard::dispose(entry);
        }
        for listener in listeners.unwrap_or_default() {
            guard::dispose(listener);
        }
    }
}

/// Changing.
impl Socket {
    /// What each CONNECT carries from now on.
    ///
    /// # Errors
    /// When the value doesn't serialize as an object.
    pub fn set_auth<T: Serialize + ?Sized>(self, value: &T) -> Result<(), AuthError> {
        let auth = Auth::object(value)?;
        run::with_socket(self.0, |manager, id, now| manager.set_auth(id, auth, now));
        Ok(())
    }

    /// Puts these parameters in the place of those that the builder's [`query`](crate::Builder::query) added, for its
    /// connection, which other sockets may share; those of the URL stay. They go with the next attempt.
    pub fn set_query(self, query: &[(&str, &str)]) {
        let query: Vec<(String, String)> = query
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        table::with(|table| {
            let entry = table.sockets.get(self.0)?;
            let connection = table.connections.get_mut(entry.connection)?;
            // What stands in the query is escaped.
            let (endpoint, _) = connection.url.rsplit_once('?')?;
            connection.url = url::websocket(&connection.server, endpoint, &query);
            Some(())
        });
    }

    /// Changes the options of its connection, which other sockets may share. They hold from the next attempt
    /// on; a back-off that waits is stopped where reconnection is no longer wanted.
    pub fn configure(self, change: impl FnOnce(&mut Config)) {
        // Changed out here, with nothing borrowed.
        let config = run::look(self.0, |connection, _| {
            Some(connection.manager.config().clone())
        });
        let Some(mut config) = config else { return };
        change(&mut config);
        run::with_socket(self.0, |manager, _, _| {
            manager.configure(|place| *place = config);
        });
    }
}

/// Looking.
impl Socket {
    /// Where it stands.
    pub fn status(self) -> Status {
        table::with(|table| Some(table.sockets.get(self.0)?.status.clone())).unwrap_or_default()
    }

    /// Whether it is connected.
    pub fn is_connected(self) -> bool {
        run::look(self.0, |connection, id| {
            Some(connection.manager.is_connected(id))
        })
        .unwrap_or(false)
    }

    /// Whether it is connected, or will be by itself.
    pub fn is_active(self) -> bool {
        run::look(self.0, |connection, id| {
            Some(connection.manager.is_active(id))
        })
        .unwrap_or(false)
    }

    /// Its id on the server, while connected.
    pub fn id(self) -> Option<String> {
        run::look(self.0, |connection, id| {
            connection.manager.id(id).map(Into::into)
        })
    }

    /// Whether it has not been removed.
    pub fn exists(self) -> bool {
        table::with(|table| table.sockets.get(self.0).map(|_| ())).is_some()
    }

    /// Why the last attempt to connect failed, or why the last connection ended where nobody here asked for that
    /// ([`ConnectError::Disconnected`]); `None` once another is asked for by [`connect`](Self::connect), or connected.
    pub fn last_error(self) -> Option<ConnectError> {
        let error = table::with(|table| table.sockets.get(self.0)?.error.clone())?;
        Some(ConnectError::clone(&error))
    }

    /// How long a packet and its answer take on its connection; `None` until something was answered.
    pub fn round_trip(self) -> Option<RoundTrip> {
        run::look(self.0, |connection, _| connection.manager.round_trip())
    }

    /// Its namespace.
    pub fn namespace(self) -> Option<String> {
        run::look(self.0, |connection, id| {
            connection.manager.namespace(id).map(Into::into)
        })
    }

    /// Whether the server restored the session at the last connect.
    pub fn is_recovered(self) -> bool {
        run::look(self.0, |connection, id| {
            Some(connection.manager.is_recovered(id))
        })
        .unwrap_or(false)
    }

    /// How many listeners an event of this name has; catch-alls are not counted.
    pub fn listeners(self, name: &str) -> usize {
        let listens = |listener: &&Listener| {
            !listener.is_gone()
                && matches!(&listener.topic, Topic::Event(event) if **event == *name)
        };
        table::with(|table| {
            let listeners = table.sockets.get(self.0)?.listeners.iter();
            Some(listeners.filter(listens).count())
        })
        .unwrap_or(0)
    }

    /// How many packets wait for the connection.
    pub fn buffered(self) -> usize {
        run::look(self.0, |connection, id| {
            Some(connection.manager.buffered(id))
        })
        .unwrap_or(0)
    }

    /// Drops the packets that wait for the connection, and tells how many they were.
    pub fn clear_buffer(self) -> usize {
        run::with_socket(self.0, |manager, id, _| manager.clear_buffer(id)).unwrap_or(0)
    }

    /// The text frames of the packets that wait for the connection, oldest first.
    pub fn buffer(self) -> Vec<String> {
        run::look(self.0, |connection, id| {
            Some(connection.manager.buffer(id).map(Into::into).collect())
        })
        .unwrap_or_default()
    }

    /// Bytes that were given to the browser and not yet to the network.
    pub fn buffered_amount(self) -> u32 {
        let transport = run::look(self.0, |connection, _| connection.transport());
        transport.map_or(0, |transport| transport.buffered_amount())
    }
}

/// Emitting.
impl Socket {
    /// Emits a typed event: sends it, or keeps it until the socket is connected, and says which.
    ///
    /// # Errors
    /// When it can't be encoded, exceeds a limit, or finds the buffer full.
    pub fn emit<E: Event + Serialize>(self, event: &E) -> Result<Outcome, EmitError> {
        self.emit_named(E::NAME, event)
    }

    /// Emits an event by its name, with one argument.
    ///
    /// # Errors
    /// As [`emit`](Self::emit), and for a reserved name.
    pub fn emit_named<T: Serialize + ?Sized>(
        self,
        name: &str,
        value: &T,
    ) -> Result<Outcome, EmitError> {
        self.emit_args(arguments(name, value)?)
    }

    /// Emits the event `message`, with one argument.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    pub fn send<T: Serialize + ?Sized>(self, value: &T) -> Result<Outcome, EmitError> {
        self.emit_named("message", value)
    }

    /// Emits an event with any number of arguments.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    pub fn emit_args(self, arguments: Arguments) -> Result<Outcome, EmitError> {
        self.emit_with(arguments, EmitOptions::default())
            .map(|emitted| emitted.outcome)
    }

    /// Emits a typed event that is dropped rather than kept where it can't be sent at once: not connected, or the
    /// browser still holds what was sent before.
    ///
    /// # Errors
    /// When it can't be encoded, or exceeds a limit.
    pub fn emit_volatile<E: Event + Serialize>(self, event: &E) -> Result<Outcome, EmitError> {
        let arguments = arguments(E::NAME, event)?;
        let writable = self.buffered_amount() == 0;
        let options = EmitOptions {
            volatile: true,
            ..EmitOptions::default()
        };
        run::with_socket(self.0, |manager, id, now| {
            manager.set_writable(writable);
            manager.emit(id, arguments, options, now)
        })
        .unwrap_or(Err(EmitError::NoSocket))
        .map(|emitted| emitted.outcome)
    }

    /// Emits a typed event and awaits its acknowledgement, at most for `timeout`; `None` waits until the socket
    /// disconnects.
    pub fn emit_with_ack<E>(self, event: &E, timeout: Option<Duration>) -> Ack<E::Ack>
    where
        E: Event + Serialize,
        E::Ack: AckPayload,
    {
        self.emit_named_with_ack(E::NAME, event, timeout)
    }

    /// Emits an event by its name, with one argument, and awaits its acknowledgement.
    pub fn emit_named_with_ack<T: Serialize + ?Sized, R>(
        self,
        name: &str,
        value: &T,
        timeout: Option<Duration>,
    ) -> Ack<R> {
        match arguments(name, value) {
            Ok(arguments) => self.emit_args_with_ack(arguments, timeout),
            Err(error) => Wait::failed(AckError::Emit(error)).into_ack(),
        }
    }

    /// Emits an event with any number of arguments and awaits its acknowledgement.
    pub fn emit_args_with_ack<R>(self, arguments: Arguments, timeout: Option<Duration>) -> Ack<R> {
        self.emit_and_wait(arguments, timeout).into_ack()
    }

    fn emit_and_wait(self, arguments: Arguments, timeout: Option<Duration>) -> Wait {
        let (wait, waiter) = Wait::new();
        let options = EmitOptions {
            ack: true,
            timeout,
            volatile: false,
        };
        let now = run::entered();
        // The waiter has its place before anything can come of the emit.
        let emitted = table::with(|table| {
            let entry = table.sockets.get(self.0)?;
            let (key, id) = (entry.connection, entry.id);
            let connection = table.connections.get_mut(key)?;
            let emitted = connection.manager.emit(id, arguments, options, now);
            if let Ok(Emitted { ack: Some(ack), .. }) = emitted {
                connection.waiters.push((id, ack, waiter));
            }
            Some((key, emitted))
        });
        match emitted {
            None => Wait::failed(AckError::Emit(EmitError::NoSocket)),
            Some((key, emitted)) => {
                run::drain(key);
                match emitted {
                    Ok(emitted) => match emitted.ack {
                        Some(id) => wait.pending(self.0, id),
                        None => wait,
                    },
                    Err(error) => Wait::failed(AckError::Emit(error)),
                }
            }
        }
    }

    fn emit_with(self, arguments: Arguments, options: EmitOptions) -> Result<Emitted, EmitError> {
        run::with_socket(self.0, |manager, id, now| {
            manager.emit(id, arguments, options, now)
        })
        .unwrap_or(Err(EmitError::NoSocket))
    }
}

/// Listening.
impl Socket {
    /// Hears a typed event. One that can't be decoded is told on the console; see [`try_on`](Self::try_on).
    pub fn on<E>(self, mut listener: impl FnMut(E) + 'static) -> Subscription
    where
        E: Event + DeserializeOwned + 'static,
    {
        self.try_on::<E>(move |event| match event {
            Ok(event) => listener(event),
            Err(error) => warn(E::NAME, &error),
        })
    }

    /// Hears a typed event, or why it can't be decoded.
    pub fn try_on<E>(
        self,
        mut listener: impl FnMut(Result<E, json::DecodeError>) + 'static,
    ) -> Subscription
    where
        E: Event + DeserializeOwned + 'static,
    {
        let callback = move |message: &Message<'_>| {
            if let Some(event) = message.typed() {
                listener(event);
            }
        };
        let topic = Topic::Event(E::NAME.into());
        let callback = Callback::Message(Box::new(callback));
        self.listen(topic, Listens::Reading, callback)
    }

    /// Hears the next typed event only.
    pub fn once<E>(self, listener: impl FnOnce(E) + 'static) -> Subscription
    where
        E: Event + DeserializeOwned + 'static,
    {
        let mut listener = Some(listener);
        let callback = move |message: &Message<'_>| match (message.arg(0), listener.take()) {
            (Ok(event), Some(listener)) => listener(event),
            (Err(error), _) => warn(E::NAME, &error),
            (Ok(_), None) => {}
        };
        let topic = Topic::Event(E::NAME.into());
        let callback = Callback::Message(Box::new(callback));
        self.listen(topic, Listens::Once, callback)
    }

    /// Hears an event by its name, to be decoded by the listener, and answered where the server waits.
    pub fn on_named(
        self,
        name: &str,
        listener: impl FnMut(&Message<'_>) + 'static,
    ) -> Subscription {
        self.listen(
            Topic::Event(name.into()),
            Listens::Always,
            Callback::Message(Box::new(listener)),
        )
    }

    /// Hears every event, before those who listen by name.
    pub fn on_any(self, listener: impl FnMut(&Message<'_>) + 'static) -> Subscription {
        self.listen(
            Topic::Any,
            Listens::Always,
            Callback::Message(Box::new(listener)),
        )
    }

    /// Hears each connect, the first and every later one.
    pub fn on_connect(self, listener: impl FnMut() + 'static) -> Subscription {
        self.listen(
            Topic::Connect,
            Listens::Always,
            Callback::Connect(Box::new(listener)),
        )
    }

    /// Hears why it could not be connected. Whether that is final, [`is_active`](Self::is_active) tells.
    pub fn on_connect_error(self, listener: impl FnMut(&ConnectError) + 'static) -> Subscription {
        self.listen(
            Topic::ConnectError,
            Listens::Always,
            Callback::ConnectError(Box::new(listener)),
        )
    }

    /// Hears each disconnect.
    pub fn on_disconnect(self, listener: impl FnMut(&Disconnect) + 'static) -> Subscription {
        self.listen(
            Topic::Disconnect,
            Listens::Always,
            Callback::Disconnect(Box::new(listener)),
        )
    }

    /// Hears every event that goes out, when it is given to the transport: what waits for a connection is heard once
    /// it is there. Acknowledgements are not heard.
    pub fn on_any_outgoing(self, listener: impl FnMut(&Message<'_>) + 'static) -> Subscription {
        table::with(|table| {
            table.sockets.get_mut(self.0)?.outgoing = Some(dispatch::outgoing);
            Some(())
        });
        run::with_socket(self.0, |manager, id, _| manager.tell_outgoing(id, true));
        self.listen(
            Topic::AnyOutgoing,
            Listens::Always,
            Callback::Message(Box::new(listener)),
        )
    }

    /// Hears what happens to the connection that it shares: attempts, errors, heartbeats, round trips.
    pub fn on_connection(self, listener: impl FnMut(&ConnectionEvent) + 'static) -> Subscription {
        self.listen(
            Topic::Connection,
            Listens::Always,
            Callback::Connection(Box::new(listener)),
        )
    }

    /// Hears each change of the status.
    pub fn on_status(self, listener: impl FnMut(&Status) + 'static) -> Subscription {
        self.listen(
            Topic::Status,
            Listens::Always,
            Callback::Status(Box::new(listener)),
        )
    }

    fn listen(self, topic: Topic, listens: Listens, callback: Callback) -> Subscription {
        // Of a socket that is gone, the listener is dropped out here, with nothing borrowed.
        let mut callback = Some(callback);
        let id = table::with(|table| {
            let listeners = &mut table.sockets.get_mut(self.0)?.listeners;
            let id = table.next_listener;
            table.next_listener += 1;
            let callback = Slot::Here(callback.take()?);
            listeners.push(Listener {
                id,
                topic,
                listens,
                callback,
            });
            Some(id)
        });
        Subscription {
            socket: self.0,
            listener: id.unwrap_or(0),
        }
    }
}

fn arguments<T: Serialize + ?Sized>(name: &str, value: &T) -> Result<Arguments, EmitError> {
    let mut arguments = Arguments::event(name)?;
    arguments.push(value)?;
    Ok(arguments)
}

fn warn(name: &str, error: &json::DecodeError) {
    let name = json::to_string(name).unwrap_or_default();
    let text = format!("socketio: the event {name} can't be decoded: {error}");
    web_sys::console::warn_1(&text.into());
}
