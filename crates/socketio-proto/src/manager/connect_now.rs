//! The wish to be connected, of a person or of the system: acted on at once, in every state.

use alloc::boxed::Box;
use core::time::Duration;

use super::pacing::{Pacing, REACTION};
use super::socket::{Phase, Socket};
use super::{DisconnectReason, Event, Manager, Output, SocketId, socket_of};
use crate::engine;
use crate::time::millis;

// Those without a type of time are in milliseconds.

/// What the peer has been asked for less than this time ago is not asked for anew; nor less than two
/// round trips ago.
const PATIENCE: u64 = 500;

/// The same where the device woke or the network is back: an attempt that began since may be good.
const PATIENCE_AT_WAKE: u64 = 2_000;

/// So often the patience doubles, while nothing that is made anew comes to its end.
const MOST_HURRIES: u32 = 4;

/// However slow the way is, nobody waits for longer than this: without an option that bounds the
/// wait, nothing else would end it.
const MOST_PATIENCE: u64 = 20_000;

/// Attempts at the wish of the system are at least this far apart.
const SPACING: Duration = Duration::from_millis(500);

impl Manager {
    /// A socket that was not on its way is to be connected.
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

    /// There is no connection for a socket that is to be connected.
    fn open_for_idle(&mut self, is_reaction: bool) {
        let now = self.now;
        let waits = self.reconnect_at.is_some();
        if self.is_suspended {
            if !waits {
                // It counts as any that waits, and is taken back when the page wakes.
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

    /// An attempt failed, or what it led to was lost.
    pub(super) fn fail(&mut self) {
        self.failed = Some(self.now);
        self.former.clear();
    }

    /// Whether a wish to connect that comes now is the answer of a program to a failure.
    pub(super) fn is_reaction(&self) -> bool {
        let now = self.now;
        self.failed
            .is_some_and(|failed| now.millis_since(failed) < REACTION)
    }

    /// A socket is removed.
    pub(super) fn keep_former(&mut self, namespace: Box<str>, pacing: Pacing) {
        if self.is_reaction() {
            self.former.push((namespace, pacing));
        }
    }

    /// A socket is made.
    pub(super) fn take_former(&mut self, namespace: &str) -> Pacing {
        let mut former = self.former.iter();
        match former.position(|(name, _)| **name == *namespace) {
            Some(at) => self.former.swap_remove(at).1,
            None => Pacing::default(),
        }
    }

    /// How long a program has to wait that answers a failure by the wish for a namespace.
    fn reaction_delay(&mut self, id: SocketId, is_reaction: bool) -> Option<Duration> {
        let socket = socket_of(&mut self.sockets, id)?;
        match socket.pacing.may_hurry(is_reaction) {
            true => None,
            false => Some(socket.pacing.next(&self.config, &mut self.random)),
        }
    }

    /// A socket that is on its way is to be connected now.
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

    /// The device woke, the network is back, or somebody looks at the page again.
    pub(super) fn wake(&mut self) {
        let now = self.now;
        if let Some(at) = self.reconnect_at {
            match self.woken.map(|woken| woken + SPACING) {
                Some(next) if next > now => {
                    // One that is due waited only because the page was not there.
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

    /// Makes the attempt at once that the back-off waits for.
    pub(super) fn attempt_now(&mut self) {
        self.pacing.take_back();
        self.open();
    }

    /// An attempt that hangs is made anew. Tells whether one does.
    pub(super) fn reopen_after(&mut self, patience: u64) -> bool {
        let now = self.now;
        if self.connection.phase() != engine::Phase::Opening
            || now.millis_since(self.attempted) < patience
        {
            return false;
        }
        self.output(Output::CloseTransport(self.connection.transport()));
        // What went out over it ahead went nowhere.
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

    /// Something is made anew that had not ended: a program that wishes for it again and again must
    /// not keep it from ever coming to its end, where that takes longer than the program waits.
    fn hurry(&mut self) {
        self.pacing.hurries = MOST_HURRIES.min(self.pacing.hurries + 1);
    }

    fn least_patience(&self) -> u64 {
        PATIENCE << self.pacing.hurries
    }

    /// Asks for a namespace at once, on a connection that is open.
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

    /// Asks anew for what was left without an answer for this long. On a connection that others need,
    /// CONNECT goes out again only where that `is_urgent`: the server may refuse one that comes on
    /// top of another. Tells whether a transport is opened for that.
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
            // Nothing is lost with a connection that nobody else is on, and the server starts clean.
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

    /// How long an answer may take at least.
    fn patience(&self) -> u64 {
        let measured = self.round_trip.map_or(0, |round_trip| {
            millis(round_trip.latest.max(round_trip.smoothed)).saturating_mul(2)
        });
        let patience = self.least_patience().max(measured).max(self.opening_took);
        patience.min(MOST_PATIENCE)
    }

    /// Whether no other socket needs the connection.
    pub(super) fn is_alone(&self, id: SocketId) -> bool {
        let namespace = self.get(id).map(|socket| &*socket.namespace);
        let is_other = |socket: &Socket| Some(&*socket.namespace) != namespace;
        !self.any_socket(&|socket| socket.is_active() && is_other(socket))
    }

    /// Opens the connection anew, because what the server knows of a namespace is not certain.
    pub(super) fn renew(&mut self) {
        // What handlers of `Connected` emitted comes before what they, or others, do to the connection.
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
