use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Waker;

use futures_util::task::AtomicWaker;

/// One TCP connection, as the rest of the server may act on it.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    stop: AtomicU8,
    reader: AtomicWaker,
    writer: AtomicWaker,
    /// Where what is written is counted, once it carries a session.
    sent: OnceLock<Arc<AtomicU64>>,
}

/// How far a connection has been stopped. It only goes on from one to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stop {
    No,
    /// What comes is dropped. What is on its way still goes out; WebSockets write nothing once their reader has ended.
    Ignore,
    /// The reader is told that the other side has ended.
    End,
    /// Nothing is read or written any more.
    Cut,
}

impl Connection {
    /// From now on what is written counts for this session.
    pub(crate) fn count_for(&self, sent: &Arc<AtomicU64>) {
        // It carries one session at most: a WebSocket never goes back to HTTP.
        let _ = self.sent.set(Arc::clone(sent));
    }

    /// Drops what comes from now on.
    pub(crate) fn ignore(&self) {
        self.stop(Stop::Ignore);
    }

    /// Takes the other side to have ended.
    pub(crate) fn end(&self) {
        self.stop(Stop::End);
    }

    /// Ends it at once, whatever is on its way.
    pub(crate) fn cut(&self) {
        self.stop(Stop::Cut);
    }

    fn stop(&self, stop: Stop) {
        self.stop.fetch_max(stop as u8, Ordering::AcqRel);
        self.reader.wake();
        self.writer.wake();
    }

    /// How far it has been stopped; whoever reads is woken when that changes.
    pub(super) fn on_read(&self, waker: &Waker) -> Stop {
        self.reader.register(waker);
        let stop = self.stop.load(Ordering::Acquire);
        [Stop::Cut, Stop::End, Stop::Ignore]
            .into_iter()
            .find(|it| *it as u8 == stop)
            .unwrap_or(Stop::No)
    }

    /// Whether it has been cut.
    pub(super) fn is_cut(&self) -> bool {
        self.stop.load(Ordering::Acquire) == Stop::Cut as u8
    }

    /// As [`is_cut`](Self::is_cut); whoever waits to write is woken when it is.
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
