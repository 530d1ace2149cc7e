//! The client and the invariants of its outputs.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use socketio_proto::manager::{
    AckError, AckToken, CloseDetails, Config, ConnectError, ConnectionState, DisconnectReason,
    Event, Manager, SocketId,
};
use socketio_proto::packet::Packet;
use socketio_proto::{Auth, Instant, Overflow, Retries, SendBuffer, SocketOptions};

use crate::attempts::{Attempts, REACTION, Requests};
use crate::ledger::Ledger;
use crate::names::{self, Name, Set};
use crate::random::Random;
use crate::server::{Connect, Session};
use crate::world::Totals;

pub(crate) const NAMESPACES: [&str; 4] = ["/", "/retried", "/asked", "/b"];
pub(crate) const SEND_BUFFER: usize = 8;

/// How a namespace gets its auth.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// The auth is set.
    Plain,
    /// The auth is requested.
    Asked,
}

/// A model of one namespace, independent of its sockets.
#[derive(Debug)]
pub(crate) struct Namespace {
    pub(crate) kind: Kind,
    pub(crate) options: SocketOptions,
    pub(crate) user: Name,
    pub(crate) tracked: Option<Tracked>,
    pub(crate) requests: Requests,
    /// The session that the server granted on this connection.
    pub(crate) granted: Option<usize>,
    /// The user of a CONNECT that was sent, and that the server has not answered.
    pub(crate) pending: Option<Name>,
    /// The number of unanswered CONNECTs on this connection.
    pub(crate) unanswered: u32,
    /// Packets that the server sent on this connection, and that may end a session or prevent one.
    pub(crate) refused: bool,
    pub(crate) kicked: bool,
    pub(crate) incompatible: bool,
    pub(crate) requested_at: u64,
    /// When DISCONNECT was sent, and how often on this connection.
    pub(crate) left_at: u64,
    left_here: u32,
    /// When the user left it.
    pub(crate) withdrawn_at: u64,
    /// When a request for it was last delayed.
    pub(crate) delayed_at: u64,
    /// When its user last changed.
    pub(crate) switched_at: u64,
    /// The time of the failure right after which its socket was removed.
    pub(crate) removed_at: Option<u64>,
    /// When it was connected.
    pub(crate) since: u64,
    /// Events that were accepted with retries, and not dropped.
    pub(crate) promised: BTreeSet<u64>,
}

/// A model of one socket.
#[derive(Debug)]
pub(crate) struct Tracked {
    pub(crate) id: SocketId,
    /// The session of its last `Connected`.
    pub(crate) connected: Option<usize>,
    /// The sessions of events that were received before `Connected`.
    held: Vec<usize>,
    /// The session and the number of the last event that was received.
    last_event: Option<(usize, u64)>,
    /// Whether the user left the session, and CONNECT was not sent since.
    pub(crate) is_left: bool,
    /// The users that the auth has named since the user last left a session.
    pub(crate) users: Set,
    /// The user of each session that was left.
    pub(crate) left_as: Vec<Option<Name>>,
    /// The user that the last CONNECT named.
    pub(crate) requested_as: Option<Name>,
    /// The session that may be offered to the server for recovery.
    pub(crate) restorable: Option<usize>,
    /// The event of each awaited acknowledgement.
    pub(crate) waiting: BTreeMap<u64, u64>,
    /// Cancelled waits, until all outputs are carried out.
    pub(crate) cancelled: BTreeMap<u64, u64>,
    /// The tokens, each with its session and how often that was granted.
    pub(crate) tokens: Vec<(AckToken, (usize, u32))>,
    pub(crate) request: Option<u32>,
    was_refreshed: bool,
    was_active: bool,
    /// Whether an event has explained why it is no longer connecting.
    pub(crate) is_explained: bool,
    /// When it last made progress, on a clock that stops while nothing can run.
    pub(crate) progress: u64,
}

#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) manager: Manager,
    pub(crate) config: Config,
    pub(crate) namespaces: Vec<Namespace>,
    /// Removed sockets, until all outputs are carried out.
    pub(crate) removed: Vec<(usize, Tracked)>,
    pub(crate) ledger: Ledger,
    pub(crate) attempts: Attempts,
    /// When something last failed.
    pub(crate) failed: Option<u64>,
    pub(crate) is_suspended: bool,
    pub(crate) is_offline: bool,
    /// When the user last disabled reconnection.
    pub(crate) switched_off: Option<u64>,
    /// Whether the clock ran backwards: deadlines then pass at an unknown later time.
    pub(crate) is_bent: bool,
    /// When a namespace was first connected on this connection, while one is.
    stable: Option<u64>,
    is_open: bool,
    /// Whether it has just opened.
    has_opened: bool,
    pub(crate) opening_took: u64,
    pub(crate) totals: Totals,
    /// The clock of the client, and the clock of its progress.
    pub(crate) now: u64,
    pub(crate) awake: u64,
    /// When the last heartbeat was received.
    pub(crate) heartbeat: u64,
    /// When the next one is overdue, on the client's clock.
    pub(crate) heartbeat_due: u64,
}

impl Client {
    pub(crate) fn new(config: Config, random: &mut Random) -> Self {
        let namespaces = NAMESPACES.map(|name| Namespace {
            kind: match name {
                "/asked" => Kind::Asked,
                _ => Kind::Plain,
            },
            options: options(name, random),
            user: random.pick(&names::NAMES),
            tracked: None,
            requests: Requests::default(),
            granted: None,
            pending: None,
            unanswered: 0,
            refused: false,
            kicked: false,
            incompatible: false,
            requested_at: 0,
            left_at: 0,
            left_here: 0,
            withdrawn_at: 0,
            delayed_at: 0,
            switched_at: 0,
            removed_at: None,
            since: 0,
            promised: BTreeSet::new(),
        });
        let manager = Manager::new(config.clone(), random.next());
        Self {
            manager,
            config,
            namespaces: namespaces.into(),
            removed: Vec::new(),
            ledger: Ledger::default(),
            attempts: Attempts::default(),
            failed: None,
            is_suspended: false,
            is_offline: false,
            switched_off: None,
            is_bent: false,
            stable: None,
            is_open: false,
            has_opened: false,
            opening_took: 0,
            totals: Totals::default(),
            now: 1,
            awake: 0,
            heartbeat: 0,
            heartbeat_due: 0,
        }
    }

    pub(crate) fn instant(&self) -> Instant {
        Instant::from_millis(self.now)
    }

    /// Whether a request that is made now counts as a program's reaction.
    pub(crate) fn is_reaction(&self) -> bool {
        self.failed
            .is_some_and(|failed| self.now.saturating_sub(failed) < REACTION)
    }

    pub(crate) fn tracked(&mut self, id: SocketId) -> (usize, &mut Tracked) {
        let namespaces = self.namespaces.iter_mut().enumerate();
        let here = namespaces.filter_map(|(index, namespace)| {
            let tracked = namespace.tracked.as_mut()?;
            Some((index, tracked))
        });
        let removed = self
            .removed
            .iter_mut()
            .map(|(index, tracked)| (*index, tracked));
        let found = here.chain(removed).find(|(_, tracked)| tracked.id == id);
        found.expect("a socket of this client")
    }

    /// The core's current session, which may not have been reported yet.
    pub(crate) fn session(&self, index: usize) -> Option<usize> {
        let tracked = self.namespaces[index].tracked.as_ref()?;
        let sid = self.manager.id(tracked.id)?;
        Some(sid.strip_prefix('s')?.parse().expect("a session of ours"))
    }
}

/// Events of the core.
impl Client {
    /// Handles an event. Returns the namespace of its listeners, and whether it reports a failure.
    pub(crate) fn event(&mut self, event: &Event, sessions: &[Session]) -> Option<(usize, bool)> {
        let (now, awake) = (self.now, self.awake);
        match event {
            Event::Acked { socket, id, result } => {
                let index = self.acked(*socket, *id, result, sessions);
                return Some((index, false));
            }
            Event::Authorize {
                socket,
                request,
                refused,
            } => {
                let (index, tracked) = self.tracked(*socket);
                tracked.request = Some(*request);
                tracked.progress = awake;
                // The first refusal since the last connect is answered with fresh auth.
                if *refused && !std::mem::replace(&mut tracked.was_refreshed, true) {
                    self.namespaces[index].requests.refresh();
                }
                let namespace = &mut self.namespaces[index];
                if !self.is_bent {
                    namespace.requests.send(&self.config, now);
                }
                namespace.requested_at = now;
                // The user of events that are emitted now is unknown.
                namespace.pending = None;
                self.ledger.was_requested(index, None, now);
            }
            Event::Connected { socket, recovered } => {
                let index = self.connected(*socket, *recovered, sessions);
                return Some((index, false));
            }
            Event::ConnectError { socket, error } => {
                return Some((self.connect_error(*socket, error), true));
            }
            Event::Disconnected {
                socket,
                reason,
                details,
            } => return Some(self.disconnected(*socket, *reason, details.as_ref())),
            Event::Received {
                socket,
                packet,
                ack,
            } => {
                let index = self.received(*socket, packet, *ack, sessions);
                return Some((index, false));
            }
            Event::Opened => {
                assert!(!std::mem::replace(&mut self.is_open, true), "opened twice");
                self.has_opened = true;
                self.opening_took = now.saturating_sub(self.attempts.opened_at);
                (self.heartbeat, self.heartbeat_due) = (awake, now + 45_000);
                // A CONNECT that was sent ahead only counts from now.
                for namespace in &mut self.namespaces {
                    if namespace.pending.is_some() {
                        namespace.requested_at = now;
                        let tracked = namespace.tracked.iter_mut();
                        tracked.for_each(|tracked| tracked.progress = awake);
                    }
                }
            }
            Event::Closed(reason) => {
                assert!(self.is_open, "closed, and was not open");
                self.is_open = false;
                if *reason == DisconnectReason::PingTimeout {
                    self.totals.missed_heartbeats += 1;
                }
            }
            Event::Ping => (self.heartbeat, self.heartbeat_due) = (awake, now + 45_000),
            Event::ReconnectScheduled { attempt, delay } => {
                let delay = delay.as_millis() as u64;
                if !self.is_bent {
                    self.attempts.schedule(*attempt, delay, &self.config, now);
                }
            }
            Event::ReconnectError(_) => self.failed = Some(now),
            Event::ReconnectFailed => {
                self.totals.exhausted += 1;
                let is_switched_off = self.switched_off == Some(now);
                if !is_switched_off {
                    self.failed = Some(now);
                }
                if !is_switched_off && !self.is_bent {
                    assert!(!self.is_offline, "given up without a network");
                    assert!(!self.is_suspended, "given up while suspended");
                    self.attempts.give_up(&self.config);
                }
                for namespace in &mut self.namespaces {
                    namespace
                        .tracked
                        .iter_mut()
                        .for_each(|tracked| tracked.is_explained = true);
                }
            }
            _ => {}
        }
        None
    }

    fn connected(&mut self, socket: SocketId, recovered: bool, sessions: &[Session]) -> usize {
        let (now, awake) = (self.now, self.awake);
        let most_held = self.config.receive_buffer;
        let (index, _) = self.tracked(socket);
        let session = self.namespaces[index].granted.expect("it is connected");
        // A handler of an earlier event may have lost the session again.
        let current = self.session(index);
        assert!(current.is_none_or(|current| current == session));
        let one_user = self.namespaces[index].options.one_user;
        let (index, tracked) = self.tracked(socket);
        assert!(tracked.connected.is_none(), "connected twice");
        assert!(!tracked.is_left, "connected after the user left");
        let of = &sessions[session];
        assert_eq!(of.namespace, index);
        assert!(
            tracked.users.has(of.user) || one_user,
            "connected as {:?}, but since the last session was left the auth named {:?}",
            of.user,
            tracked.users
        );
        assert!(tracked.held.len() <= most_held, "too much was held (H4)");
        for held in tracked.held.drain(..) {
            assert_eq!(held, session, "an event of another session");
        }
        let is_same = tracked.restorable == Some(session);
        assert_eq!(recovered, is_same && of.granted > 1, "recovered");
        tracked.connected = Some(session);
        tracked.restorable = Some(session);
        tracked.was_refreshed = false;
        tracked.progress = awake;
        let namespace = &mut self.namespaces[index];
        namespace.since = now;
        self.stable.get_or_insert(now);
        self.totals.connected += 1;
        self.totals.recovered += u64::from(recovered);
        index
    }

    fn connect_error(&mut self, socket: SocketId, error: &ConnectError) -> usize {
        let (now, awake) = (self.now, self.awake);
        let (index, tracked) = self.tracked(socket);
        assert!(
            tracked.connected.is_none(),
            "a connect error while connected"
        );
        tracked.is_explained = true;
        tracked.progress = awake;
        let is_left = tracked.is_left;
        let timeout = self.config.connect_timeout;
        let namespace = &mut self.namespaces[index];
        match error {
            ConnectError::Refused(_) => {
                assert!(namespace.refused, "the server did not refuse it");
                assert!(!is_left, "a refusal of a withdrawn request");
                self.totals.refused += 1;
            }
            ConnectError::Incompatible => assert!(namespace.incompatible),
            ConnectError::NotAnswered => {
                self.totals.not_answered += 1;
                // If this is reported before its deadline, or repeatedly, the client has renewed
                // the connection.
                let is_early = timeout.is_none_or(|at| now < namespace.requested_at + millis(at));
                if is_early || namespace.pending.is_none() {
                    self.attempts.renew(now);
                }
            }
            ConnectError::Disconnected { .. } => panic!("this is no event"),
            _ => {}
        }
        namespace.pending = None;
        namespace.requests.fail(now);
        self.failed = Some(now);
        index
    }

    fn disconnected(
        &mut self,
        socket: SocketId,
        reason: DisconnectReason,
        details: Option<&CloseDetails>,
    ) -> (usize, bool) {
        let (now, awake) = (self.now, self.awake);
        let stable = millis(self.config.stable_after);
        let (index, tracked) = self.tracked(socket);
        assert!(
            tracked.connected.take().is_some(),
            "disconnected without a connect (W8)"
        );
        tracked.is_explained = true;
        tracked.progress = awake;
        let is_wanted = matches!(
            reason,
            DisconnectReason::IoClientDisconnect | DisconnectReason::ForcedClose
        );
        if is_wanted {
            assert!(tracked.is_left, "the user did not leave it");
        }
        if reason == DisconnectReason::IoServerDisconnect {
            tracked.restorable = None;
        }
        let requested_as = tracked.requested_as;
        let namespace = &mut self.namespaces[index];
        if now.saturating_sub(namespace.since) >= stable {
            namespace.requests.start_over();
        }
        if reason == DisconnectReason::IoServerDisconnect {
            assert!(namespace.kicked, "the server did not disconnect it");
            if requested_as != Some(namespace.user) {
                namespace.promised.clear();
            }
            self.totals.kicked += 1;
        }
        match details {
            Some(CloseDetails::Renewed) => {
                self.totals.renewed += 1;
                self.attempts.renew(now);
            }
            Some(CloseDetails::AttachmentsMissing) => self.totals.incomplete += 1,
            Some(CloseDetails::Suspended) => self.totals.suspended += 1,
            _ => {}
        }
        if !is_wanted {
            namespace.requests.fail(now);
            self.failed = Some(now);
        }
        let mut tracked = self
            .namespaces
            .iter()
            .filter_map(|one| one.tracked.as_ref());
        if !tracked.any(|tracked| tracked.connected.is_some()) {
            self.no_longer_stable();
        }
        (index, !is_wanted)
    }

    fn received(
        &mut self,
        socket: SocketId,
        packet: &Packet,
        ack: Option<AckToken>,
        sessions: &[Session],
    ) -> usize {
        let argument = usize::from(!packet.attachments().is_empty());
        let (number, user, session): (u64, String, usize) = packet.arg(argument).expect("ours");
        let (index, tracked) = self.tracked(socket);
        assert!(!tracked.is_left, "an event of a session that the user left");
        let of = &sessions[session];
        assert_eq!((of.namespace, of.user), (index, &*user));
        match tracked.connected {
            Some(connected) if connected == session => {}
            // Two CONNECTs of the same user: the protocol can't tell their sessions apart before
            // both replies have arrived.
            Some(connected) => {
                let is_same = sessions[connected].user == of.user;
                let one_user = self.namespaces[index].options.one_user;
                assert!(is_same || one_user, "an event of another user");
                let unanswered = self.namespaces[index].unanswered;
                assert!(unanswered > 0, "an event of another session");
                return index;
            }
            None => tracked.held.push(session),
        }
        if let Some((of_session, last)) = tracked.last_event
            && of_session == session
        {
            assert!(number > last, "the event {number} arrives after {last}");
            let is_lost = match of.granted {
                1 => number > last + 1,
                _ => of.has_logged(last + 1..number),
            };
            assert!(!is_lost, "an event between {last} and {number} is lost");
        }
        tracked.last_event = Some((session, number));
        let of = (session, of.granted);
        tracked.tokens.extend(ack.map(|token| (token, of)));
        self.totals.received += 1;
        index
    }

    fn acked(
        &mut self,
        socket: SocketId,
        id: u64,
        result: &Result<Packet, AckError>,
        sessions: &[Session],
    ) -> usize {
        let (index, tracked) = self.tracked(socket);
        let number = tracked.waiting.remove(&id);
        let number = number.or_else(|| tracked.cancelled.remove(&id));
        let number = number.unwrap_or_else(|| panic!("the wait {id} ended twice, or never began"));
        match result {
            Ok(packet) => {
                let (answers, session): (u64, usize) = packet.args().expect("an answer of ours");
                assert_eq!(answers, number, "the answer is for another event");
                let emit = self.ledger.emit(number);
                assert!(
                    emit.any_user || emit.users.has(sessions[session].user),
                    "an answer to another user"
                );
                assert!(
                    emit.session.is_none_or(|given| given == session),
                    "an answer of another session"
                );
                self.totals.acknowledged += 1;
            }
            Err(_) => {
                self.namespaces[index].promised.remove(&number);
                self.totals.given_up += 1;
            }
        }
        index
    }
}

/// Actions of the client.
impl Client {
    /// Records that a transport is opened.
    pub(crate) fn opens(&mut self) {
        assert!(!self.is_suspended, "opened while suspended");
        if !self.is_bent {
            let cause = self.attempts.open(self.now);
            self.totals.attempts[cause as usize] += 1;
        }
        for namespace in &mut self.namespaces {
            namespace.requests.opened();
            let active = namespace.tracked.as_mut();
            active
                .into_iter()
                .for_each(|tracked| tracked.progress = self.awake);
        }
    }

    /// The transport was closed by either side.
    pub(crate) fn closes(&mut self) {
        self.no_longer_stable();
        for (index, namespace) in self.namespaces.iter_mut().enumerate() {
            // The user of events that are emitted now is unknown.
            if namespace.kind == Kind::Asked {
                self.ledger.was_requested(index, None, self.now);
            }
            (namespace.granted, namespace.pending) = (None, None);
            namespace.unanswered = 0;
            namespace.left_here = 0;
            (namespace.refused, namespace.kicked, namespace.incompatible) = (false, false, false);
        }
    }

    fn no_longer_stable(&mut self) {
        let stable = millis(self.config.stable_after);
        let since = self.stable.take();
        if since.is_some_and(|since| self.now.saturating_sub(since) >= stable) {
            self.attempts.start_over();
        }
    }

    /// A CONNECT is sent.
    pub(crate) fn sends_connect(
        &mut self,
        index: usize,
        payload: &str,
        sessions: &[Session],
    ) -> Connect {
        let (now, awake) = (self.now, self.awake);
        let namespace = &mut self.namespaces[index];
        if namespace.kind == Kind::Plain && !self.is_bent {
            namespace.requests.send(&self.config, now);
        }
        assert!(
            namespace.granted.is_none(),
            "CONNECT for a connected namespace"
        );
        let rejoin = millis(self.config.rejoin_delay);
        assert!(
            self.is_bent || namespace.left_here == 0 || now >= namespace.left_at + rejoin,
            "CONNECT right after DISCONNECT (F2)"
        );
        let connect = Connect::read(index, payload);
        // The socket may have been removed or disconnected by now: its CONNECT was queued.
        if namespace.withdrawn_at == now
            && let Some(tracked) = namespace.tracked.as_mut()
            && let Some(left_as) = tracked.left_as.last_mut()
        {
            *left_as = Some(connect.user);
            tracked.requested_as = Some(connect.user);
        }
        let tracked = namespace.tracked.as_mut();
        if let Some(tracked) = tracked.filter(|tracked| self.manager.is_active(tracked.id)) {
            if namespace.switched_at == now {
                tracked.users.add(connect.user);
            }
            assert!(
                tracked.users.has(connect.user) || namespace.withdrawn_at == now,
                "CONNECT names {:?}, but the user is one of {:?}",
                connect.user,
                tracked.users
            );
            let offered = connect.offered.as_ref();
            if let Some((pid, _)) = offered.filter(|_| namespace.withdrawn_at != now) {
                let restorable = tracked.restorable.expect("nothing may be offered");
                assert_eq!(*pid, format!("p{restorable}"), "another session");
                let is_same = sessions[restorable].user == connect.user;
                assert!(is_same || namespace.options.one_user, "another user");
            }
            tracked.is_left = false;
            tracked.requested_as = Some(connect.user);
            tracked.progress = awake;
        }
        namespace.requested_at = now;
        namespace.pending = Some(connect.user);
        namespace.unanswered += 1;
        self.ledger.was_requested(index, Some(connect.user), now);
        connect
    }

    /// DISCONNECT is sent.
    pub(crate) fn sends_disconnect(&mut self, index: usize) {
        self.ledger.left(Some(index));
        let namespace = &mut self.namespaces[index];
        namespace.granted = None;
        namespace.left_at = self.now;
        namespace.left_here += 1;
        // It may have been connected, and left before that was reported.
        if self.config.stable_after.is_zero() {
            namespace.requests.start_over();
            self.attempts.excuse();
        }
    }

    /// An event is sent.
    pub(crate) fn sends_event(&mut self, index: usize, number: u64, sessions: &[Session]) {
        let namespace = &self.namespaces[index];
        let session = namespace.granted.expect("an event without a session");
        let of = self.ledger.emit(number).socket;
        let tracked = namespace
            .tracked
            .as_ref()
            .filter(|tracked| tracked.id == of);
        let removed = self.removed.iter().map(|(_, tracked)| tracked);
        let tracked = tracked
            .into_iter()
            .chain(removed)
            .find(|tracked| tracked.id == of);
        let tracked = tracked.expect("an existing socket emitted it");
        let session = (session, sessions[session].user);
        self.ledger
            .sent(number, session, &tracked.left_as, self.now);
    }
}

/// Invariants that hold whenever all outputs are carried out.
impl Client {
    pub(crate) fn check(&mut self) {
        self.ledger.settled();
        for (_, removed) in self.removed.drain(..) {
            let (waiting, connected) = (&removed.waiting, removed.connected);
            assert!(waiting.is_empty(), "waits without an end: {waiting:?}");
            assert!(connected.is_none(), "removed without a notification");
        }
        let mut is_needed = false;
        for namespace in &mut self.namespaces {
            let Some(tracked) = &mut namespace.tracked else {
                continue;
            };
            let is_connected = self.manager.is_connected(tracked.id);
            assert_eq!(is_connected, tracked.connected.is_some());
            assert_eq!(self.manager.id(tracked.id).is_some(), is_connected);
            assert!(tracked.held.is_empty(), "events that are still held");
            tracked.cancelled.clear();
            let bound = namespace.options.send_buffer.packets;
            assert!(self.manager.buffered(tracked.id) <= bound);
            let bytes: usize = self.manager.buffer(tracked.id).map(str::len).sum();
            assert!(bytes <= namespace.options.send_buffer.bytes);
            assert!(bytes == 0 || !is_connected, "it was not flushed");
            let is_active = self.manager.is_active(tracked.id);
            assert!(
                is_active || !tracked.was_active || tracked.is_left || tracked.is_explained,
                "it is no longer connecting, and no event explains why"
            );
            if is_active && !tracked.was_active {
                tracked.is_explained = false;
            }
            tracked.was_active = is_active;
            let is_delayed = self.manager.next_request(tracked.id).is_some();
            let may_be_delayed = self.now <= namespace.delayed_at + 5_000 || self.is_bent;
            assert!(
                !self.has_opened || !is_delayed || may_be_delayed,
                "the connection is open, but the namespace is not requested"
            );
            is_needed |= is_active;
        }
        self.has_opened = false;
        let state = self.manager.state();
        assert_eq!(state == ConnectionState::Open, self.is_open);
        assert_eq!(state != ConnectionState::Closed, is_needed, "{state:?}");
        if state == ConnectionState::Closed {
            self.attempts.cancel();
        }
        if !self.is_bent {
            let is_counted = !self.is_offline && !self.is_suspended;
            self.attempts.check(&self.config, is_counted);
            self.check_progress(state);
        }
    }

    /// Checks a device that has slept for `slept` while its clock stood still: the server has
    /// dropped the connection if it got no answer in that time.
    pub(crate) fn has_slept(&self, slept: u64) {
        let silent = self.awake.saturating_sub(self.heartbeat) + slept;
        let is_gone = silent > 45_000 && !self.is_bent;
        let state = self.manager.state();
        assert!(
            !is_gone || state != ConnectionState::Open,
            "the connection survives {silent} ms"
        );
    }

    /// Checks that nothing waits for the peer for ever, or without a timer.
    fn check_progress(&self, state: ConnectionState) {
        let (Some(timeout), Some(connect_timeout)) =
            (self.config.timeout, self.config.connect_timeout)
        else {
            return;
        };
        let needed = state != ConnectionState::Closed && !self.is_suspended;
        if needed {
            let next = self.manager.poll_timeout().expect("there is a deadline");
            let next = next.as_millis().saturating_sub(self.now);
            let longest = millis(timeout.max(connect_timeout)).max(45_000);
            assert!(next <= longest, "the next deadline is in {next} ms");
        }
        // It may be waiting for an answer, then the back-off, or for the end of a withdrawn
        // CONNECT.
        let longest = millis(timeout.max(connect_timeout)) + 5_000 + self.totals.latest;
        for (index, namespace) in self.namespaces.iter().enumerate() {
            let Some(tracked) = &namespace.tracked else {
                continue;
            };
            if needed && tracked.was_active && tracked.connected.is_none() {
                let waited = self.awake.saturating_sub(tracked.progress);
                assert!(
                    waited <= longest + millis(self.config.rejoin_delay),
                    "{} waits for {waited} ms",
                    NAMESPACES[index]
                );
            }
        }
        if self.is_open {
            let silent = self.awake.saturating_sub(self.heartbeat);
            assert!(
                silent <= 45_000 + self.totals.latest,
                "no heartbeat for {silent} ms"
            );
        }
    }

    /// Checks that every wait has ended once the sockets are removed.
    pub(crate) fn check_end(&self) {
        assert_eq!(
            self.manager.poll_timeout(),
            None,
            "nothing is left to wait for"
        );
        assert_eq!(self.manager.state(), ConnectionState::Closed);
    }
}

impl Tracked {
    pub(crate) fn new(id: SocketId, users: Set) -> Self {
        Self {
            id,
            connected: None,
            held: Vec::new(),
            last_event: None,
            is_left: false,
            users,
            left_as: Vec::new(),
            requested_as: None,
            restorable: None,
            waiting: BTreeMap::new(),
            cancelled: BTreeMap::new(),
            tokens: Vec::new(),
            request: None,
            was_refreshed: false,
            was_active: false,
            is_explained: false,
            progress: 0,
        }
    }

    /// Records that the user leaves the session.
    pub(crate) fn leave(&mut self, users: Set) {
        self.is_left = true;
        self.users = users;
        self.left_as.push(self.requested_as);
        self.restorable = None;
        self.request = None;
        self.held.clear();
    }
}

pub(crate) fn millis(duration: Duration) -> u64 {
    duration.as_millis() as u64
}

fn options(name: &str, random: &mut Random) -> SocketOptions {
    SocketOptions {
        auth: match name {
            "/asked" => Auth::ASK,
            _ => Auth::NONE,
        },
        one_user: random.chance(15),
        refresh_auth: random.chance(50),
        ack_timeout: Some(Duration::from_secs(3)),
        retries: (name == "/retried").then_some(Retries {
            retries: 1_000_000,
            window: 3,
            message_id: None,
        }),
        send_buffer: SendBuffer {
            packets: SEND_BUFFER,
            bytes: random.pick(&[16 * 1024 * 1024, 200]),
            overflow: random.pick(&[Overflow::Refuse, Overflow::DropOldest, Overflow::DropNewest]),
            time_to_live: random.pick(&[None, Some(Duration::from_secs(8))]),
        },
    }
}
