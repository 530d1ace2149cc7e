//! One session and its limits.

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

/// The time in which queued packets may still be sent when the server ends a session.
const FAREWELL: Duration = Duration::from_secs(3);

/// The interval at which this is checked.
const SERVED_INTERVAL: Duration = Duration::from_millis(20);

/// The limits of one session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The rate of events that the client may send.
    pub(crate) events: Rate,
    /// The limits on queued packets.
    pub(crate) outgoing: Bounds,
}

/// What this server knows about a session. The handshake request carries it as an extension, and
/// the engine keeps that request as long as the session, so both are dropped together.
#[derive(Debug)]
pub(crate) struct Session {
    /// The address of the client.
    pub(crate) address: IpAddr,
    /// Whether the page is in English.
    pub(crate) english: bool,
    limits: Limits,
    events: Bucket,
    outgoing: Outgoing,
    /// The connection of the WebSocket, also while the upgrade is under way; `None` while polling.
    connection: Mutex<Option<Arc<Connection>>>,
    has_ended: AtomicBool,
    /// The socket in the orchard's namespace, if there is one.
    member: Mutex<Option<Arc<Member>>>,
    /// The engine's session id, if requests look the session up by it.
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

    /// Returns the session of a socket. Every request that opens a session carries one.
    pub(crate) fn of(socket: &Socket) -> Option<&Arc<Self>> {
        socket.req_parts().extensions.get()
    }

    /// Registers the session id for later requests. A session that begins as a WebSocket needs no
    /// further requests.
    pub(crate) fn register(self: &Arc<Self>, sid: Sid) {
        if self.sid.set(sid).is_ok() {
            self.place.all().insert(sid, self);
        }
    }

    /// Sets the connection that carries the session from now on.
    pub(crate) fn set_connection(&self, connection: &Arc<Connection>) {
        connection.count_for(self.outgoing.sent());
        *lock(&self.connection) = Some(Arc::clone(connection));
    }

    /// Counts the bytes of an answered poll.
    pub(crate) fn polled(&self, bytes: u64) {
        self.outgoing.sent().fetch_add(bytes, Ordering::Relaxed);
    }

    /// Returns whether the client may send an event of this size, and counts it. A long event
    /// counts as several: one more per KiB.
    pub(crate) fn may_send(&self, bytes: usize, now: Duration) -> bool {
        let tokens = 1 + u64::try_from(bytes / 1024).unwrap_or(u64::MAX - 1);
        self.events.take(self.limits.events, tokens, now)
    }

    /// Records a packet that is about to be queued.
    ///
    /// # Errors
    /// Returns an error if it must not be queued and the session has to end.
    pub(crate) fn queue(&self, size: Size, transport: TransportType) -> Result<(), Overflow> {
        self.outgoing
            .add(size.over(transport), self.limits.outgoing)
    }

    /// Returns whether everything queued has been sent.
    pub(crate) fn is_served(&self) -> bool {
        self.outgoing.is_empty()
    }

    /// Like [`queue`](Self::queue), for the last packets of the session, to which no limit applies.
    pub(crate) fn queue_last(&self, size: Size, transport: TransportType) {
        let bounds = Bounds {
            bytes: usize::MAX,
            packets: usize::MAX,
        };
        let _ = self.outgoing.add(size.over(transport), bounds);
    }

    /// Ends the session from the server's side. Queued packets are still sent, within [`FAREWELL`].
    pub(crate) fn end(self: &Arc<Self>) {
        self.has_ended.store(true, Ordering::Release);
        // A polling session ends with its next request.
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

    /// Removes the member, unless another one has been set meanwhile.
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
