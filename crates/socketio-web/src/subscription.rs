use std::mem;

use crate::driver::listener::Slot;
use crate::driver::slab::Key;
use crate::driver::table;

/// Keeps a listener; dropping it ends the listening, at once, even within a dispatch.
#[derive(Debug)]
#[must_use = "the listener ends when this is dropped: keep it, or call `forget`"]
pub struct Subscription {
    pub(crate) socket: Key,
    pub(crate) listener: u64,
}

impl Subscription {
    /// Lets the listener live as long as its socket.
    pub fn forget(mut self) {
        self.listener = 0;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let (socket, id) = (self.socket, self.listener);
        // What the listener holds is dropped when nothing is borrowed: it may hold subscriptions itself.
        let _callback = table::with(|table| {
            let entry = table.sockets.get_mut(socket)?;
            let is_draining = table.connections.get(entry.connection)?.is_draining();
            let listener = entry.listeners.iter_mut().find(|it| it.id == id)?;
            let callback = mem::replace(&mut listener.callback, Slot::Gone);
            entry.has_gone = true;
            // While events are dispatched, the others keep their places.
            if !is_draining {
                entry.take_away_gone();
            }
            Some(callback)
        });
    }
}
