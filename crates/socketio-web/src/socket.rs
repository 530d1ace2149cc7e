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

/// A namespace of a server, to emit events to and to receive events from.
///
/// A small `Copy` handle to a socket of the current thread, which any closure can capture. On
/// another thread it refers to no socket. The socket lives until [`remove`](Self::remove).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Socket(Key);

/// Disconnecting and removing.
impl Socket {
    pub(crate) fn new(key: Key) -> Self {
        Self(key)
    }

    pub(crate) fn request_connect(self) {
        table::with(|table| table.sockets.get_mut(self.0)?.error.take());
        run::with_socket(self.0, |manager, id, now| manager.connect(id, now));
    }

    /// Disconnects. The socket stays disconnected until [`connect`](Self::connect) is called.
    pub fn disconnect(self) {
        run::with_socket(self.0, |manager, id, now| manager.disconnect(id, now));
    }

    /// Disconnects and removes the socket: its listeners are not called any more, pending
    /// acknowledgements end with [`AckError::Removed`], and the connection is closed with its last
    /// socket.
    pub fn remove(self) {
        // Listeners are removed first: this disconnect is not reported to them.
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

/// Changing options.
impl Socket {
    /// Sets the payload of each CONNECT from now on.
    ///
    /// # Errors
    /// If the value does not serialize as an object.
    pub fn set_auth<T: Serialize + ?Sized>(self, value: &T) -> Result<(), AuthError> {
        let auth = Auth::object(value)?;
        run::with_socket(self.0, |manager, id, now| manager.set_auth(id, auth, now));
        Ok(())
    }

    /// Replaces the parameters that the builder's [`query`](crate::Builder::query) added to the
    /// address of the connection, which other sockets may share; those of the URL stay. Takes
    /// effect at the next attempt.
    pub fn set_query(self, query: &[(&str, &str)]) {
        let query: Vec<(String, String)> = query
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        table::with(|table| {
            let entry = table.sockets.get(self.0)?;
            let connection = table.connections.get_mut(entry.connection)?;
            // The query is escaped, so the last `?` starts it.
            let (endpoint, _) = connection.url.rsplit_once('?')?;
            connection.url = url::websocket(&connection.server, endpoint, &query);
            Some(())
        });
    }

    /// Changes the options of the connection, which other sockets may share. They take effect at
    /// the next attempt; a pending back-off is cancelled if reconnection is disabled.
    pub fn configure(self, change: impl FnOnce(&mut Config)) {
        // `change` is the user's code: it runs while nothing is borrowed.
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

/// Reading the state.
impl Socket {
    /// Returns the status of the socket.
    pub fn status(self) -> Status {
        table::with(|table| Some(table.sockets.get(self.0)?.status.clone())).unwrap_or_default()
    }

    /// Returns whether the socket is connected.
    pub fn is_connected(self) -> bool {
        run::look(self.0, |connection, id| {
            Some(connection.manager.is_connected(id))
        })
        .unwrap_or(false)
    }

    /// Returns whether the socket is connected, or is going to connect without a further call.
    pub fn is_active(self) -> bool {
        run::look(self.0, |connection, id| {
            Some(connection.manager.is_active(id))
        })
        .unwrap_or(false)
    }

    /// Returns the id of the socket on the server, while it is connected.
    pub fn id(self) -> Option<String> {
        run::look(self.0, |connection, id| {
            connection.manager.id(id).map(Into::into)
        })
    }

    /// Returns whether the socket has not been removed.
    pub fn exists(self) -> bool {
        table::with(|table| table.sockets.get(self.0).map(|_| ())).is_some()
    }

    /// Returns why the last attempt to connect failed, or why the last connection ended unless this
    /// side ended it ([`ConnectError::Disconnected`]); `None` once [`connect`](Self::connect) is
    /// called or the socket is connected.
    pub fn last_error(self) -> Option<ConnectError> {
        let error = table::with(|table| table.sockets.get(self.0)?.error.clone())?;
        Some(ConnectError::clone(&error))
    }

    /// Returns how long a packet and its answer take on the connection; `None` until a packet was
    /// answered.
    pub fn round_trip(self) -> Option<RoundTrip> {
        run::look(self.0, |connection, _| connection.manager.round_trip())
    }

    /// Returns the namespace of the socket; `None` once the socket is removed.
    pub fn namespace(self) -> Option<String> {
        run::look(self.0, |connection, id| {
            connection.manager.namespace(id).map(Into::into)
        })
    }

    /// Returns whether the server restored the session at the last connect.
    pub fn is_recovered(self) -> bool {
        run::look(self.0, |connection, id| {
            Some(connection.manager.is_recovered(id))
        })
        .unwrap_or(false)
    }

    /// Returns the number of listeners for events of this name; catch-alls are not counted.
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

    /// Returns the number of packets that wait for the connection.
    pub fn buffered(self) -> usize {
        run::look(self.0, |connection, id| {
            Some(connection.manager.buffered(id))
        })
        .unwrap_or(0)
    }

    /// Drops the packets that wait for the connection, and returns their number.
    pub fn clear_buffer(self) -> usize {
        run::with_socket(self.0, |manager, id, _| manager.clear_buffer(id)).unwrap_or(0)
    }

    /// Returns the text frames of the packets that wait for the connection, oldest first.
    pub fn buffer(self) -> Vec<String> {
        run::look(self.0, |connection, id| {
            Some(connection.manager.buffer(id).map(Into::into).collect())
        })
        .unwrap_or_default()
    }

    /// Returns the number of bytes that were passed to the browser and not yet to the network.
    pub fn buffered_amount(self) -> u32 {
        let transport = run::look(self.0, |connection, _| connection.transport());
        transport.map_or(0, |transport| transport.buffered_amount())
    }
}

/// Emitting.
impl Socket {
    /// Emits a typed event: sends it, or buffers it until the socket is connected. Returns which of
    /// these happened.
    ///
    /// # Errors
    /// If the event can't be encoded, exceeds a limit, or the send buffer is full.
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

    /// Emits a typed event that is dropped instead of buffered if it can't be sent at once: because
    /// the socket is not connected, or the browser still holds earlier data.
    ///
    /// # Errors
    /// If the event can't be encoded, or exceeds a limit.
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

    /// Emits a typed event and returns a future of its acknowledgement, which waits at most for
    /// `timeout`. With `None` it waits for [`Builder::ack_timeout`](crate::Builder::ack_timeout),
    /// or without that until the socket disconnects.
    pub fn emit_with_ack<E>(self, event: &E, timeout: Option<Duration>) -> Ack<E::Ack>
    where
        E: Event + Serialize,
        E::Ack: AckPayload,
    {
        self.emit_named_with_ack(E::NAME, event, timeout)
    }

    /// Emits an event by its name, with one argument, and returns a future of its acknowledgement.
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

    /// Emits an event with any number of arguments, and returns a future of its acknowledgement.
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
        // The waiter is registered before the emit can have an effect.
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
    /// Calls `listener` for each event of type `E`. An event that can't be decoded is reported on
    /// the console; to handle it, use [`try_on`](Self::try_on).
    pub fn on<E>(self, mut listener: impl FnMut(E) + 'static) -> Subscription
    where
        E: Event + DeserializeOwned + 'static,
    {
        self.try_on::<E>(move |event| match event {
            Ok(event) => listener(event),
            Err(error) => warn(E::NAME, &error),
        })
    }

    /// Calls `listener` for each event of type `E`, with the error if it can't be decoded.
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

    /// Calls `listener` for the next event of type `E` only.
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

    /// Calls `listener` for each event of this name. The listener decodes the message, and can
    /// answer it if the server requests an acknowledgement.
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

    /// Calls `listener` for every event, before the listeners for its name.
    pub fn on_any(self, listener: impl FnMut(&Message<'_>) + 'static) -> Subscription {
        self.listen(
            Topic::Any,
            Listens::Always,
            Callback::Message(Box::new(listener)),
        )
    }

    /// Calls `listener` at each connect, the first and every later one.
    pub fn on_connect(self, listener: impl FnMut() + 'static) -> Subscription {
        self.listen(
            Topic::Connect,
            Listens::Always,
            Callback::Connect(Box::new(listener)),
        )
    }

    /// Calls `listener` with the error each time the socket could not be connected. The failure is
    /// final if [`is_active`](Self::is_active) returns false.
    pub fn on_connect_error(self, listener: impl FnMut(&ConnectError) + 'static) -> Subscription {
        self.listen(
            Topic::ConnectError,
            Listens::Always,
            Callback::ConnectError(Box::new(listener)),
        )
    }

    /// Calls `listener` at each disconnect.
    pub fn on_disconnect(self, listener: impl FnMut(&Disconnect) + 'static) -> Subscription {
        self.listen(
            Topic::Disconnect,
            Listens::Always,
            Callback::Disconnect(Box::new(listener)),
        )
    }

    /// Calls `listener` for every outgoing event when it is passed to the transport: a buffered
    /// event is reported once it is sent. Acknowledgements are not reported.
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

    /// Calls `listener` for the events of the connection that the socket shares: attempts, errors,
    /// heartbeats, round trips.
    pub fn on_connection(self, listener: impl FnMut(&ConnectionEvent) + 'static) -> Subscription {
        self.listen(
            Topic::Connection,
            Listens::Always,
            Callback::Connection(Box::new(listener)),
        )
    }

    /// Calls `listener` at each change of the status.
    pub fn on_status(self, listener: impl FnMut(&Status) + 'static) -> Subscription {
        self.listen(
            Topic::Status,
            Listens::Always,
            Callback::Status(Box::new(listener)),
        )
    }

    fn listen(self, topic: Topic, listens: Listens, callback: Callback) -> Subscription {
        // If the socket was removed, the callback is dropped here, while nothing is borrowed.
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
