//! Requests to be connected now, from a person or the system: honoured at once, in every state.

use alloc::boxed::Box;
use core::time::Duration;

use super::pacing::{Pacing, REACTION};
use super::socket::{Phase, Socket};
use super::{DisconnectReason, Event, Manager, Output, SocketId, socket_of};
use crate::engine;
use crate::time::millis;

// Plain integers are in milliseconds.

/// A request to the server is not repeated within this time, nor within two round trips.
const PATIENCE: u64 = 500;

/// The same after the device woke or the network came back: an attempt that began since then may
/// succeed.
const PATIENCE_AT_WAKE: u64 = 2_000;

/// The maximum number of times that the patience doubles while restarted requests don't end.
const MOST_HURRIES: u32 = 4;

/// The upper bound of the patience, however slow the network is. Where no option bounds the wait,
/// nothing else would end it.
const MOST_PATIENCE: u64 = 20_000;

/// The minimum time between attempts that the system asks for.
const SPACING: Duration = Duration::from_millis(500);

impl Manager {
    /// Connects an idle socket.
    pub(super) fn connect_idle(&mut self, id: SocketId) {
        let now = self.now;
        let is_reaction = self.is_reaction();
        let phase = self.connection.phase();
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        socket.phase = Phase::Waiting;
        socket.end_delay();
        if !is_reaction {
            socket.pacing.reset();
            if phase == engine::Phase::Closed && self.reconnect_at.is_none() {
                self.pacing.reset();
            }
        }
        if phase == engine::Phase::Closed {
            return self.open_for_idle(is_reaction);
        }
        let delay = self.reaction_delay(id, is_reaction);
        if let Some(socket) = self.get_mut(id) {
            socket.not_before = delay.map(|delay| now + delay);
        }
        if phase == engine::Phase::Open {
            let patience = (!is_reaction).then(|| self.patience());
            self.request_connect_after(id, patience);
        }
    }

    /// Opens the connection for an idle socket, or schedules that.
    fn open_for_idle(&mut self, is_reaction: bool) {
        let now = self.now;
        let waits = self.reconnect_at.is_some();
        if self.is_suspended {
            if !waits {
                // It is counted like any scheduled attempt, and uncounted when the page wakes.
                self.pacing.next(&self.config, &mut self.random);
                self.reconnect_at = Some(now);
            }
        } else if self.pacing.may_hurry(is_reaction) {
            match waits {
                true => self.attempt_now(),
                false => self.open(),
            }
        } else if !waits {
            let delay = self.pacing.next(&self.config, &mut self.random);
            self.schedule(self.pacing.attempts(), delay);
        }
    }

    /// Notes that an attempt failed, or a connection was lost.
    pub(super) fn fail(&mut self) {
        self.failed = Some(self.now);
        self.former.clear();
    }

    /// Whether a request to connect that is made now is a program's reaction to a failure.
    pub(super) fn is_reaction(&self) -> bool {
        let now = self.now;
        self.failed
            .is_some_and(|failed| now.millis_since(failed) < REACTION)
    }

    /// Keeps the pacing of a socket that is removed right after a failure.
    pub(super) fn keep_former(&mut self, namespace: Box<str>, pacing: Pacing) {
        if self.is_reaction() {
            self.former.push((namespace, pacing));
        }
    }

    /// Returns the kept pacing for a new socket of this namespace.
    pub(super) fn take_former(&mut self, namespace: &str) -> Pacing {
        let mut former = self.former.iter();
        match former.position(|(name, _)| **name == *namespace) {
            Some(at) => self.former.swap_remove(at).1,
            None => Pacing::default(),
        }
    }

    /// The delay before the CONNECT of a program that reacts to a failure; `None` for at once.
    fn reaction_delay(&mut self, id: SocketId, is_reaction: bool) -> Option<Duration> {
        let socket = socket_of(&mut self.sockets, id)?;
        match socket.pacing.may_hurry(is_reaction) {
            true => None,
            false => Some(socket.pacing.next(&self.config, &mut self.random)),
        }
    }

    /// Connects a socket now that is connecting already.
    pub(super) fn connect_now(&mut self, id: SocketId) {
        let is_reaction = self.is_reaction();
        match self.connection.phase() {
            engine::Phase::Closed => {
                if !self.is_suspended && self.pacing.may_hurry(is_reaction) {
                    self.attempt_now();
                }
            }
            engine::Phase::Opening => {
                if let Some(socket) = self.get_mut(id).filter(|_| !is_reaction) {
                    socket.end_delay();
                }
                self.reopen_after(self.least_patience());
            }
            engine::Phase::Open => self.request_now(id),
        }
    }

    /// Handles a wake of the device, the network or the page: see
    /// [`handle_wake`](Self::handle_wake).
    pub(super) fn wake(&mut self) {
        let now = self.now;
        if let Some(at) = self.reconnect_at {
            match self.woken.map(|woken| woken + SPACING) {
                Some(next) if next > now => {
                    // An overdue attempt has waited only because the page was suspended.
                    if next < at || at <= now {
                        self.reconnect_at = Some(next);
                        self.is_wished = true;
                    }
                }
                _ => {
                    self.woken = Some(now);
                    self.attempt_now();
                }
            }
            return;
        }
        let patience = match self.has_slept {
            true => 0,
            false => PATIENCE_AT_WAKE.max(self.least_patience()),
        };
        if self.reopen_after(patience) {
            self.woken = Some(now);
        }
        let patience = PATIENCE_AT_WAKE.max(self.patience());
        let mut place = 0;
        while let Some(id) = self.next_socket(&mut place) {
            let waited = self.get_mut(id).is_some_and(|socket| socket.end_delay());
            if self.connection.phase() != engine::Phase::Open {
                continue;
            }
            if waited {
                self.request_connect(id);
            } else if self.ask_anew(id, patience, false) {
                self.woken = Some(now);
            }
        }
    }

    /// Starts the scheduled attempt at once.
    pub(super) fn attempt_now(&mut self) {
        self.pacing.take_back();
        self.open();
    }

    /// Restarts an attempt that has taken longer than `patience`, in milliseconds. Returns whether
    /// there was one.
    pub(super) fn reopen_after(&mut self, patience: u64) -> bool {
        let now = self.now;
        if self.connection.phase() != engine::Phase::Opening
            || now.millis_since(self.attempted) < patience
        {
            return false;
        }
        self.output(Output::CloseTransport(self.connection.transport()));
        // A CONNECT that was sent ahead over that transport is lost.
        self.left.clear();
        let mut place = 0;
        while let Some(id) = self.next_socket(&mut place) {
            if let Some(socket) = self.get_mut(id) {
                socket.is_asked_ahead = false;
            }
        }
        self.hurry();
        self.start();
        true
    }

    /// Counts the restart of something that had not ended. The patience doubles each time, so that
    /// a program that asks again and again can't keep a slow attempt from ever succeeding.
    fn hurry(&mut self) {
        self.pacing.hurries = MOST_HURRIES.min(self.pacing.hurries + 1);
    }

    fn least_patience(&self) -> u64 {
        PATIENCE << self.pacing.hurries
    }

    /// Sends CONNECT at once on an open connection, where possible.
    fn request_now(&mut self, id: SocketId) {
        let is_reaction = self.is_reaction();
        let patience = self.patience();
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        match socket.phase {
            Phase::Waiting => {
                if socket.not_before.is_some() && socket.pacing.may_hurry(is_reaction) {
                    socket.end_delay();
                }
                self.request_connect_after(id, Some(patience));
            }
            _ if !is_reaction => {
                self.ask_anew(id, patience, true);
            }
            _ => {}
        }
    }

    /// Repeats a request for auth, or a CONNECT, that has been unanswered for `patience`
    /// milliseconds. On a connection that other sockets need, repeats a CONNECT only if
    /// `is_urgent`: the server may refuse a second one as a duplicate. Returns whether a transport
    /// is being opened for it.
    fn ask_anew(&mut self, id: SocketId, patience: u64, is_urgent: bool) -> bool {
        let now = self.now;
        let is_alone = self.is_alone(id);
        let is_old = |socket: &&mut Socket| now.millis_since(socket.asked) >= patience;
        let Some(socket) = self.get_mut(id).filter(is_old) else {
            return false;
        };
        match socket.phase {
            Phase::Authorizing => {
                socket.leave(Phase::Waiting);
                self.request_connect(id);
            }
            // No other socket needs this connection, and the server starts with clean state on a
            // new one.
            Phase::Connecting if is_alone => {
                socket.leave(Phase::Waiting);
                self.output(Output::CloseTransport(self.connection.transport()));
                self.event(Event::Closed(DisconnectReason::ForcedClose));
                self.connection_gone();
                self.open();
            }
            Phase::Connecting if is_urgent => {
                socket.leave(Phase::Waiting);
                socket.unanswered += 1;
                self.request_connect(id);
            }
            Phase::Idle | Phase::Waiting | Phase::Connecting | Phase::Connected => return false,
        }
        self.hurry();
        self.connection.phase() == engine::Phase::Opening
    }

    /// The time within which a request is not repeated, in milliseconds.
    fn patience(&self) -> u64 {
        let measured = self.round_trip.map_or(0, |round_trip| {
            millis(round_trip.latest.max(round_trip.smoothed)).saturating_mul(2)
        });
        let patience = self.least_patience().max(measured).max(self.opening_took);
        patience.min(MOST_PATIENCE)
    }

    /// Whether no other active socket needs the connection.
    pub(super) fn is_alone(&self, id: SocketId) -> bool {
        let namespace = self.get(id).map(|socket| &*socket.namespace);
        let is_other = |socket: &Socket| Some(&*socket.namespace) != namespace;
        !self.any_socket(&|socket| socket.is_active() && is_other(socket))
    }

    /// Reopens the connection, because the server's state of a namespace is uncertain.
    pub(super) fn renew(&mut self) {
        // Events that handlers of `Connected` emitted are sent before the connection is closed.
        self.flush_all();
        self.output(Output::CloseTransport(self.connection.transport()));
        self.lost(
            DisconnectReason::TransportClose,
            Some(super::CloseDetails::Renewed),
            super::ConnectError::NotAnswered,
        );
        if self.reconnect_at.is_some() {
            self.attempt_now();
        }
    }
}
