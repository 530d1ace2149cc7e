use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::{
    AckError, AckToken, Config, ConnectError, DisconnectReason, EmitError, Event, Left, Manager,
    Slot, SocketError, SocketId,
};
use crate::engine;
use crate::packet::{self, Arguments};
use crate::socket::{Auth, AuthKind, Phase, Socket, SocketOptions};
use crate::{Instant, Limits};

/// Commands of the user.
impl Manager {
    /// Makes a socket for a namespace; it stays unconnected until [`connect`](Self::connect). An empty name means
    /// `/`, and a leading slash is added where it is missing.
    ///
    /// # Errors
    /// When the namespace can't be written, or has a socket here already.
    pub fn socket(
        &mut self,
        namespace: &str,
        options: impl Into<SocketOptions>,
    ) -> Result<SocketId, SocketError> {
        let mut options = options.into();
        let retries = options.retries.take();
        let id = self.socket_without_retries(namespace, options)?;
        if let Some(retries) = retries {
            self.retry(id, retries);
        }
        Ok(id)
    }

    /// [`socket`](Self::socket), but that the option `retries` means nothing: only who calls [`retry`](Self::retry)
    /// links what it takes, 3 KB of a page.
    ///
    /// # Errors
    /// As [`socket`](Self::socket).
    pub fn socket_without_retries(
        &mut self,
        namespace: &str,
        options: SocketOptions,
    ) -> Result<SocketId, SocketError> {
        let namespace: Box<str> = packet::normalize_namespace(namespace)
            .map_err(|_| SocketError::BadNamespace(namespace.into()))?
            .into();
        if self.find(&namespace).is_some() {
            return Err(SocketError::NamespaceTaken(namespace.into()));
        }
        let socket = Some(Box::new(Socket::new(namespace, options)));
        let free = self.sockets.iter().position(|slot| slot.socket.is_none());
        let index = free.unwrap_or(self.sockets.len());
        if free.is_none() {
            self.sockets.push(Slot::default());
        }
        let generation = self.sockets.get_mut(index).map_or(0, |slot| {
            slot.generation = slot.generation.wrapping_add(1);
            slot.socket = socket;
            slot.generation
        });
        Ok(SocketId {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            generation,
        })
    }

    /// Disconnects a socket and forgets it. Every acknowledgement that it waits for ends with
    /// [`AckError::Removed`]. When no other socket is active, the connection is closed (C24, W13).
    pub fn remove(&mut self, id: SocketId, now: Instant) {
        self.disconnect(id, now);
        let Some(slot) = self.sockets.get_mut(id.index as usize) else {
            return;
        };
        if slot.generation == id.generation
            && let Some(mut socket) = slot.socket.take()
        {
            let retried = socket
                .retries
                .as_mut()
                .map(|queue| queue.take_all())
                .unwrap_or_default();
            let waits = socket.acks.take_all();
            for wait in waits.iter().filter(|wait| wait.retried.is_none()) {
                let result = Err(AckError::Removed);
                self.event(Event::Acked {
                    socket: id,
                    id: wait.id,
                    result,
                });
            }
            self.end_retried(id, retried, AckError::Removed);
        }
    }

    /// Connects the socket, opening the connection where there is none. While a back-off waits, the next attempt is
    /// made at once (W4). Does nothing for a socket that is connected or about to be.
    pub fn connect(&mut self, id: SocketId, now: Instant) {
        self.now = now;
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        if !socket.is_active() {
            socket.phase = Phase::Waiting;
        }
        match self.connection.phase() {
            engine::Phase::Closed => self.open(now),
            engine::Phase::Open => {
                self.forget_left("");
                self.request_connect(id);
            }
            engine::Phase::Opening => {}
        }
    }

    /// Disconnects the socket; it stays so until it is connected again (F2). When no other socket is active, the
    /// connection is closed.
    pub fn disconnect(&mut self, id: SocketId, now: Instant) {
        self.now = now;
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        let namespace = socket.namespace.clone();
        match socket.phase {
            Phase::Connected => self.leave(namespace),
            // The server would not know yet what is left: that waits for its answer.
            Phase::Connecting => self.left.push(Left {
                namespace,
                until: None,
            }),
            Phase::Idle | Phase::Waiting | Phase::Authorizing => {}
        }
        self.disconnected(id, Phase::Idle, DisconnectReason::IoClientDisconnect, None);
        self.close_if_unused();
    }

    /// Closes the connection. Its sockets are disconnected, and stay so until they are connected again.
    pub fn close(&mut self) {
        for id in self.ids() {
            self.disconnected(id, Phase::Idle, DisconnectReason::ForcedClose, None);
        }
        self.close_if_unused();
    }

    /// Tells that CONNECT has gone out already for this socket, over the transport that is being opened: by what opened
    /// it, ahead of this manager. So none is sent, nor is auth asked for, until the connection is lost or the server
    /// refuses. Does nothing for a socket that doesn't wait for its CONNECT.
    pub fn connect_went_out(&mut self, id: SocketId) {
        if let Some(socket) = self.get_mut(id)
            && socket.phase == Phase::Waiting
        {
            socket.is_asked_ahead = true;
        }
    }

    /// What the next CONNECT of this socket carries.
    pub fn set_auth(&mut self, id: SocketId, auth: Auth) {
        if let Some(socket) = self.get_mut(id) {
            socket.options.auth = auth;
        }
    }

    /// Answers [`Event::Authorize`]. An answer to an older request is ignored; an error leaves the socket
    /// unconnected, and is told as [`ConnectError::Auth`].
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
            Ok(Auth(AuthKind::Object(text))) => self.send_connect(id, Some(&text)),
            Ok(_) => self.send_connect(id, None),
            Err(text) => self.auth_failed(id, text),
        }
    }

    /// Answers an event that asked for it (H14).
    ///
    /// # Errors
    /// When the connection that the event came over is gone, or the arguments can't be encoded or exceed a limit.
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

    /// Gives up waiting for an acknowledgement: its end is not told. With retries, the event is sent all the same.
    pub fn cancel_ack(&mut self, id: SocketId, ack: u64) {
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        if let Some(queue) = &mut socket.retries {
            queue.forget_awaited(ack);
        }
        socket.acks.take_if(ack, |wait| wait.retried.is_none());
    }

    /// Drops what waits to be sent, and tells how many packets that were. Acknowledgements of theirs end with
    /// [`AckError::Dropped`] (W10).
    pub fn clear_buffer(&mut self, id: SocketId) -> usize {
        let Some(socket) = self.get_mut(id) else {
            return 0;
        };
        let frames = socket.send_buffer.take_all();
        let events = socket
            .retries
            .as_mut()
            .map(|queue| queue.take_waiting())
            .unwrap_or_default();
        let count = frames.len() + events.len();
        let acks: Vec<u64> = frames.iter().filter_map(|buffered| buffered.ack).collect();
        self.end_acks(id, &acks, AckError::Dropped);
        self.end_retried(id, events, AckError::Dropped);
        count
    }

    /// Whether packets that go out are told as [`Event::Outgoing`] (F10); they are not, unless asked for.
    pub fn tell_outgoing(&mut self, id: SocketId, tell: bool) {
        if let Some(socket) = self.get_mut(id) {
            socket.tells_outgoing = tell;
        }
    }

    /// Changes the options of the connection (C4–C9). They hold from the next attempt on; a back-off that waits is
    /// stopped where reconnection is no longer wanted.
    pub fn configure(&mut self, change: impl FnOnce(&mut Config)) {
        change(&mut self.config);
        if !self.config.reconnection && self.reconnect_at.take().is_some() {
            for id in self.ids() {
                self.disconnected(id, Phase::Idle, DisconnectReason::ForcedClose, None);
            }
            self.close_if_unused();
        }
    }

    /// Tells whether the transport takes more at once: while it doesn't, volatile packets are dropped.
    pub fn set_writable(&mut self, writable: bool) {
        self.connection.set_writable(writable);
    }
}

impl Manager {
    /// Sends DISCONNECT. A CONNECT right behind it would find the server not done with it.
    pub(super) fn leave(&mut self, namespace: Box<str>) {
        let frame = packet::encode_disconnect(&namespace);
        frame.into_iter().for_each(|frame| self.send(frame));
        self.left.push(Left {
            namespace,
            until: Some(self.now + self.config.rejoin_delay),
        });
    }

    /// What was left long enough ago, and what the server has `answered` since, can be asked for again. Whether the
    /// answer was one to a CONNECT that was taken back.
    pub(super) fn forget_left(&mut self, answered: &str) -> bool {
        let (now, mut found) = (self.now, false);
        self.left.retain(|left| match left.until {
            Some(until) => until > now,
            None => {
                let is_answered = *left.namespace == *answered;
                found |= is_answered;
                !is_answered
            }
        });
        found
    }

    /// Sends CONNECT for a socket that waits for it, asking for its auth first where need be.
    pub(super) fn request_connect(&mut self, id: SocketId) {
        let (now, timeout) = (self.now, self.config.timeout);
        let waits = |socket: &&Socket| socket.phase == Phase::Waiting;
        let Some(socket) = self.get(id).filter(waits) else {
            return;
        };
        let is_left = |left: &Left| left.namespace == socket.namespace;
        if self.left.iter().any(is_left) {
            return;
        }
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        if core::mem::take(&mut socket.is_asked_ahead) {
            socket.phase = Phase::Connecting;
            socket.connect_sent = now;
            return;
        }
        match &socket.options.auth.0 {
            AuthKind::None => self.send_connect(id, None),
            AuthKind::Object(text) => {
                let text = text.clone();
                self.send_connect(id, Some(&text));
            }
            AuthKind::Ask => {
                socket.phase = Phase::Authorizing;
                socket.auth_deadline = timeout.map(|timeout| now + timeout);
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
        if let Some(socket) = self.get_mut(id) {
            socket.leave(Phase::Idle);
        }
        self.event(Event::ConnectError {
            socket: id,
            error: ConnectError::Auth(text),
        });
        self.close_if_unused();
    }

    fn send_connect(&mut self, id: SocketId, auth: Option<&str>) {
        let (now, limit) = (self.now, self.config.limits.packet_bytes);
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        socket.phase = Phase::Connecting;
        socket.connect_sent = now;
        socket.auth_deadline = None;
        let payload = socket.connect_payload(auth);
        match packet::encode_connect(&socket.namespace, payload.as_deref()) {
            // The type of the message is the transport's, not the packet's.
            Ok(frame) if frame.bytes() - 1 <= limit => self.send(frame),
            // Not by way of the error's `Display`, which links the texts of all its kinds.
            Ok(frame) => self.auth_failed(id, packet::too_large(frame.bytes() - 1, limit)),
            Err(error) => self.auth_failed(id, error.kind().into()),
        }
    }
}
