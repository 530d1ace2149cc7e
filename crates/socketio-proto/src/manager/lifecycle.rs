use alloc::vec::Vec;

use super::{CloseDetails, ConnectError, DisconnectReason, Event, Manager, Output, SocketId};
use crate::Instant;
use crate::engine;
use crate::packet::Decoder;
use crate::socket::Phase;

/// The time and the network.
impl Manager {
    /// To be called when [`poll_timeout`](Self::poll_timeout) says; calling it early or late is harmless.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.now = now;
        if self.connection.is_overdue(now) {
            match self.connection.phase() {
                engine::Phase::Open => self.heartbeat_missed(now),
                engine::Phase::Opening => {
                    self.output(Output::CloseTransport(self.connection.transport()));
                    self.lost(
                        DisconnectReason::TransportError,
                        None,
                        ConnectError::Timeout,
                        now,
                    );
                }
                engine::Phase::Closed => {}
            }
        }
        if self.reconnect_at.is_some_and(|at| at <= now) {
            self.open(now);
        }
        self.forget_left("");
        for id in self.ids() {
            if self.connection.phase() == engine::Phase::Open {
                self.request_connect(id);
            }
            let deadline = self.get(id).and_then(|socket| socket.auth_deadline);
            if deadline.is_some_and(|deadline| deadline <= now) {
                self.auth_failed(id, "no answer in time: see the option timeout".into());
            }
            let Some(socket) = self.get_mut(id) else {
                continue;
            };
            let expired = socket.acks.take_expired(now);
            // What was not sent in time is not sent at all (H11).
            let ids: Vec<u64> = expired.iter().map(|wait| wait.id).collect();
            if !ids.is_empty() {
                socket.send_buffer.take_acks(&ids);
            }
            let stale = socket.send_buffer.take_expired(now);
            let dropped: Vec<u64> = stale.iter().filter_map(|buffered| buffered.ack).collect();
            self.unacknowledged(id, expired, super::AckError::Timeout);
            self.end_acks(id, &dropped, super::AckError::Dropped);
        }
    }

    /// The device woke, the page became visible, or somebody looks: checks the heartbeat against the clock, and
    /// makes a waiting attempt to reconnect at once (W5).
    pub fn handle_wake(&mut self, now: Instant) {
        if self.reconnect_at.is_some() {
            self.open(now);
        } else {
            self.handle_timeout(now);
        }
    }

    /// The network is gone: closes the connection rather than wait for its heartbeat (L4).
    pub fn handle_offline(&mut self, now: Instant) {
        self.let_go(CloseDetails::NetworkLost, "the network is gone", now);
    }

    /// The page is left, or frozen: closes the connection, which would keep the page from being kept, and the server
    /// from seeing that nobody is there. [`handle_wake`](Self::handle_wake) connects anew.
    pub fn handle_suspend(&mut self, now: Instant) {
        self.let_go(CloseDetails::Suspended, "the page was left or frozen", now);
    }

    fn let_go(&mut self, details: CloseDetails, text: &str, now: Instant) {
        self.now = now;
        if self.connection.phase() == engine::Phase::Closed {
            return;
        }
        self.output(Output::CloseTransport(self.connection.transport()));
        let error = ConnectError::Transport(text.into());
        self.lost(DisconnectReason::TransportClose, Some(details), error, now);
    }
}

/// The course of a connection.
impl Manager {
    /// Starts an attempt, the user's own or one of the back-off's.
    pub(super) fn open(&mut self, now: Instant) {
        self.attempt = self.backoff.attempts();
        if self.reconnect_at.take().is_some() {
            self.event(Event::ReconnectAttempt(self.attempt));
        }
        self.decoder = Decoder::new(self.config.limits);
        let transport = self.connection.open(self.config.timeout, now);
        self.output(Output::OpenTransport(transport));
    }

    /// The handshake came: every socket that waits asks for its namespace.
    pub(super) fn opened(&mut self) {
        self.backoff.reset();
        self.event(Event::Opened);
        let attempt = core::mem::take(&mut self.attempt);
        if attempt > 0 {
            self.event(Event::Reconnected(attempt));
        }
        for id in self.ids() {
            self.request_connect(id);
        }
    }

    pub(super) fn heartbeat_missed(&mut self, now: Instant) {
        self.output(Output::CloseTransport(self.connection.transport()));
        self.lost(
            DisconnectReason::PingTimeout,
            None,
            ConnectError::Timeout,
            now,
        );
    }

    /// The connection is gone, and nobody here wanted that. `reason` is for those who were connected, `error` for
    /// those who were about to be.
    pub(super) fn lost(
        &mut self,
        reason: DisconnectReason,
        details: Option<CloseDetails>,
        error: ConnectError,
        now: Instant,
    ) {
        let was_open = self.connection.phase() == engine::Phase::Open;
        self.connection.close();
        self.decoder.reset();
        self.left.clear();
        if was_open {
            self.event(Event::Closed(reason));
        } else if self.attempt > 0 {
            self.event(Event::ReconnectError(error.clone()));
        }
        let attempts = self.backoff.attempts();
        let exhausted = self
            .config
            .reconnection_attempts
            .is_some_and(|most| attempts >= most);
        let again = self.config.reconnection && !exhausted;
        let phase = if again { Phase::Waiting } else { Phase::Idle };
        for id in self.ids() {
            let Some(socket) = self.get_mut(id) else {
                continue;
            };
            match socket.phase {
                Phase::Idle => {}
                Phase::Connected => self.disconnected(id, phase, reason, details.clone()),
                Phase::Waiting | Phase::Authorizing | Phase::Connecting => {
                    socket.leave(phase);
                    self.event(Event::ConnectError {
                        socket: id,
                        error: error.clone(),
                    });
                }
            }
        }
        if again {
            self.schedule(now);
        } else if self.config.reconnection {
            self.backoff.reset();
            self.attempt = 0;
            self.event(Event::ReconnectFailed);
        }
    }

    fn schedule(&mut self, now: Instant) {
        let delay = self.backoff.next(&self.config, &mut self.random);
        self.attempt = self.backoff.attempts();
        self.reconnect_at = Some(now + delay);
        self.event(Event::ReconnectScheduled {
            attempt: self.attempt,
            delay,
        });
    }

    /// Takes a socket out of the connection, and tells it if it was connected (W8).
    pub(super) fn disconnected(
        &mut self,
        id: SocketId,
        phase: Phase,
        reason: DisconnectReason,
        details: Option<CloseDetails>,
    ) {
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        let was_connected = socket.phase == Phase::Connected;
        socket.leave(phase);
        let lost = socket.acks.take_sent();
        if was_connected {
            self.event(Event::Disconnected {
                socket: id,
                reason,
                details,
            });
        }
        self.unacknowledged(id, lost, super::AckError::Disconnected);
    }

    /// The connection goes with its last active socket (C24, W13).
    pub(super) fn close_if_unused(&mut self) {
        let used = self.ids().into_iter().any(|id| self.is_active(id));
        if used {
            return;
        }
        self.reconnect_at = None;
        self.attempt = 0;
        self.backoff.reset();
        if self.connection.phase() == engine::Phase::Closed {
            return;
        }
        let was_open = self.connection.phase() == engine::Phase::Open;
        self.output(Output::CloseTransport(self.connection.transport()));
        self.connection.close();
        self.decoder.reset();
        self.left.clear();
        if was_open {
            self.event(Event::Closed(DisconnectReason::ForcedClose));
        }
    }
}
