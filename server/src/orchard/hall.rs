use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use futures_util::FutureExt;
use orchard_contract::Errno;
use orchard_contract::events::ErrorResponse;
use serde::Serialize;
use socketio_proto::Event;
use socketioxide::socket::{Sid, Socket};
use socketioxide::{BroadcastError, SendError, SocketError, SocketIo};

use super::wire;
use crate::counters::Counters;
use crate::session::{Overflow, Session, Size};

/// The room of sockets that are being disconnected. A player's room is named by the numeric id, so
/// none has this name.
const ENDED: &str = "\0ended";

/// The sockets of one namespace. Everything sent to them goes through here.
///
/// An event is queued for all of them in one step, so the order is kept, and its size is counted. A
/// socket that reads too slowly would lose events, so it is disconnected instead.
pub(super) struct Hall {
    namespace: &'static str,
    /// Set before the first socket connects.
    io: OnceLock<SocketIo>,
    counters: Arc<Counters>,
    sockets: RwLock<HashMap<Sid, Member>>,
}

/// A socket with its session, so that sending an event does not look up the session again.
struct Member {
    socket: Arc<Socket>,
    session: Option<Arc<Session>>,
}

/// Why the server disconnects a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The socket's queue is full.
    TooSlow,
    /// The socket sent events faster than the limit.
    TooFast,
    /// The sign-in that the socket was authenticated with has ended.
    SignedOut,
}

impl Hall {
    pub(super) fn new(namespace: &'static str, counters: Arc<Counters>) -> Self {
        Self {
            namespace,
            io: OnceLock::new(),
            counters,
            sockets: RwLock::default(),
        }
    }

    pub(super) fn set_io(&self, io: SocketIo) {
        // Set once, by the code that creates both.
        let _ = self.io.set(io);
    }

    pub(super) fn add(&self, socket: Arc<Socket>) {
        let session = Session::of(&socket).cloned();
        self.write().insert(socket.id, Member { socket, session });
    }

    pub(super) fn remove(&self, socket: &Socket) {
        self.write().remove(&socket.id);
    }

    pub(super) fn all(&self) -> Vec<Arc<Socket>> {
        let sockets = self.read();
        let all = sockets.values().map(|member| &member.socket);
        all.cloned().collect()
    }

    /// Returns the sockets in a room.
    pub(super) fn in_room(&self, room: &str) -> Vec<Arc<Socket>> {
        let io = self.io.get().and_then(|io| io.of(self.namespace));
        let found = io.map(|io| io.within(room.to_owned()).sockets());
        let sockets = self.read();
        let found = found.into_iter().flatten();
        found
            .filter_map(|it| Some(Arc::clone(&sockets.get(&it.id)?.socket)))
            .collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// Emits the event to all sockets.
    pub(super) fn emit<E: Event + Serialize>(&self, event: &E) {
        let size = wire::size(self.namespace, E::NAME, event);
        self.emit_sized(E::NAME, event, size);
    }

    /// Like [`emit`](Self::emit), with the size computed by the caller.
    pub(super) fn emit_sized(&self, name: &str, payload: &impl Serialize, size: Size) {
        let overflowing: Vec<_> = {
            let sockets = self.read();
            let overflows =
                |member: &&Member| !queue(&member.socket, member.session.as_deref(), size);
            let overflowing = sockets.values().filter(overflows);
            overflowing
                .map(|member| Arc::clone(&member.socket))
                .collect()
        };
        let Some(all) = self.io.get().and_then(|io| io.of(self.namespace)) else {
            return;
        };
        let all = all.except(ENDED);
        // All sockets are in this process, so the future completes at once.
        match all.emit(name, payload).now_or_never() {
            Some(Ok(())) => {}
            Some(Err(BroadcastError::Socket(_))) => self.end_those_that_are_full(),
            Some(Err(error)) => tracing::error!(name, %error, "an event is lost"),
            None => tracing::error!(name, "an event had to wait, and is lost"),
        }
        for socket in overflowing {
            self.end(&socket, Ending::TooSlow);
        }
    }

    /// Emits the event to one socket.
    pub(super) fn emit_to<E: Event + Serialize>(&self, socket: &Arc<Socket>, event: &E) {
        let size = wire::size(self.namespace, E::NAME, event);
        self.send(socket, size, || socket.emit(E::NAME, event));
    }

    /// Queues a packet of this size for one socket, and disconnects the socket if it does not fit.
    pub(super) fn send(
        &self,
        socket: &Arc<Socket>,
        size: Size,
        send: impl FnOnce() -> Result<(), SendError>,
    ) {
        let session = Session::of(socket).map(|session| &**session);
        let sent = if queue(socket, session, size) {
            send()
        } else {
            Err(SendError::Socket(SocketError::InternalChannelFull))
        };
        match sent {
            Ok(()) | Err(SendError::Socket(SocketError::Closed)) => {}
            Err(SendError::Socket(SocketError::InternalChannelFull)) => {
                self.end(socket, Ending::TooSlow);
            }
            Err(SendError::Serialize(error)) => tracing::error!(%error, "an event is lost"),
        }
    }

    /// Ends the session of a socket, and sends it the reason if it still reads.
    pub(super) fn end(&self, socket: &Arc<Socket>, ending: Ending) {
        let Some(session) = Session::of(socket) else {
            return;
        };
        if session.has_ended() {
            return;
        }
        let errno = match ending {
            Ending::TooSlow => Errno::TOO_SLOW,
            Ending::TooFast => Errno::TOO_MANY_EVENTS,
            Ending::SignedOut => Errno::TOKEN_INVALID,
        };
        let reason = ErrorResponse {
            errno: Some(errno),
            errmsg: errno.meaning_zh().map(str::to_owned),
        };
        // From here on only the reason is sent to the socket.
        socket.join(ENDED);
        let size = wire::size(self.namespace, ErrorResponse::NAME, &reason);
        session.queue_last(size, socket.transport_type());
        let _ = socket.emit(ErrorResponse::NAME, &reason);
        session.end();
        match ending {
            Ending::TooSlow => self.counters.sockets_overflowed.add(),
            Ending::TooFast => {
                self.counters.sockets_too_fast.add();
                self.disconnect(socket, session);
            }
            Ending::SignedOut => self.disconnect(socket, session),
        }
        let sid = session.member().map(|member| member.id.to_string());
        let namespace = self.namespace;
        tracing::warn!(namespace, sid, address = %session.address, %errno, "a socket is ended");
    }

    /// Sends DISCONNECT, so that the client does not reconnect by itself as it does after a lost
    /// transport.
    fn disconnect(&self, socket: &Arc<Socket>, session: &Session) {
        session.queue_last(
            wire::size_of_disconnect(self.namespace),
            socket.transport_type(),
        );
        let _ = Arc::clone(socket).disconnect();
    }

    /// Disconnects the sockets whose queue in the engine is full, which our own count should have
    /// prevented.
    fn end_those_that_are_full(&self) {
        for socket in self.all().iter().filter(|socket| is_full(socket)) {
            self.end(socket, Ending::TooSlow);
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<Sid, Member>> {
        self.sockets.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<Sid, Member>> {
        self.sockets.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a packet that is about to be queued for a socket. Returns `false` if it must not be
/// queued.
fn queue(socket: &Socket, session: Option<&Session>, size: Size) -> bool {
    // A socket without a session, or with one that has ended, needs no limit.
    session.is_none_or(|session| {
        session.has_ended() || session.queue(size, socket.transport_type()) != Err(Overflow)
    })
}

/// Returns whether the engine's queue for a socket is full. The engine reserves a place in the
/// queue before it serializes the payload. So emitting a payload that fails to serialize tests for
/// a place, and sends nothing.
fn is_full(socket: &Socket) -> bool {
    struct Nothing;

    impl Serialize for Nothing {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("nothing is to be sent"))
        }
    }

    let outcome = socket.emit("", &Nothing);
    matches!(
        outcome,
        Err(SendError::Socket(SocketError::InternalChannelFull))
    )
}
