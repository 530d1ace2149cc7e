use alloc::string::String;
use alloc::vec::Vec;

use super::socket::Phase;
use super::{
    AckToken, CloseDetails, ConnectError, DisconnectReason, Event, Manager, Output, Refusal,
    SocketId, TransportEvent, TransportId,
};
use crate::Instant;
use crate::engine::{self, Received, Violation};
use crate::json;
use crate::packet::{DecodeError, Decoded, Packet, PacketKind};

/// The payload of a CONNECT reply: the socket's id, and the one that the session can be restored by, if there is one.
fn session(packet: &Packet) -> Option<(String, Option<String>)> {
    let (mut sid, mut pid) = (None, None);
    let mut take = |key: &str, value| match key {
        "sid" => sid = Some(value),
        "pid" => pid = Some(value),
        _ => {}
    };
    json::members(packet.data()?, &mut take).ok()?;
    let pid = match pid {
        None | Some("null") => None,
        Some(pid) => Some(json::string(pid)?),
    };
    Some((json::string(sid?)?, pid))
}

/// What comes from outside.
impl Manager {
    /// Takes what a transport tells. Whatever a superseded transport still tells is ignored.
    pub fn handle_transport(&mut self, id: TransportId, event: TransportEvent, now: Instant) {
        self.now = now;
        let phase = self.connection.phase();
        if id != self.connection.transport() || phase == engine::Phase::Closed {
            return;
        }
        let received = match event {
            TransportEvent::Text(frame) => self.connection.text(frame, now),
            TransportEvent::Binary(data) => self.connection.binary(data),
            TransportEvent::Closed {
                code,
                reason,
                failed,
            } => {
                return self.transport_closed(code, reason, failed);
            }
            TransportEvent::TooLarge => {
                let limit = self.config.limits.packet_bytes;
                return self.unreadable(DecodeError::PacketTooLarge { limit });
            }
            TransportEvent::Failed(text) => {
                let reason = DisconnectReason::TransportError;
                return self.lost(reason, None, ConnectError::Transport(text));
            }
        };
        match received {
            Ok(Received::Text(frame)) => {
                let decoded = match self.leaves_unread {
                    true => self.decoder.text_unread(frame, 1),
                    false => self.decoder.text(frame, 1),
                };
                self.decoded(decoded);
            }
            Ok(Received::Binary(data)) => {
                let decoded = self.decoder.binary(data);
                self.decoded(decoded);
            }
            Ok(Received::Ping) => {
                self.output(Output::SendText(id, engine::PONG.into()));
                self.fence_left();
                self.event(Event::Ping);
            }
            Ok(Received::Opened) => self.opened(),
            Ok(Received::Closed) => {
                self.output(Output::CloseTransport(id));
                self.closed(DisconnectReason::TransportClose, CloseDetails::ServerClosed);
            }
            Ok(Received::Nothing) => {}
            Err(violation) => {
                self.output(Output::CloseTransport(id));
                let (details, error) = match violation {
                    Violation::Early => (None, ConnectError::Early),
                    Violation::Handshake(error) => (None, ConnectError::Handshake(error)),
                    Violation::Packet(error) => (
                        Some(CloseDetails::Engine(error)),
                        ConnectError::Engine(error),
                    ),
                };
                self.lost(DisconnectReason::TransportError, details, error);
            }
        }
    }

    /// From now on, events may be told with arguments that were [left unread](Packet::is_unread): to read them once, and
    /// straight into a listener's type, is cheaper. Whoever is told checks or reads each, whether it is wanted or not, and
    /// [refuses](Self::refuse) what can't be read.
    pub fn leave_unread(&mut self) {
        self.leaves_unread = true;
    }

    /// An event that was told with its arguments unread can't be read: the connection is closed, as at every packet
    /// that can't.
    pub fn refuse(&mut self, error: DecodeError, now: Instant) {
        self.now = now;
        if self.connection.phase() == engine::Phase::Open {
            self.unreadable(error);
        }
    }

    fn transport_closed(&mut self, code: u16, reason: String, failed: bool) {
        let cause = match failed {
            true => DisconnectReason::TransportError,
            false => DisconnectReason::TransportClose,
        };
        self.closed(cause, CloseDetails::Transport { code, reason });
    }

    fn decoded(&mut self, decoded: Result<Decoded, DecodeError>) {
        let now = self.now;
        let due = self.attachments_due.take();
        let began = self.packet_began.take();
        match decoded {
            // It came between another and its attachments.
            Ok(Decoded::Packet(packet)) if self.decoder.is_waiting() => {
                (self.attachments_due, self.packet_began) = (due, began);
                self.packet(packet);
            }
            Ok(Decoded::Packet(packet)) => {
                if !began.is_some_and(|began| self.is_of_earlier(&packet, began)) {
                    self.packet(packet);
                }
            }
            // The next one keeps the heartbeat waiting, so it has as much time as that.
            Ok(Decoded::Waiting { .. }) => {
                self.packet_began = began.or(Some(now));
                self.attachments_due = now.after(self.connection.patience()).or(due);
            }
            Err(error) => self.unreadable(error),
        }
    }

    /// Whether a packet, whose attachments came later, began before its namespace was asked for: it
    /// is of the session before.
    fn is_of_earlier(&self, packet: &Packet, began: Instant) -> bool {
        let id = self.find(packet.namespace());
        let socket = id.and_then(|id| self.get(id));
        socket.is_some_and(|socket| began < socket.asked)
    }

    /// A peer that sends what can't be read is not talked to further.
    fn unreadable(&mut self, error: DecodeError) {
        let details = CloseDetails::Packet(error.clone());
        self.violated(details, ConnectError::Packet(error));
    }

    pub(super) fn violated(&mut self, details: CloseDetails, error: ConnectError) {
        self.output(Output::CloseTransport(self.connection.transport()));
        self.lost(DisconnectReason::ParseError, Some(details), error);
    }

    fn packet(&mut self, mut packet: Packet) {
        let is_reply = matches!(
            packet.kind(),
            PacketKind::Connect | PacketKind::ConnectError
        );
        if is_reply && self.answered_left(&packet) {
            return;
        }
        let id = self.find(packet.namespace());
        // Whoever is told of it at once reads it; what is kept or let pass is read here.
        if packet.is_unread()
            && !id.is_some_and(|id| self.is_told_unread(id))
            && let Err(error) = packet.check()
        {
            return self.unreadable(error);
        }
        // A namespace that nobody asked for, or that was left, is nobody's.
        let Some(id) = id else { return };
        match packet.kind() {
            PacketKind::Event => self.event_packet(id, packet),
            PacketKind::Ack => self.ack_packet(id, packet),
            PacketKind::Connect | PacketKind::ConnectError => self.reply_packet(id, packet),
            PacketKind::Disconnect => self.disconnect_packet(id, packet),
        }
    }

    fn is_told_unread(&self, id: SocketId) -> bool {
        let socket = self.get(id);
        socket.is_some_and(|socket| socket.phase == Phase::Connected && !socket.notes_offsets())
    }

    fn event_packet(&mut self, id: SocketId, packet: Packet) {
        let Some(socket) = self.get(id) else {
            return;
        };
        match socket.phase {
            Phase::Connected => self.received(id, packet),
            // It may be of the session that was left.
            Phase::Connecting if self.may_be_of_left(packet.namespace()) => {}
            Phase::Connecting => self.hold(id, packet),
            Phase::Idle | Phase::Waiting | Phase::Authorizing => {}
        }
    }

    /// Keeps an event that came ahead of the answer to CONNECT.
    fn hold(&mut self, id: SocketId, packet: Packet) {
        let capacity = self.config.receive_buffer;
        let limit = self.config.limits.packet_bytes;
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        let held = &mut socket.receive_buffer;
        if held.iter().map(Packet::bytes).sum::<usize>() >= limit {
            self.unreadable(DecodeError::PacketTooLarge { limit });
        } else if held.len() < capacity {
            held.push(packet);
        } else {
            let details = CloseDetails::ReceiveBufferFull { limit: capacity };
            self.violated(details.clone(), ConnectError::Closed(details));
        }
    }

    fn received(&mut self, id: SocketId, packet: Packet) {
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        socket.note_offset(&packet);
        let session = socket.session;
        let ack = packet.id().map(|id| AckToken { id, session });
        self.event(Event::Received {
            socket: id,
            packet,
            ack,
        });
    }

    fn ack_packet(&mut self, id: SocketId, packet: Packet) {
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        // An acknowledgement that nobody waits for, or no more, is let pass (H13).
        let Some(ack) = packet.id() else { return };
        // Nor is one that was not asked for yet: it is for a socket that was here before, and whose
        // ids began at 0 as well.
        match socket.acks.take_if(ack, |pending| pending.sent.is_some()) {
            Some(pending) => self.acknowledged(id, pending, packet),
            None => self.acknowledged_late(id, ack, packet),
        }
    }

    /// The answer to a CONNECT.
    fn reply_packet(&mut self, id: SocketId, packet: Packet) {
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        let is_accepted = packet.kind() == PacketKind::Connect;
        match socket.phase {
            Phase::Connecting if is_accepted => self.connect_packet(id, &packet),
            // It may answer what the user took back; then the answer to the next one is to come.
            Phase::Connecting if socket.has_left_requests() && !socket.insists => {
                socket.answered();
            }
            Phase::Connecting => self.refused(id, packet),
            _ if socket.unanswered == 0 => {}
            // It is late, but as good.
            Phase::Waiting | Phase::Authorizing if is_accepted => {
                let is_left = socket.has_left_requests();
                socket.answered();
                match socket.has_identity() && !is_left {
                    true => {
                        let user = socket.identity.clone().flatten();
                        self.set_identity(id, user);
                        self.connect_packet(id, &packet);
                    }
                    // Of a session, or a user, before: left, and asked for anew.
                    false => {
                        socket.leave(Phase::Waiting);
                        self.leave(packet.namespace());
                    }
                }
            }
            Phase::Waiting | Phase::Authorizing => self.refused_late(id, packet),
            // The server has two sessions for this socket, and would send each event twice.
            Phase::Connected if is_accepted => self.renew(),
            Phase::Connected => socket.answered(),
            Phase::Idle => {
                socket.answered();
                if is_accepted {
                    self.leave(packet.namespace());
                }
            }
        }
    }

    /// The server refuses the namespace.
    fn refused(&mut self, id: SocketId, packet: Packet) {
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        if socket.wants_fresh_auth() {
            socket.leave(Phase::Waiting);
            socket.auth_refreshed = true;
            self.request_connect(id);
        } else if socket.unanswered > 0 && core::mem::take(&mut socket.insists) {
            // A server that has left a request open may refuse each further one as one too many, as
            // python-socketio does: only a new connection gives a person the answer.
            socket.leave(Phase::Waiting);
            self.renew();
        } else {
            let error = ConnectError::Refused(Refusal::new(packet));
            self.not_connected(id, Phase::Idle, error);
            self.close_if_unused();
        }
    }

    /// The server refuses the namespace, for a request that it had left open. It says nothing of what
    /// the user took back since, nor of auth that was set since.
    fn refused_late(&mut self, id: SocketId, packet: Packet) {
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        let is_meant = !socket.has_left_requests() && socket.asked_with_this_auth();
        socket.answered();
        if is_meant {
            self.refused(id, packet);
        }
    }

    /// The server ends a namespace; or refuses it, where it comes in the place of an answer.
    fn disconnect_packet(&mut self, id: SocketId, packet: Packet) {
        let is_stale = self.may_be_of_left(packet.namespace());
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        match socket.phase {
            Phase::Connected => {
                let is_uncertain = socket.unanswered > 0;
                socket.forget_session();
                let details = packet.data().is_some();
                let details = details.then_some(CloseDetails::Server(Refusal::new(packet)));
                let reason = DisconnectReason::IoServerDisconnect;
                self.disconnected(id, Phase::Idle, reason, details);
                self.close_if_unused();
                // It may have refused the other request, and keep the session.
                if is_uncertain && self.connection.phase() == engine::Phase::Open {
                    self.renew();
                }
            }
            // It may end the session that was left: then CONNECT still has its answer to come.
            Phase::Connecting if is_stale => {}
            Phase::Connecting => self.refused(id, packet),
            Phase::Waiting if socket.unanswered > 0 => self.refused_late(id, packet),
            Phase::Idle | Phase::Waiting | Phase::Authorizing => {}
        }
    }

    /// The order is the reference's: what was held, then `Connected`; the send buffer goes out behind its
    /// handlers, so that they can still clear it.
    fn connect_packet(&mut self, id: SocketId, packet: &Packet) {
        let now = self.now;
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        let Some((sid, pid)) = session(packet) else {
            // To the server, it is connected.
            if !self.is_alone(id) {
                self.leave(packet.namespace());
            }
            self.not_connected(id, Phase::Idle, ConnectError::Incompatible);
            return self.close_if_unused();
        };
        let sent = socket.asked;
        socket.connected(sid, pid, now);
        let recovered = socket.recovered;
        let held: Vec<Packet> = core::mem::take(&mut socket.receive_buffer);
        self.pacing.connected(now);
        self.measured(sent);
        for packet in held {
            self.received(id, packet);
        }
        self.event(Event::Connected {
            socket: id,
            recovered,
        });
        // The timer may be late. What handlers emit is not held against its time to wait.
        self.expire(id);
        self.outputs.push(super::Queued::Flush(id));
    }
}
