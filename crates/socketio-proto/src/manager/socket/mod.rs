//! One namespace of a connection: its phase, buffers, acknowledgements and session.

mod acks;
mod auth;
mod buffer;
mod options;
mod origin;
mod retry;

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

pub(crate) use acks::{Acks, Pending, earliest};
pub(crate) use auth::Kind as AuthKind;
pub use auth::{Auth, AuthError};
pub(crate) use buffer::{Buffer, Buffered, Room};
pub use options::{Overflow, Retries, SendBuffer, SocketOptions};
pub(crate) use origin::{Origin, User};
pub(crate) use retry::{Retried, RetryQueue, Retrying};

use crate::Instant;
use crate::json::push_quoted;
use crate::manager::pacing::Pacing;
use crate::packet::Packet;

/// The state of one namespace.
#[derive(Debug)]
pub(crate) struct Socket {
    pub(crate) namespace: Box<str>,
    pub(crate) phase: Phase,
    pub(crate) options: SocketOptions,
    pub(crate) acks: Acks,
    /// Packets to be sent once connected.
    pub(crate) send_buffer: Buffer,
    /// Events that are sent until they are acknowledged, if the options ask for that.
    pub(crate) retries: Option<Box<dyn Retrying>>,
    /// Events that arrived before the answer to CONNECT.
    pub(crate) receive_buffer: Vec<Packet>,
    /// Whether the socket is connected, but the handlers of `Connected` have not run yet. Events
    /// emitted meanwhile are queued behind the send buffer.
    pub(crate) flush_pending: bool,
    pub(crate) recovered: bool,
    /// Counts the sessions of this namespace, so that an acknowledgement can't reach a later one.
    pub(crate) session: u32,
    /// Counts the requests for auth, so that a late answer can be recognized.
    pub(crate) auth_request: u32,
    /// The deadline for auth, or for the answer to CONNECT.
    pub(crate) deadline: Option<Instant>,
    /// When auth was last requested, or CONNECT last sent.
    pub(crate) asked: Instant,
    /// The earliest time for the next CONNECT, while it is delayed.
    pub(crate) not_before: Option<Instant>,
    /// The number of CONNECTs that the server has not answered on this connection, without the
    /// current one.
    pub(crate) unanswered: u32,
    /// Whether the user took some of these back.
    pub(crate) has_left: bool,
    /// Whether a person asked to be connected, and the server has not answered yet.
    pub(crate) insists: bool,
    pub(crate) pacing: Pacing,
    /// Whether fresh auth was requested since the last connect.
    pub(crate) auth_refreshed: bool,
    /// Whether sent packets are reported as `Outgoing`.
    pub(crate) tells_outgoing: bool,
    /// Whether the next CONNECT was already sent, ahead of the manager.
    pub(crate) is_asked_ahead: bool,
    pub(crate) id: Option<String>,
    recovery: Recovery,
    /// The auth of the next CONNECT, where it is known.
    pub(crate) user: Option<User>,
    /// The auth of the last CONNECT, which identifies the user of the session.
    pub(crate) identity: Option<Option<User>>,
    /// Counts the sessions that the user left.
    epoch: u32,
}

/// Packets and events that were removed from the send buffer and the retry queue.
#[derive(Debug)]
pub(crate) struct Dropped {
    pub(crate) packets: Vec<Buffered>,
    pub(crate) events: Vec<Retried>,
}

/// The state of a namespace.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Phase {
    /// Not connected, and not going to be without a command.
    Idle,
    /// Waiting to send CONNECT.
    Waiting,
    /// Auth was requested.
    Authorizing,
    /// CONNECT was sent.
    Connecting,
    Connected,
}

/// The data by which a server can restore the session.
#[derive(Debug, Default)]
struct Recovery {
    pid: Option<String>,
    offset: Option<String>,
}

/// The user whose session this auth opens, where that is known.
fn user_of(auth: &Auth) -> Option<User> {
    Some(User::new(auth.text()?.into()))
}

pub(crate) fn text_of(user: &Option<User>) -> Option<&str> {
    user.as_ref().map(|user| &***user)
}

impl Socket {
    pub(crate) fn new(namespace: Box<str>, options: SocketOptions, pacing: Pacing) -> Self {
        Self {
            namespace,
            user: user_of(&options.auth),
            phase: Phase::Idle,
            retries: None,
            options,
            acks: Acks::default(),
            send_buffer: Buffer::default(),
            receive_buffer: Vec::new(),
            flush_pending: false,
            recovered: false,
            session: 0,
            auth_request: 0,
            deadline: None,
            asked: Instant::default(),
            not_before: None,
            unanswered: 0,
            has_left: false,
            insists: false,
            pacing,
            auth_refreshed: false,
            tells_outgoing: false,
            is_asked_ahead: false,
            id: None,
            recovery: Recovery::default(),
            identity: None,
            epoch: 0,
        }
    }

    /// Whether the socket is connected, or is going to be without a command.
    pub(crate) fn is_active(&self) -> bool {
        self.phase != Phase::Idle
    }

    /// Whether an event that is emitted now goes straight to the transport.
    pub(crate) fn sends(&self) -> bool {
        self.phase == Phase::Connected && !self.flush_pending
    }

    /// Whether a refusal may be answered with fresh auth, which it may once until the next connect.
    pub(crate) fn wants_fresh_auth(&self) -> bool {
        self.options.refresh_auth && self.options.auth == Auth::ASK && !self.auth_refreshed
    }

    /// Whether this auth belongs to another user than the auth of the last CONNECT.
    pub(crate) fn is_other_user(&self, auth: Option<&str>) -> bool {
        let same = |last: &Option<User>| text_of(last) == auth;
        !self.options.one_user && !self.identity.as_ref().is_none_or(same)
    }

    /// Whether the next CONNECT belongs to the same user as the last one. Assumed where auth is
    /// requested each time.
    pub(crate) fn has_identity(&self) -> bool {
        self.options.auth == Auth::ASK || !self.is_other_user(self.options.auth.text())
    }

    /// Whether the last CONNECT carried the auth that is set now. Assumed where auth is requested
    /// each time.
    pub(crate) fn asked_with_this_auth(&self) -> bool {
        let is_same = |last: &Option<User>| *last == self.user;
        self.options.auth == Auth::ASK || self.identity.as_ref().is_none_or(is_same)
    }

    /// Whether an answer is still due to a CONNECT with other auth than this.
    pub(crate) fn is_due_to_other(&self, auth: Option<&str>) -> bool {
        let is_same = |last: &Option<User>| text_of(last) == auth;
        let is_other = !self.identity.as_ref().is_none_or(is_same);
        self.unanswered > 0 && is_other && (self.has_left || !self.options.one_user)
    }

    /// Notes that the server has answered one of the unanswered CONNECTs.
    pub(crate) fn answered(&mut self) {
        self.unanswered = self.unanswered.saturating_sub(1);
        self.has_left &= self.unanswered > 0;
    }

    /// Whether the next answer may belong to a CONNECT that the user took back.
    pub(crate) fn has_left_requests(&self) -> bool {
        self.has_left && self.unanswered > 0
    }

    /// Forgets the session, so that it is not offered for recovery.
    pub(crate) fn forget_session(&mut self) {
        self.recovery = Recovery::default();
        self.auth_refreshed = false;
        self.epoch = self.epoch.saturating_add(1);
    }

    pub(crate) fn set_auth(&mut self, auth: Auth) {
        self.user = user_of(&auth);
        self.options.auth = auth;
    }

    /// The origin of packets that are emitted now. Where auth is requested, its user is only known
    /// once CONNECT was sent.
    pub(crate) fn origin(&self) -> Origin {
        let user = match (self.phase, &self.options.auth.0) {
            _ if self.options.one_user => None,
            (Phase::Connecting | Phase::Connected, AuthKind::Ask) => {
                self.identity.clone().flatten()
            }
            _ => self.user.clone(),
        };
        Origin {
            user,
            epoch: self.epoch,
        }
    }

    /// Assigns the next session to this user. Removes and returns the waiting packets of other
    /// users. A session of another user is not offered for recovery.
    pub(crate) fn set_identity(&mut self, user: Option<User>) -> Dropped {
        let auth = text_of(&user);
        let is_other = self.is_other_user(auth);
        if is_other {
            self.recovery = Recovery::default();
        }
        let epoch = self.epoch;
        let is_foreign = |origin: &Origin| match &origin.user {
            Some(_) => text_of(&origin.user) != auth,
            None => is_other && origin.epoch < epoch,
        };
        let retries = self.retries.as_mut();
        let dropped = Dropped {
            packets: self.send_buffer.take_foreign(&is_foreign),
            events: retries.map_or_else(Vec::new, |queue| queue.take_foreign(&is_foreign)),
        };
        self.identity = Some(user);
        dropped
    }

    /// The payload of CONNECT: the recovery data, then the user's auth, whose members take
    /// precedence.
    pub(crate) fn connect_payload(&self, auth: Option<&str>) -> Option<String> {
        let Some(pid) = &self.recovery.pid else {
            return auth.map(ToOwned::to_owned);
        };
        let mut payload = String::new();
        push_quoted(&mut payload, "{\"pid\":\"", pid, "\"");
        if let Some(offset) = &self.recovery.offset {
            push_quoted(&mut payload, ",\"offset\":\"", offset, "\"");
        }
        // `Auth` holds an object, so its members can be appended. Of duplicate keys the last one
        // wins.
        match auth
            .and_then(|auth| auth.strip_prefix('{'))
            .map(str::trim_ascii_start)
        {
            Some(members) if !members.starts_with('}') => {
                payload.push(',');
                payload.push_str(members);
            }
            _ => payload.push('}'),
        }
        Some(payload)
    }

    pub(crate) fn connected(&mut self, id: String, pid: Option<String>, now: Instant) {
        self.recovered = pid.is_some() && pid == self.recovery.pid;
        if !self.recovered {
            self.recovery.offset = None;
        }
        self.recovery.pid = pid;
        self.id = Some(id);
        self.session = self.session.wrapping_add(1);
        self.phase = Phase::Connected;
        self.deadline = None;
        self.pacing.connected(now);
        self.auth_refreshed = false;
        self.insists = false;
        self.flush_pending = true;
    }

    /// Cuts the delay before the next CONNECT short, and uncounts the attempt. Returns false if
    /// there is no delay.
    pub(crate) fn end_delay(&mut self) -> bool {
        let waits = self.not_before.take().is_some();
        if waits {
            self.pacing.take_back();
        }
        waits
    }

    /// Whether the last argument of each event may be a recovery offset.
    pub(crate) fn notes_offsets(&self) -> bool {
        self.recovery.pid.is_some()
    }

    /// Notes the offset that the server appends to the arguments of each event of a recoverable
    /// session.
    pub(crate) fn note_offset(&mut self, packet: &Packet) {
        // The server may have two sessions for this socket, so the offset may belong to the other
        // one.
        if self.unanswered > 0 {
            self.recovery = Recovery::default();
        }
        // Servers don't restore events that ask for an acknowledgement, so their last argument is
        // no offset.
        if self.notes_offsets()
            && packet.id().is_none()
            && let Some(offset) = packet.last_string()
        {
            self.recovery.offset = Some(offset.into_owned());
        }
    }

    /// Detaches the socket from the connection, and discards the events held for an unanswered
    /// CONNECT.
    pub(crate) fn leave(&mut self, phase: Phase) {
        self.phase = phase;
        self.id = None;
        self.flush_pending = false;
        self.receive_buffer.clear();
        self.auth_request = self.auth_request.wrapping_add(1);
        self.deadline = None;
        self.is_asked_ahead = false;
    }
}
