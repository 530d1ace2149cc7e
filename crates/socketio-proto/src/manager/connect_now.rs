//! The wish to be connected, of a person or of the system: acted on at once, in every state.

use core::time::Duration;

use super::socket::Phase;
use super::{DisconnectReason, Event, Manager, Output, SocketId};
use crate::engine;

/// What the peer has been asked for less than this time ago is not asked for anew; nor less than two
/// round trips ago.
const PATIENCE: Duration = Duration::from_millis(500);

/// The same where the device woke or the network is back: an attempt that began since may be good.
const PATIENCE_AT_WAKE: Duration = Duration::from_secs(2);

/// Attempts at the wish of the system are at least this far apart.
const SPACING: Duration = Duration::from_millis(500);

impl Manager {
    /// A socket that was not on its way is to be connected.
    pub(super) fn connect_idle(&mut self, id: SocketId) {
        let now = self.now;
        let phase = self.connection.phase();
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        socket.phase = Phase::Waiting;
        socket.not_before = None;
        if !socket.pacing.is_reaction(now) {
            socket.pacing.reset();
            if phase == engine::Phase::Closed && self.reconnect_at.is_none() {
                self.pacing.reset();
            }
        }
        let delay = self.reaction_delay(id);
        if phase != engine::Phase::Closed {
            let Some(socket) = self.get_mut(id) else {
                return;
            };
            socket.not_before = delay.map(|delay| now + delay);
            if phase == engine::Phase::Open {
                self.request_connect(id);
            }
        } else if self.is_suspended {
            self.reconnect_at.get_or_insert(now);
        } else if let Some(delay) = delay {
            // Where other sockets wait for the next attempt, it is this one's as well.
            if self.reconnect_at.is_none() {
                let attempt = self.get(id).map_or(0, |socket| socket.pacing.attempts());
                self.schedule(attempt, delay);
            }
        } else if self.reconnect_at.is_some() {
            self.attempt_now();
        } else {
            self.open(now);
        }
    }

    /// How long a program has to wait that answers a failure by the wish to connect.
    fn reaction_delay(&mut self, id: SocketId) -> Option<Duration> {
        let now = self.now;
        let slot = self.sockets.get_mut(id.index as usize)?;
        let socket = slot.socket.as_mut()?;
        match socket.pacing.may_hurry(now) {
            true => None,
            false => Some(socket.pacing.next(&self.config, &mut self.random)),
        }
    }

    /// A socket that is on its way is to be connected now.
    pub(super) fn connect_now(&mut self, id: SocketId) {
        let now = self.now;
        match self.connection.phase() {
            engine::Phase::Closed => {
                if !self.is_suspended && self.pacing.may_hurry(now) {
                    self.attempt_now();
                }
            }
            engine::Phase::Opening => self.reopen_after(PATIENCE),
            engine::Phase::Open => self.request_now(id),
        }
    }

    /// The device woke, the network is back, or somebody looks at the page again.
    pub(super) fn wake(&mut self) {
        let now = self.now;
        if self.reconnect_at.is_some() {
            match self.woken.map(|woken| woken + SPACING) {
                Some(next) if next > now => {
                    self.reconnect_at = self.reconnect_at.map(|at| at.min(next));
                }
                _ => {
                    self.woken = Some(now);
                    self.attempt_now();
                }
            }
            return;
        }
        self.reopen_after(PATIENCE_AT_WAKE);
        if self.connection.phase() != engine::Phase::Open {
            return;
        }
        for id in self.ids() {
            if let Some(socket) = self.get_mut(id)
                && socket.not_before.take().is_some()
            {
                self.request_connect(id);
            }
        }
    }

    /// Makes the attempt at once that the back-off waits for.
    fn attempt_now(&mut self) {
        self.pacing.take_back();
        self.open(self.now);
    }

    /// An attempt that hangs is made anew.
    fn reopen_after(&mut self, patience: Duration) {
        let now = self.now;
        if self.connection.phase() != engine::Phase::Opening
            || now.saturating_since(self.attempted) < patience
        {
            return;
        }
        self.output(Output::CloseTransport(self.connection.transport()));
        for id in self.ids() {
            if let Some(socket) = self.get_mut(id) {
                socket.is_asked_ahead = false;
            }
        }
        self.start(now);
    }

    /// Asks for a namespace at once, on a connection that is open.
    fn request_now(&mut self, id: SocketId) {
        let now = self.now;
        let is_alone = self.is_alone(id);
        let patience = self.patience();
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        let is_old = now.saturating_since(socket.asked) >= patience;
        match socket.phase {
            Phase::Waiting => {
                if socket.not_before.is_some() && socket.pacing.may_hurry(now) {
                    socket.not_before = None;
                }
                self.request_connect_after(id, Some(patience));
            }
            Phase::Authorizing if is_old => {
                socket.phase = Phase::Waiting;
                self.request_connect(id);
            }
            // Nothing is lost with a connection that nobody else is on, and the server starts clean.
            Phase::Connecting if is_old && is_alone => {
                self.output(Output::CloseTransport(self.connection.transport()));
                self.event(Event::Closed(DisconnectReason::ForcedClose));
                if let Some(socket) = self.get_mut(id) {
                    socket.leave(Phase::Waiting);
                }
                self.connection_gone();
                self.open(now);
            }
            Phase::Connecting if is_old => {
                socket.leave(Phase::Waiting);
                socket.unanswered += 1;
                self.request_connect(id);
            }
            Phase::Idle | Phase::Authorizing | Phase::Connecting | Phase::Connected => {}
        }
    }

    /// How long an answer may take at least.
    fn patience(&self) -> Duration {
        let measured = self.round_trip.map_or(Duration::ZERO, |round_trip| {
            round_trip.latest.max(round_trip.smoothed).saturating_mul(2)
        });
        PATIENCE.max(measured).max(self.opening_took)
    }

    /// Whether no other socket needs the connection.
    pub(super) fn is_alone(&self, id: SocketId) -> bool {
        let mut ids = self.ids().into_iter();
        !ids.any(|other| other != id && self.is_active(other))
    }

    /// Opens the connection anew, because what the server knows of a namespace is not certain.
    pub(super) fn renew(&mut self) {
        let now = self.now;
        self.output(Output::CloseTransport(self.connection.transport()));
        self.lost(
            DisconnectReason::TransportClose,
            Some(super::CloseDetails::Renewed),
            super::ConnectError::NotAnswered,
            now,
        );
        if self.reconnect_at.is_some() {
            self.attempt_now();
        }
    }
}
