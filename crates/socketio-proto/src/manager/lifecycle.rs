use core::time::Duration;

use super::socket::{Phase, Socket};
use super::{
    CloseDetails, ConnectError, DisconnectReason, Event, Manager, Output, SocketId, socket_of,
};
use crate::Instant;
use crate::engine;
use crate::packet::Decoder;

/// Time, and changes of the network, the device and the page.
impl Manager {
    /// Handles every deadline that has passed. Call it at the time that
    /// [`poll_timeout`](Self::poll_timeout) returns; an early or late call is harmless.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.now = now;
        if self.connection.is_overdue(now) {
            match self.connection.phase() {
                engine::Phase::Open => self.heartbeat_missed(),
                engine::Phase::Opening => {
                    self.output(Output::CloseTransport(self.connection.transport()));
                    self.lost(
                        DisconnectReason::TransportError,
                        None,
                        ConnectError::Timeout,
                    );
                }
                engine::Phase::Closed => {}
            }
        }
        if self.attachments_due.is_some_and(|at| at <= now) {
            let details = CloseDetails::AttachmentsMissing;
            self.violated(details.clone(), ConnectError::Closed(details));
        }
        let mut place = 0;
        while let Some(id) = self.next_socket(&mut place) {
            self.give_up_answer(id);
        }
        if self.next_attempt().is_some_and(|at| at <= now) {
            match self.is_wished {
                true => {
                    self.woken = Some(now);
                    self.attempt_now();
                }
                false => self.open(),
            }
        }
        let mut place = 0;
        while let Some(id) = self.next_socket(&mut place) {
            if self.connection.phase() == engine::Phase::Open {
                self.request_connect(id);
            }
            self.expire(id);
        }
    }

    /// Ends the acknowledgement waits of a socket that have timed out, and drops packets that have
    /// waited too long.
    pub(super) fn expire(&mut self, id: SocketId) {
        let now = self.now;
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        let expired = socket.acks.take_expired(now);
        // A packet whose wait timed out before it was sent is not sent at all (H11).
        if !expired.is_empty() {
            socket.send_buffer.take_awaited(&expired);
        }
        let stale = socket.send_buffer.take_expired(now);
        self.unacknowledged(id, expired, super::AckError::Timeout);
        self.end_dropped(id, stale);
    }

    /// Notes that the device woke, the network is back, or the page became visible or resumed.
    /// Checks the heartbeat against the clock, starts a scheduled attempt at once, and restarts an
    /// attempt that has hung for a while. Likewise repeats a request for auth, and the CONNECT of a
    /// namespace that is alone on its connection. Such attempts are not counted, and start at least
    /// half a second apart.
    pub fn handle_wake(&mut self, now: Instant) {
        if core::mem::take(&mut self.is_offline) {
            self.pacing.reset();
        }
        // An attempt that is due by now counts as one that the system asked for, too.
        let waits = self.reconnect_at.take();
        self.handle_timeout(now);
        self.reconnect_at = self.reconnect_at.or(waits);
        self.is_suspended = false;
        self.wake();
    }

    /// Notes that the device slept for this long while the clock stood still. The server's
    /// heartbeat continued meanwhile, so on this clock it is due earlier by that time.
    pub fn handle_sleep(&mut self, slept: Duration, now: Instant) {
        self.connection.skip(slept);
        self.has_slept = true;
        self.handle_timeout(now);
    }

    /// Notes that the network is gone, and closes the connection instead of waiting for its
    /// heartbeat. Attempts continue, but don't count against
    /// [`Config::reconnection_attempts`](super::Config::reconnection_attempts) until
    /// [`handle_wake`](Self::handle_wake) is called.
    pub fn handle_offline(&mut self, now: Instant) {
        self.now = now;
        self.is_offline = true;
        self.close_transport(CloseDetails::NetworkLost);
    }

    /// Notes that the page is left or frozen, and closes the connection. An open connection would
    /// keep the page out of the back/forward cache, and the server would take the user for present.
    /// No connection is opened until [`handle_wake`](Self::handle_wake), which reconnects the
    /// active sockets.
    pub fn handle_suspend(&mut self, now: Instant) {
        self.now = now;
        self.is_suspended = true;
        self.close_transport(CloseDetails::Suspended);
    }

    fn close_transport(&mut self, details: CloseDetails) {
        if self.connection.phase() == engine::Phase::Closed {
            return;
        }
        self.output(Output::CloseTransport(self.connection.transport()));
        self.closed(DisconnectReason::TransportClose, details);
    }
}

/// The life cycle of a connection.
impl Manager {
    /// Starts an attempt, requested by the user or scheduled by the back-off.
    pub(super) fn open(&mut self) {
        if self.reconnect_at.take().is_none() {
            self.attempt = 0;
        } else if self.attempt > 0 {
            self.event(Event::ReconnectAttempt(self.attempt));
        }
        self.start();
    }

    pub(super) fn start(&mut self) {
        self.attempted = self.now;
        self.has_slept = false;
        self.decoder = Decoder::new(self.config.limits);
        let transport = self.connection.open(self.config.timeout, self.now);
        self.output(Output::OpenTransport(transport));
    }

    /// Handles the handshake: every waiting socket sends its CONNECT.
    pub(super) fn opened(&mut self) {
        self.opening_took = self.now.millis_since(self.attempted);
        self.event(Event::Opened);
        let attempt = core::mem::take(&mut self.attempt);
        if attempt > 0 {
            self.event(Event::Reconnected(attempt));
        }
        let mut place = 0;
        while let Some(id) = self.next_socket(&mut place) {
            self.request_connect(id);
        }
    }

    pub(super) fn heartbeat_missed(&mut self) {
        self.output(Output::CloseTransport(self.connection.transport()));
        self.lost(DisconnectReason::PingTimeout, None, ConnectError::Heartbeat);
    }

    /// Handles a request for auth, or a CONNECT, that was not answered in time.
    fn give_up_answer(&mut self, id: SocketId) {
        let now = self.now;
        let Some(socket) = self.get(id) else { return };
        if socket.deadline.is_none_or(|deadline| deadline > now) {
            return;
        }
        if socket.phase == Phase::Authorizing {
            return self.auth_failed(id, "no answer in time: see the option timeout".into());
        }
        if self.is_alone(id) {
            // On a new connection, the server has no state left of the request that it did not
            // answer.
            self.output(Output::CloseTransport(self.connection.transport()));
            let reason = DisconnectReason::TransportClose;
            return self.lost(reason, None, ConnectError::NotAnswered);
        }
        let attempts = socket.pacing.attempts();
        if !self.is_tried_again(attempts) {
            self.take_back_connects(id, 1);
            self.not_connected(id, Phase::Idle, ConnectError::NotAnswered);
            return self.close_if_unused();
        }
        self.not_connected(id, Phase::Waiting, ConnectError::NotAnswered);
        if let Some(socket) = socket_of(&mut self.sockets, id) {
            socket.unanswered += 1;
            let delay = socket.pacing.next(&self.config, &mut self.random);
            socket.not_before = Some(now + delay);
        }
    }

    /// Whether the options allow another attempt after this many.
    fn is_tried_again(&self, attempts: u32) -> bool {
        let most = self.config.reconnection_attempts;
        let is_counted = !self.is_offline && !self.is_suspended;
        let is_exhausted = most.is_some_and(|most| attempts >= most && is_counted);
        self.config.reconnection && !is_exhausted
    }

    /// Handles the failure to connect a namespace.
    pub(super) fn not_connected(&mut self, id: SocketId, phase: Phase, error: ConnectError) {
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        socket.leave(phase);
        socket.insists = false;
        // The request has ended.
        self.pacing.hurries = 0;
        self.note_failure(id);
        self.event(Event::ConnectError { socket: id, error });
    }

    fn note_failure(&mut self, id: SocketId) {
        if let Some(socket) = socket_of(&mut self.sockets, id) {
            socket.pacing.ended(&self.config, self.now);
        }
        self.fail();
    }

    /// Calls [`lost`](Self::lost) with an error made of the details.
    pub(super) fn closed(&mut self, reason: DisconnectReason, details: CloseDetails) {
        self.lost(reason, Some(details.clone()), ConnectError::Closed(details));
    }

    /// Handles a connection that was lost, not closed by the user. Connected sockets are notified
    /// of `reason`, sockets that were connecting of `error`.
    pub(super) fn lost(
        &mut self,
        reason: DisconnectReason,
        details: Option<CloseDetails>,
        error: ConnectError,
    ) {
        let was_open = self.connection.phase() == engine::Phase::Open;
        self.connection_gone();
        if was_open {
            self.event(Event::Closed(reason));
        } else if self.attempt > 0 {
            self.event(Event::ReconnectError(error.clone()));
        }
        self.fail();
        // A connection that the client itself renews is reopened even if the attempts are used up.
        let is_renewed = matches!(details, Some(CloseDetails::Renewed));
        if !is_renewed {
            self.pacing.hurries = 0;
        }
        let again = is_renewed || self.is_tried_again(self.pacing.attempts());
        let phase = if again { Phase::Waiting } else { Phase::Idle };
        let mut place = 0;
        while let Some(id) = self.next_socket(&mut place) {
            let Some(socket) = self.get(id) else {
                continue;
            };
            match socket.phase {
                Phase::Idle => {}
                Phase::Connected => self.disconnected(id, phase, reason, details.clone()),
                Phase::Waiting | Phase::Authorizing | Phase::Connecting => {
                    self.not_connected(id, phase, error.clone());
                }
            }
        }
        if again {
            let delay = self.pacing.next(&self.config, &mut self.random);
            self.schedule(self.pacing.attempts(), delay);
        } else if self.config.reconnection {
            self.pacing.give_up();
            self.attempt = 0;
            self.event(Event::ReconnectFailed);
        }
    }

    pub(super) fn schedule(&mut self, attempt: u32, delay: Duration) {
        self.attempt = attempt;
        self.is_wished = false;
        self.reconnect_at = Some(self.now + delay);
        self.event(Event::ReconnectScheduled { attempt, delay });
    }

    /// Discards the state that belonged to the connection.
    pub(super) fn connection_gone(&mut self) {
        self.connection.close();
        self.pacing.ended(&self.config, self.now);
        self.decoder.reset();
        self.attachments_due = None;
        self.packet_began = None;
        self.left.clear();
        let mut place = 0;
        while let Some(id) = self.next_socket(&mut place) {
            if let Some(socket) = self.get_mut(id) {
                socket.unanswered = 0;
                socket.has_left = false;
                socket.end_delay();
            }
        }
    }

    /// Detaches a socket from the connection, and emits `Disconnected` if it was connected.
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
        if !self.any_socket(&|socket| socket.phase == Phase::Connected) {
            self.pacing.ended(&self.config, self.now);
        }
        let is_failure = !matches!(
            reason,
            DisconnectReason::ForcedClose | DisconnectReason::IoClientDisconnect
        );
        if is_failure {
            self.note_failure(id);
        }
        if was_connected {
            self.event(Event::Disconnected {
                socket: id,
                reason,
                details,
            });
        }
        self.unacknowledged(id, lost, super::AckError::Disconnected);
        // Drops a volatile packet that a handler emitted last.
        self.expire(id);
    }

    /// Closes the connection if no socket is active.
    pub(super) fn close_if_unused(&mut self) {
        if self.any_socket(&Socket::is_active) {
            return;
        }
        if self.reconnect_at.take().is_some() {
            self.pacing.take_back();
        }
        self.attempt = 0;
        if self.connection.phase() == engine::Phase::Closed {
            return;
        }
        let was_open = self.connection.phase() == engine::Phase::Open;
        self.output(Output::CloseTransport(self.connection.transport()));
        self.connection_gone();
        if was_open {
            self.event(Event::Closed(DisconnectReason::ForcedClose));
        }
    }
}
