//! One session, and what it may cost.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use socketioxide::TransportType;
use socketioxide::socket::{Sid, Socket};
use tokio::time::{sleep, timeout};

use super::outgoing::{Bounds, Outgoing, Overflow, Size};
use super::places::{Place, lock};
use crate::net::Connection;
use crate::orchard::Member;
use crate::rate::{Bucket, Rate};

/// How long what is queued has to go out when a session is ended.
const FAREWELL: Duration = Duration::from_secs(3);

/// How often it is looked whether it has.
const SERVED_INTERVAL: Duration = Duration::from_millis(20);

/// What one session may cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The events that it may send.
    pub(crate) events: Rate,
    /// What may wait for it.
    pub(crate) outgoing: Bounds,
}

/// What this server knows of a session. The request of its handshake carries it, and the engine keeps that request for as
/// long as it keeps the session: so this lives as long, and is dropped with it.
#[derive(Debug)]
pub(crate) struct Session {
    /// Where it comes from.
    pub(crate) address: IpAddr,
    /// Whether its page is English.
    pub(crate) english: bool,
    limits: Limits,
    events: Bucket,
    outgoing: Outgoing,
    /// The WebSocket that carries it, or will when it is upgraded; none for one that is polling.
    connection: Mutex<Option<Arc<Connection>>>,
    has_ended: AtomicBool,
    /// Its socket in the orchard, if it has one now.
    member: Mutex<Option<Arc<Member>>>,
    /// The engine's id of it, if requests find it by that.
    sid: OnceLock<Sid>,
    place: Place<Session>,
}

impl Session {
    pub(super) fn new(address: IpAddr, english: bool, limits: Limits, place: Place<Self>) -> Self {
        Self {
            address,
            english,
            limits,
            events: Bucket::default(),
            outgoing: Outgoing::default(),
            connection: Mutex::default(),
            has_ended: false.into(),
            member: Mutex::default(),
            sid: OnceLock::new(),
            place,
        }
    }

    /// The session of a socket; every request that opens one was given it.
    pub(crate) fn of(socket: &Socket) -> Option<&Arc<Self>> {
        socket.req_parts().extensions.get()
    }

    /// Lets requests that name its id find it. One that begins as a WebSocket needs no more requests.
    pub(crate) fn register(self: &Arc<Self>, sid: Sid) {
        if self.sid.set(sid).is_ok() {
            self.place.all().insert(sid, self);
        }
    }

    /// This connection carries it from now on.
    pub(crate) fn set_connection(&self, connection: &Arc<Connection>) {
        connection.count_for(self.outgoing.sent());
        *lock(&self.connection) = Some(Arc::clone(connection));
    }

    /// A poll was answered with so many bytes.
    pub(crate) fn polled(&self, bytes: u64) {
        self.outgoing.sent().fetch_add(bytes, Ordering::Relaxed);
    }

    /// Takes events from what it may send; false if that is too many. A long one counts as several: one a KiB.
    pub(crate) fn may_send(&self, bytes: usize, now: Duration) -> bool {
        let tokens = 1 + u64::try_from(bytes / 1024).unwrap_or(u64::MAX - 1);
        self.events.take(self.limits.events, tokens, now)
    }

    /// Something is about to be queued for it.
    ///
    /// # Errors
    /// When that must not be, and it has to be ended.
    pub(crate) fn queue(&self, size: Size, transport: TransportType) -> Result<(), Overflow> {
        self.outgoing
            .add(size.over(transport), self.limits.outgoing)
    }

    /// Whether all that was queued is on its way.
    pub(crate) fn is_served(&self) -> bool {
        self.outgoing.is_empty()
    }

    /// As [`queue`](Self::queue), of its last words, for which there is always room.
    pub(crate) fn queue_last(&self, size: Size, transport: TransportType) {
        let bounds = Bounds {
            bytes: usize::MAX,
            packets: usize::MAX,
        };
        let _ = self.outgoing.add(size.over(transport), bounds);
    }

    /// Ends it, from the server's side. What was queued goes out, within [`FAREWELL`].
    pub(crate) fn end(self: &Arc<Self>) {
        self.has_ended.store(true, Ordering::Release);
        // One that is polling ends when it asks next.
        if let Some(connection) = lock(&self.connection).clone() {
            let session = Arc::clone(self);
            tokio::spawn(async move {
                connection.ignore();
                let served = async {
                    while !session.is_served() {
                        sleep(SERVED_INTERVAL).await;
                    }
                };
                let _ = timeout(FAREWELL, served).await;
                connection.end();
                sleep(SERVED_INTERVAL).await;
                connection.cut();
            });
        }
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }

    pub(crate) fn member(&self) -> Option<Arc<Member>> {
        lock(&self.member).clone()
    }

    pub(crate) fn set_member(&self, member: Arc<Member>) {
        *lock(&self.member) = Some(member);
    }

    /// It has left, unless another has come meanwhile.
    pub(crate) fn remove_member(&self, member: &Arc<Member>) {
        let mut current = lock(&self.member);
        if current.as_ref().is_some_and(|it| Arc::ptr_eq(it, member)) {
            *current = None;
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(sid) = self.sid.get() {
            self.place.all().remove(sid);
        }
    }
}
