use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::socket::{Auth, AuthKind, Dropped, Phase, Socket, SocketOptions, User, text_of};
use super::{
    AckError, AckToken, Config, ConnectError, DisconnectReason, EmitError, Event, Manager, Slot,
    SocketError, SocketId, socket_of,
};
use crate::packet::{self, Arguments};
use crate::{Instant, Limits};

/// Commands of the user.
impl Manager {
    /// Creates a socket for a namespace. It stays unconnected until [`connect`](Self::connect) is
    /// called. An empty name means `/`; a missing leading slash is added.
    ///
    /// # Errors
    /// When the namespace can't be encoded, or this manager already has a socket for it.
    pub fn socket(
        &mut self,
        namespace: &str,
        options: impl Into<SocketOptions>,
    ) -> Result<SocketId, SocketError> {
        let mut options = options.into();
        let retries = options.retries.take();
        let id = self.socket_without_retries(namespace, &mut options)?;
        if let Some(retries) = retries {
            self.retry(id, retries);
        }
        Ok(id)
    }

    /// Does the same as [`socket`](Self::socket), but ignores the option `retries`: the retry queue
    /// (3 KB of WebAssembly) is linked only into programs that call [`retry`](Self::retry). Takes
    /// the options on success and leaves them in place on an error, so that the caller can create
    /// the socket on another connection.
    ///
    /// # Errors
    /// As [`socket`](Self::socket).
    pub fn socket_without_retries(
        &mut self,
        namespace: &str,
        options: &mut SocketOptions,
    ) -> Result<SocketId, SocketError> {
        let normal = packet::normalize_namespace(namespace)
            .map_err(|_| SocketError::BadNamespace(namespace.into()))?;
        let namespace: Box<str> = (*normal).into();
        if self.find(&namespace).is_some() {
            return Err(SocketError::NamespaceTaken(namespace.into()));
        }
        let pacing = self.take_former(&namespace);
        let options = core::mem::take(options);
        let mut socket = Box::new(Socket::new(namespace, options, pacing));
        // A server may still answer an event of an earlier socket on the same connection.
        socket.acks.start_at(self.next_ack);
        let free = self.sockets.iter().position(|slot| slot.socket.is_none());
        let index = free.unwrap_or(self.sockets.len());
        if free.is_none() {
            self.sockets.push(Slot::default());
        }
        let generation = self.sockets.get_mut(index).map_or(0, |slot| {
            slot.generation = slot.generation.wrapping_add(1);
            slot.socket = Some(socket);
            slot.generation
        });
        Ok(SocketId {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            generation,
        })
    }

    /// Disconnects a socket and removes it. Every pending acknowledgement ends with
    /// [`AckError::Removed`]. When no other socket is active, the connection is closed.
    pub fn remove(&mut self, id: SocketId, now: Instant) {
        self.disconnect(id, now);
        let Some(slot) = self.sockets.get_mut(id.index as usize) else {
            return;
        };
        if slot.generation == id.generation
            && let Some(mut socket) = slot.socket.take()
        {
            let retries = socket.retries.as_mut();
            let retried = retries.map_or_else(Vec::new, |queue| queue.take_all());
            let waits = socket.acks.take_all();
            self.next_ack = self.next_ack.max(socket.acks.next_id());
            for wait in waits {
                if wait.retried.is_none() {
                    self.acked(id, wait.id, Err(AckError::Removed));
                }
            }
            self.end_retried(id, retried, AckError::Removed);
            self.keep_former(socket.namespace, socket.pacing);
        }
    }

    /// Connects the socket, and opens the connection if there is none.
    ///
    /// If the socket is connecting already, this asks for a connection now: a pending back-off
    /// delay is skipped, and an attempt or a CONNECT that the server has left unanswered for a
    /// while is repeated. A program that calls this after each failure gets one immediate attempt,
    /// then those of the back-off.
    ///
    /// While the page is [suspended](Self::handle_suspend), the request is kept until the page
    /// wakes.
    pub fn connect(&mut self, id: SocketId, now: Instant) {
        self.now = now;
        let is_reaction = self.is_reaction();
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        socket.insists |= !is_reaction && socket.phase != Phase::Connected;
        match socket.phase {
            Phase::Idle => self.connect_idle(id),
            Phase::Connected => {}
            Phase::Waiting | Phase::Authorizing | Phase::Connecting => self.connect_now(id),
        }
    }

    /// Disconnects the socket. It stays disconnected until [`connect`](Self::connect) is called.
    /// When no other socket is active, the connection is closed.
    ///
    /// Events emitted while it was connected are sent first. Packets that still wait are kept for
    /// the next session, unless that session belongs to another user: see
    /// [`set_auth`](Self::set_auth).
    pub fn disconnect(&mut self, id: SocketId, now: Instant) {
        self.now = now;
        self.leave_session(id, DisconnectReason::IoClientDisconnect);
        self.close_if_unused();
    }

    /// Closes the connection. Its sockets are disconnected, and stay so until
    /// [`connect`](Self::connect) is called.
    pub fn close(&mut self) {
        let mut place = 0;
        while let Some(id) = self.next_socket(&mut place) {
            self.leave_session(id, DisconnectReason::ForcedClose);
        }
        self.close_if_unused();
    }

    /// Ends the session of a socket, if it has one, on behalf of the user.
    pub(super) fn leave_session(&mut self, id: SocketId, reason: DisconnectReason) {
        // Events that handlers of `Connected` emitted are sent before the disconnect takes effect.
        self.flush_all();
        let is_untold = self.withdraw(id);
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        socket.forget_session();
        let mut unanswered = core::mem::take(&mut socket.unanswered);
        match socket.phase {
            Phase::Connected => {
                let namespace = socket.namespace.clone();
                if is_untold {
                    socket.phase = Phase::Connecting;
                }
                if reason == DisconnectReason::IoClientDisconnect {
                    self.leave(&namespace);
                }
            }
            Phase::Connecting => unanswered += 1,
            Phase::Waiting if socket.is_asked_ahead => unanswered += 1,
            Phase::Idle | Phase::Waiting | Phase::Authorizing => {}
        }
        self.take_back_connects(id, unanswered);
        if let Some(socket) = socket_of(&mut self.sockets, id) {
            socket.insists = false;
            socket.pacing.ended(&self.config, self.now);
        }
        self.disconnected(id, Phase::Idle, reason, None);
    }

    /// Notes that a CONNECT for this socket was already sent over the transport that is being
    /// opened, by the code that opened it before this manager ran. The manager sends no CONNECT and
    /// requests no auth until the connection is lost or the server refuses the namespace. Does
    /// nothing for a socket that isn't waiting to send its CONNECT.
    pub fn connect_went_out(&mut self, id: SocketId) {
        let now = self.now;
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        if socket.phase == Phase::Waiting {
            socket.is_asked_ahead = true;
            socket.asked = now;
            socket.not_before = None;
            let user = socket.user.clone();
            self.set_identity(id, user);
        }
    }

    /// Sets the auth that the next CONNECT of this socket carries.
    ///
    /// Auth that differs from the auth of the last CONNECT counts as another user's, unless
    /// [`SocketOptions::one_user`] is set. The client then offers the server no session for
    /// recovery. If the earlier auth was an object, packets that were emitted before this call and
    /// still wait are dropped.
    pub fn set_auth(&mut self, id: SocketId, auth: Auth, now: Instant) {
        self.now = now;
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        if socket.options.auth == auth {
            return;
        }
        socket.set_auth(auth);
        // A CONNECT that was sent ahead carries the auth of the earlier user too.
        if socket.is_asked_ahead && !socket.has_identity() {
            self.reopen_after(0);
            return;
        }
        // Auth that was requested before this call would be the earlier user's.
        if socket.phase == Phase::Authorizing {
            socket.leave(Phase::Waiting);
            self.request_connect(id);
        }
    }

    /// Answers [`Event::Authorize`]. An answer to an older request is ignored; an error leaves the
    /// socket unconnected, and is reported as [`ConnectError::Auth`].
    pub fn authorize(
        &mut self,
        id: SocketId,
        request: u32,
        answer: Result<Auth, String>,
        now: Instant,
    ) {
        self.now = now;
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        if socket.phase != Phase::Authorizing || socket.auth_request != request {
            return;
        }
        match answer {
            Ok(Auth(AuthKind::Object(text))) => {
                self.send_connect(id, Some(User::new(text.as_str().into())))
            }
            Ok(_) => self.send_connect(id, None),
            Err(text) => self.auth_failed(id, text),
        }
    }

    /// Acknowledges a received event that asked for it.
    ///
    /// # Errors
    /// When the connection that the event was received on is gone, or the arguments can't be
    /// encoded or exceed a limit.
    pub fn acknowledge(
        &mut self,
        id: SocketId,
        token: AckToken,
        arguments: Arguments,
    ) -> Result<(), EmitError> {
        let limits: Limits = self.config.limits;
        let socket = self.get_mut(id).ok_or(EmitError::NoSocket)?;
        if socket.phase != Phase::Connected || socket.session != token.session {
            return Err(EmitError::StaleAck);
        }
        let frame = packet::encode_ack(&socket.namespace, token.id, arguments, &limits)?;
        self.send(frame);
        Ok(())
    }

    /// Stops waiting for an acknowledgement, without an [`Event::Acked`]. With retries, the event
    /// is still sent.
    pub fn cancel_ack(&mut self, id: SocketId, ack: u64) {
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        if let Some(queue) = &mut socket.retries {
            queue.forget_awaited(ack);
        }
        socket.acks.take_if(ack, |wait| wait.retried.is_none());
    }

    /// Drops the packets that wait to be sent, and returns their number. Their pending
    /// acknowledgements end with [`AckError::Dropped`].
    pub fn clear_buffer(&mut self, id: SocketId) -> usize {
        let Some(socket) = self.get_mut(id) else {
            return 0;
        };
        let retries = socket.retries.as_mut();
        let dropped = Dropped {
            packets: socket.send_buffer.take_all(),
            events: retries.map_or_else(Vec::new, |queue| queue.take_waiting()),
        };
        let count = dropped.packets.len() + dropped.events.len();
        self.end_waits(id, dropped);
        count
    }

    /// Sets whether packets that are sent are reported as [`Event::Outgoing`]. They are not by
    /// default.
    pub fn tell_outgoing(&mut self, id: SocketId, tell: bool) {
        if let Some(socket) = self.get_mut(id) {
            socket.tells_outgoing = tell;
        }
    }

    /// Changes the options of the connection. They take effect at the next attempt. If the change
    /// disables reconnection, an attempt that is scheduled is cancelled.
    pub fn configure(&mut self, change: impl FnOnce(&mut Config)) {
        change(&mut self.config);
        if !self.config.reconnection && self.reconnect_at.take().is_some() {
            let mut place = 0;
            while let Some(id) = self.next_socket(&mut place) {
                self.disconnected(id, Phase::Idle, DisconnectReason::ForcedClose, None);
            }
            self.event(Event::ReconnectFailed);
            self.close_if_unused();
        }
    }

    /// Sets whether the transport can send more at once. While it can't, volatile packets are
    /// dropped.
    pub fn set_writable(&mut self, writable: bool) {
        self.connection.set_writable(writable);
    }
}

impl Manager {
    /// Sends CONNECT for a socket that waits for it, or requests its auth first.
    pub(super) fn request_connect(&mut self, id: SocketId) {
        self.request_connect_after(id, None);
    }

    /// Does the same, but waits at most `patience` milliseconds for the answer to a CONNECT that
    /// was taken back.
    pub(super) fn request_connect_after(&mut self, id: SocketId, patience: Option<u64>) {
        let (now, timeout) = (self.now, self.config.timeout);
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        let waits = socket.phase == Phase::Waiting;
        if !waits || socket.not_before.is_some_and(|at| at > now) {
            return;
        }
        socket.not_before = None;
        if self.is_left(id, patience) {
            return;
        }
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        if core::mem::take(&mut socket.is_asked_ahead) {
            return self.await_answer(id);
        }
        socket.asked = now;
        match &socket.options.auth.0 {
            AuthKind::None => self.send_connect(id, None),
            AuthKind::Object(_) => {
                let user = socket.user.clone();
                self.send_connect(id, user);
            }
            AuthKind::Ask => {
                socket.phase = Phase::Authorizing;
                socket.deadline = now.after(timeout);
                socket.auth_request = socket.auth_request.wrapping_add(1);
                let request = socket.auth_request;
                let refused = socket.auth_refreshed;
                self.event(Event::Authorize {
                    socket: id,
                    request,
                    refused,
                });
            }
        }
    }

    pub(super) fn auth_failed(&mut self, id: SocketId, text: String) {
        self.not_connected(id, Phase::Idle, ConnectError::Auth(text));
        self.close_if_unused();
    }

    fn send_connect(&mut self, id: SocketId, auth: Option<User>) {
        let limit = self.config.limits.packet_bytes;
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        // Its answer could not be told apart from one that is still due for another user, from this
        // socket or from an earlier one.
        if socket.is_due_to_other(text_of(&auth)) {
            socket.phase = Phase::Waiting;
            return self.renew();
        }
        self.set_identity(id, auth.clone());
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        let payload = socket.connect_payload(text_of(&auth));
        match packet::encode_connect(&socket.namespace, payload.as_deref()) {
            // The message type belongs to Engine.IO, not to the packet.
            Ok(frame) if frame.bytes() - 1 <= limit => {
                self.await_answer(id);
                self.send(frame);
            }
            // Not through the error's `Display`, which would link the texts of all variants.
            Ok(frame) => self.auth_failed(id, packet::too_large(frame.bytes() - 1, limit)),
            // The namespace was checked, and `Auth` holds an object, so the only error left is
            // nesting that is too deep. The text repeats `EncodeError::kind`, which would link the
            // names of all variants.
            Err(_) => self.auth_failed(id, "invalid_json".into()),
        }
    }

    /// Assigns the next session to this user, and drops the packets of other users.
    pub(super) fn set_identity(&mut self, id: SocketId, user: Option<User>) {
        if let Some(socket) = self.get_mut(id) {
            let dropped = socket.set_identity(user);
            self.end_waits(id, dropped);
        }
    }

    /// Starts to wait for the answer to a CONNECT.
    fn await_answer(&mut self, id: SocketId) {
        let (now, timeout) = (self.now, self.config.connect_timeout);
        if let Some(socket) = self.get_mut(id) {
            socket.phase = Phase::Connecting;
            socket.asked = now;
            socket.deadline = now.after(timeout);
        }
    }
}
