//! What this thread's sockets are: the table that the `Copy` handles point into.
//!
//! Nothing of the user's (a listener, a future) is called or dropped while the table is borrowed.

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
    /// Listens to the page while there is a connection.
    pub(crate) page_events: Option<PageEvents>,
    /// Counts listeners; 0 names none.
    pub(crate) next_listener: u64,
}

impl Table {
    /// Whether the page was left, or frozen, and is not back.
    pub(crate) fn is_page_left(&self) -> bool {
        self.page_events.as_ref().is_some_and(|page| page.is_left)
    }

    /// The listeners on the page, which go with the last connection. Those of a page that was left stay: they know when it
    /// is back.
    pub(crate) fn take_unused_page_events(&mut self) -> Option<PageEvents> {
        match self.connections.is_empty() && !self.is_page_left() {
            true => self.page_events.take(),
            false => None,
        }
    }
}

/// One socket: its place on a connection, and who listens to it.
pub(crate) struct Entry {
    pub(crate) connection: Key,
    pub(crate) id: SocketId,
    pub(crate) status: Status,
    /// Why the last attempt to connect failed, or the last connection ended, until the next is asked for or succeeds.
    pub(crate) error: Option<Rc<ConnectError>>,
    /// When the namespace is asked for again on a connection that is open, and how long that was when it was known first.
    pub(crate) request: Option<(Instant, Duration)>,
    pub(crate) listeners: Vec<Listener>,
    /// Whether some of them hear no more and are to be taken away.
    pub(crate) has_gone: bool,
    pub(crate) auth: Option<AuthProvider>,
    /// Tells of packets that go out, where somebody listens to them.
    pub(crate) outgoing: Option<fn(Key, Frame)>,
}

impl Entry {
    /// Takes away the listeners that hear no more, if there are any.
    pub(crate) fn take_away_gone(&mut self) {
        if mem::take(&mut self.has_gone) {
            self.listeners.retain(|listener| !listener.is_gone());
        }
    }
}

thread_local! {
    /// For as long as the thread lives, so that to borrow it is one function and not a piece of each that does.
    static TABLE: &'static RefCell<Table> = Box::leak(Box::new(RefCell::new(Table {
        connections: Slab::new(),
        sockets: Slab::new(),
        page_events: None,
        next_listener: 1,
    })));
}

/// Borrows the table; `None` where `f` found nothing, or the table is borrowed already, which is a bug of ours.
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
