//! Passes commands, frames and the time to a manager, and carries out its outputs.

use std::cell::Cell;
use std::mem;
use std::rc::Rc;
use std::time::Duration;

use socketio_proto::Instant;
use socketio_proto::manager::{Manager, Output, SocketId, TransportEvent, TransportId};

use super::connection::{Connection, Opened, TransportRequest};
use super::page_events::PageEvents;
use super::slab::Key;
use super::table::{self, Table};
use super::{dispatch, trace};
use crate::sys::clock::{self, now};
use crate::sys::guard;
use crate::sys::text;
use crate::sys::timer::Timer;
use crate::sys::websocket::{Reading, Sink, Transport};

/// Calls `f` with the manager of a socket, then carries out the outputs.
pub(crate) fn with_socket<R>(
    socket: Key,
    f: impl FnOnce(&mut Manager, SocketId, Instant) -> R,
) -> Option<R> {
    let now = entered();
    let (connection, result) = table::with(|table| {
        let entry = table.sockets.get(socket)?;
        let (key, id) = (entry.connection, entry.id);
        let connection = table.connections.get_mut(key)?;
        Some((key, f(&mut connection.manager, id, now)))
    })?;
    drain(connection);
    Some(result)
}

/// Reads a socket's connection; causes no outputs.
pub(crate) fn look<R>(
    socket: Key,
    f: impl FnOnce(&Connection, SocketId) -> Option<R>,
) -> Option<R> {
    table::with(|table| {
        let entry = table.sockets.get(socket)?;
        f(table.connections.get(entry.connection)?, entry.id)
    })
}

/// Returns the sink for the events of a transport.
pub(crate) fn sink(key: Key, transport: TransportId) -> Sink {
    Rc::new(move |event| transport_event(key, transport, event))
}

fn transport_event(key: Key, transport: TransportId, event: TransportEvent) {
    trace::received(transport, &event);
    handle(key, |manager, now| {
        manager.handle_transport(transport, event, now)
    });
}

/// Passes an external event to a manager, then carries out the outputs.
pub(crate) fn handle(key: Key, f: impl FnOnce(&mut Manager, Instant)) {
    let now = entered();
    let handled = table::with(|table| {
        f(&mut table.connections.get_mut(key)?.manager, now);
        Some(())
    });
    if handled.is_some() {
        drain(key);
    }
}

/// Returns the time of an external event. If the device has slept meanwhile, the connections are
/// notified first.
pub(crate) fn entered() -> Instant {
    let now = now();
    if let Some(slept) = clock::take_slept() {
        handle_all(|_| true, &|manager, now| manager.handle_sleep(slept, now));
    }
    now
}

/// Calls [`handle`] for each connection to a host that is `wanted`.
pub(crate) fn handle_all(wanted: fn(&str) -> bool, f: &dyn Fn(&mut Manager, Instant)) {
    let keys: Option<Vec<Key>> = table::with(|table| {
        let is_wanted = |connection: &Connection| wanted(&connection.server.hostname);
        let connections = table.connections.iter();
        let wanted = connections.filter(|(_, connection)| is_wanted(connection));
        Some(wanted.map(|(key, _)| key).collect())
    });
    for key in keys.unwrap_or_default() {
        handle(key, f);
    }
}

/// Carries out all outputs, one at a time and while nothing is borrowed.
pub(crate) fn drain(key: Key) {
    let first = table::with(|table| {
        let connection = table.connections.get_mut(key)?;
        (!mem::replace(&mut connection.draining, true)).then_some(())
    });
    if first.is_none() {
        return;
    }
    loop {
        while let Some(output) =
            table::with(|table| table.connections.get_mut(key)?.manager.poll_output())
        {
            perform(key, output);
        }
        // A command such as `connect` changes the status without an event. The listeners to the
        // status may cause more outputs.
        if !dispatch::refresh_status(key) {
            break;
        }
    }
    finish(key);
}

fn perform(key: Key, output: Output) {
    trace::done(&output);
    match output {
        Output::OpenTransport(id) => open_transport(key, id),
        Output::CloseTransport(id) => {
            // Dropped, and thereby closed, while nothing is borrowed.
            let _closed = table::with(|table| {
                let transport = &mut table.connections.get_mut(key)?.transport;
                transport.take_if(|(open, _)| *open == id)
            });
        }
        Output::SendText(id, text) => {
            if let Some(transport) = opened(key, id) {
                transport.send_text(&text);
            }
        }
        Output::SendBinary(id, data) => {
            if let Some(transport) = opened(key, id) {
                transport.send_binary(&data);
            }
        }
        Output::Event(event) => dispatch::event(key, event),
        _ => {}
    }
}

fn open_transport(key: Key, id: TransportId) {
    let address = table::with(|table| {
        let connection = table.connections.get(key)?;
        let limit = connection.manager.config().limits.packet_bytes;
        // A message also contains the type of its Engine.IO packet.
        let limit = u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1);
        Some((connection.url.clone(), connection.protocols.clone(), limit))
    });
    let Some((url, protocols, limit)) = address else {
        return;
    };
    let (opened, news) = take_over(key, id, &url).unwrap_or_else(|| {
        match Transport::open(&url, &protocols, limit, sink(key, id)) {
            Ok(transport) => (Some(Rc::new(transport)), None),
            Err(text) => {
                // Reported in a later task, so that the caller of `connect` can add listeners first
                // (W6).
                let text = Cell::new(Some(text));
                let tell = move || {
                    if let Some(text) = text.take() {
                        transport_event(key, id, TransportEvent::Failed(text));
                    }
                };
                (None, Some(Timer::new(0, tell)))
            }
        }
    });
    if let Some(transport) = &opened {
        let text = text::read;
        transport.read_by(Reading { text, limit });
    }
    let superseded = table::with(|table| {
        let connection = table.connections.get_mut(key)?;
        let opened = opened.map(|transport| (id, transport));
        let transport = mem::replace(&mut connection.transport, opened);
        Some((transport, mem::replace(&mut connection.news, news)))
    });
    guard::dispose(superseded);
}

/// Takes over the transport that was opened ahead, if it fits; at most once.
fn take_over(connection: Key, transport: TransportId, url: &str) -> Option<Opened> {
    let (socket, namespace, take_over) = table::with(|table| {
        let connection = table.connections.get_mut(connection)?;
        let (socket, take_over) = connection.take_over.take()?;
        Some((
            socket,
            connection.manager.namespace(socket)?.to_owned(),
            take_over,
        ))
    })?;
    take_over(TransportRequest {
        connection,
        transport,
        socket,
        namespace: &namespace,
        url,
    })
}

/// Returns the transport with this id, if it is still open.
#[inline(never)]
fn opened(key: Key, id: TransportId) -> Option<Rc<Transport>> {
    table::with(|table| {
        let (open, transport) = table.connections.get(key)?.transport.as_ref()?;
        (*open == id).then(|| Rc::clone(transport))
    })
}

/// Sets the timer, or removes a connection that no socket needs.
fn finish(key: Key) {
    let unused = table::with(|table| {
        let connection = table.connections.get_mut(key)?;
        connection.draining = false;
        for (_, socket) in &connection.sockets {
            if let Some(entry) = table.sockets.get_mut(*socket) {
                entry.take_away_gone();
            }
        }
        connection.sockets.is_empty().then(|| take(table, key))
    });
    match unused {
        Some(unused) => guard::dispose(unused),
        None => set_timer(key),
    }
}

fn take(table: &mut Table, key: Key) -> (Option<Connection>, Option<PageEvents>) {
    let connection = table.connections.remove(key);
    (connection, table.take_unused_page_events())
}

/// How late a timer may fire before it is replaced. It is not shorter, so that a timer without a
/// delay can fire before it is replaced.
const LATE: Duration = Duration::from_secs(1);

fn set_timer(key: Key) {
    // The old timer is dropped and the new one created while nothing is borrowed: the page may have
    // replaced `setTimeout`.
    let change = table::with(|table| {
        let connection = table.connections.get_mut(key)?;
        let at = connection.manager.poll_timeout();
        // A timer that fires early finds nothing due and is set again, which is cheaper than
        // replacing it at each heartbeat. A timer that is overdue runs by a clock that differs from
        // ours, and is replaced as well.
        let now = clock::last();
        let is_set = |at| {
            let timer = connection.timer.as_ref();
            timer.is_some_and(|(set, _)| *set <= at && *set + LATE > now)
        };
        (!at.is_some_and(is_set)).then(|| (connection.timer.take(), at))
    });
    let Some((before, at)) = change else { return };
    drop(before);
    let Some(at) = at else { return };
    let delay = at.as_millis().saturating_sub(now().as_millis());
    let delay = u32::try_from(delay).unwrap_or(u32::MAX);
    let timer = Timer::new(delay, move || timeout(key));
    let _before = table::with(|table| {
        let connection = table.connections.get_mut(key)?;
        connection.timer.replace((at, timer))
    });
}

fn timeout(key: Key) {
    let _rung = table::with(|table| table.connections.get_mut(key)?.timer.take());
    handle(key, |manager, now| manager.handle_timeout(now));
}
