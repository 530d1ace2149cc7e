use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Waker;

use futures_util::task::AtomicWaker;

/// A handle to one TCP connection, through which the rest of the server can stop it.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    stop: AtomicU8,
    reader: AtomicWaker,
    writer: AtomicWaker,
    /// The counter of written bytes, set once the connection carries a session.
    sent: OnceLock<Arc<AtomicU64>>,
}

/// How far a connection has been stopped. It only moves to a later variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stop {
    No,
    /// Received data is dropped. Queued data is still sent, and the reader stays open, since a
    /// WebSocket writes nothing once its reader has ended.
    Ignore,
    /// The reader gets an end of file.
    End,
    /// Nothing is read or written any more.
    Cut,
}

impl Connection {
    /// Counts the bytes written from now on for this session.
    pub(crate) fn count_for(&self, sent: &Arc<AtomicU64>) {
        // A connection carries one session at most: a WebSocket never goes back to HTTP.
        let _ = self.sent.set(Arc::clone(sent));
    }

    /// Drops the data received from now on.
    pub(crate) fn ignore(&self) {
        self.stop(Stop::Ignore);
    }

    /// Makes the reader see an end of file.
    pub(crate) fn end(&self) {
        self.stop(Stop::End);
    }

    /// Closes the connection at once, even if data is queued.
    pub(crate) fn cut(&self) {
        self.stop(Stop::Cut);
    }

    fn stop(&self, stop: Stop) {
        self.stop.fetch_max(stop as u8, Ordering::AcqRel);
        self.reader.wake();
        self.writer.wake();
    }

    /// Returns how far the connection has been stopped, and registers the reader's `waker` for
    /// changes.
    pub(super) fn on_read(&self, waker: &Waker) -> Stop {
        self.reader.register(waker);
        let stop = self.stop.load(Ordering::Acquire);
        [Stop::Cut, Stop::End, Stop::Ignore]
            .into_iter()
            .find(|it| *it as u8 == stop)
            .unwrap_or(Stop::No)
    }

    /// Returns whether the connection has been cut.
    pub(super) fn is_cut(&self) -> bool {
        self.stop.load(Ordering::Acquire) == Stop::Cut as u8
    }

    /// Like [`is_cut`](Self::is_cut), and registers the writer's `waker` for changes.
    pub(super) fn on_write(&self, waker: &Waker) -> bool {
        self.writer.register(waker);
        self.is_cut()
    }

    pub(super) fn wrote(&self, bytes: usize) {
        if let Some(sent) = self.sent.get() {
            sent.fetch_add(bytes as u64, Ordering::Relaxed);
        }
    }
}
