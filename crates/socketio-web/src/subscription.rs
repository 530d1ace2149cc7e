use std::mem;

use crate::driver::listener::Slot;
use crate::driver::slab::Key;
use crate::driver::table;

/// A guard that keeps a listener registered. Dropping it removes the listener at once, even during
/// a dispatch.
#[derive(Debug)]
#[must_use = "the listener ends when this is dropped: keep it, or call `forget`"]
pub struct Subscription {
    pub(crate) socket: Key,
    pub(crate) listener: u64,
}

impl Subscription {
    /// Keeps the listener for as long as its socket exists.
    pub fn forget(mut self) {
        self.listener = 0;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let (socket, id) = (self.socket, self.listener);
        // The callback is dropped while nothing is borrowed: it may hold subscriptions itself.
        let _callback = table::with(|table| {
            let entry = table.sockets.get_mut(socket)?;
            let is_draining = table.connections.get(entry.connection)?.is_draining();
            let listener = entry.listeners.iter_mut().find(|it| it.id == id)?;
            let callback = mem::replace(&mut listener.callback, Slot::Gone);
            entry.has_gone = true;
            // During a dispatch, the other listeners must keep their positions.
            if !is_draining {
                entry.take_away_gone();
            }
            Some(callback)
        });
    }
}
