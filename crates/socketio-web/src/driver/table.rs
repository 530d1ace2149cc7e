//! The table of the current thread's sockets, which the `Copy` handles refer to.
//!
//! No user code (a listener, a future) is called or dropped while the table is borrowed.

use std::cell::{RefCell, RefMut};
use std::mem;
use std::rc::Rc;
use std::time::Duration;

use socketio_proto::Instant;
use socketio_proto::manager::{ConnectError, SocketId};
use socketio_proto::packet::Frame;

use super::auth::AuthProvider;
use super::connection::Connection;
use super::listener::Listener;
use super::page_events::PageEvents;
use super::slab::{Key, Slab};
use crate::event::Status;

pub(crate) struct Table {
    pub(crate) connections: Slab<Connection>,
    pub(crate) sockets: Slab<Entry>,
    /// The listeners to the page, while there is a connection.
    pub(crate) page_events: Option<PageEvents>,
    /// The id of the next listener; 0 refers to none.
    pub(crate) next_listener: u64,
}

impl Table {
    /// Whether the page was left, or frozen, and is not back.
    pub(crate) fn is_page_left(&self) -> bool {
        self.page_events.as_ref().is_some_and(|page| page.is_left)
    }

    /// Takes the listeners to the page once there is no connection. Those of a page that was left
    /// stay, to detect its return.
    pub(crate) fn take_unused_page_events(&mut self) -> Option<PageEvents> {
        match self.connections.is_empty() && !self.is_page_left() {
            true => self.page_events.take(),
            false => None,
        }
    }
}

/// One socket: its connection and its listeners.
pub(crate) struct Entry {
    pub(crate) connection: Key,
    pub(crate) id: SocketId,
    pub(crate) status: Status,
    /// Why the last attempt to connect failed, or the last connection ended; cleared when another
    /// one is requested or succeeds.
    pub(crate) error: Option<Rc<ConnectError>>,
    /// When the namespace is requested again on an open connection, and the delay until then when
    /// it was first known.
    pub(crate) request: Option<(Instant, Duration)>,
    pub(crate) listeners: Vec<Listener>,
    /// Whether some listeners are gone and have to be removed.
    pub(crate) has_gone: bool,
    pub(crate) auth: Option<AuthProvider>,
    /// Reports outgoing packets, once a listener to them was added.
    pub(crate) outgoing: Option<fn(Key, Frame)>,
}

impl Entry {
    /// Removes the listeners that are gone, if there are any.
    pub(crate) fn take_away_gone(&mut self) {
        if mem::take(&mut self.has_gone) {
            self.listeners.retain(|listener| !listener.is_gone());
        }
    }
}

thread_local! {
    /// Leaked, to live as long as the thread: borrowing it is then one function, not code at each
    /// call.
    static TABLE: &'static RefCell<Table> = Box::leak(Box::new(RefCell::new(Table {
        connections: Slab::new(),
        sockets: Slab::new(),
        page_events: None,
        next_listener: 1,
    })));
}

/// Borrows the table. Returns `None` if `f` does, or if the table is borrowed already, which is a
/// bug in this crate.
pub(crate) fn with<R>(f: impl FnOnce(&mut Table) -> Option<R>) -> Option<R> {
    f(&mut *borrowed()?)
}

#[inline(never)]
fn borrowed() -> Option<RefMut<'static, Table>> {
    let borrowed = TABLE.try_with(|table| table.try_borrow_mut()).ok()?;
    debug_assert!(
        borrowed.is_ok(),
        "the table is borrowed while something of the user's runs"
    );
    borrowed.ok()
}
