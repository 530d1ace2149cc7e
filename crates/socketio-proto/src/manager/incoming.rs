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

/// Reads the payload of a CONNECT reply: the socket's id and, if present, the private id for
/// session recovery.
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

/// Input from the transport.
impl Manager {
    /// Handles an event of a transport. Events of a superseded transport are ignored.
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

    /// From now on, passes events on with their arguments [unread](Packet::is_unread) where
    /// possible: decoding them once, straight into a listener's type, is cheaper. The caller must
    /// check or decode the arguments of each event, even without a listener, and
    /// [refuse](Self::refuse) an event whose arguments are invalid.
    pub fn leave_unread(&mut self) {
        self.leaves_unread = true;
    }

    /// Reports that the unread arguments of an event are invalid. Closes the connection, as any
    /// packet that can't be decoded does.
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
            // This packet arrived between another packet and its attachments.
            Ok(Decoded::Packet(packet)) if self.decoder.is_waiting() => {
                (self.attachments_due, self.packet_began) = (due, began);
                self.packet(packet);
            }
            Ok(Decoded::Packet(packet)) => {
                if !began.is_some_and(|began| self.is_of_earlier(&packet, began)) {
                    self.packet(packet);
                }
            }
            // The next attachment holds up the heartbeat, so it gets as much time as a heartbeat.
            Ok(Decoded::Waiting { .. }) => {
                self.packet_began = began.or(Some(now));
                self.attachments_due = now.after(self.connection.patience()).or(due);
            }
            Err(error) => self.unreadable(error),
        }
    }

    /// Whether a packet with attachments began before the CONNECT of its namespace was sent. It
    /// then belongs to the previous session.
    fn is_of_earlier(&self, packet: &Packet, began: Instant) -> bool {
        let id = self.find(packet.namespace());
        let socket = id.and_then(|id| self.get(id));
        socket.is_some_and(|socket| began < socket.asked)
    }

    /// Closes the connection, because the peer sent a packet that can't be decoded.
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
        // An event that is passed on at once is checked by its receiver. A packet that is held or
        // ignored is checked here.
        if packet.is_unread()
            && !id.is_some_and(|id| self.is_told_unread(id))
            && let Err(error) = packet.check()
        {
            return self.unreadable(error);
        }
        // Ignores a packet of a namespace without a socket.
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
            // The event may belong to the session that was left.
            Phase::Connecting if self.may_be_of_left(packet.namespace()) => {}
            Phase::Connecting => self.hold(id, packet),
            Phase::Idle | Phase::Waiting | Phase::Authorizing => {}
        }
    }

    /// Holds an event that arrived before the answer to CONNECT.
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
        // An acknowledgement that isn't awaited, or no longer is, is ignored (H13).
        let Some(ack) = packet.id() else { return };
        // So is one for a packet that was not sent yet: it belongs to an earlier socket, whose ids
        // began at 0 too.
        match socket.acks.take_if(ack, |pending| pending.sent.is_some()) {
            Some(pending) => self.acknowledged(id, pending, packet),
            None => self.acknowledged_late(id, ack, packet),
        }
    }

    /// Handles the answer to a CONNECT.
    fn reply_packet(&mut self, id: SocketId, packet: Packet) {
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        let is_accepted = packet.kind() == PacketKind::Connect;
        match socket.phase {
            Phase::Connecting if is_accepted => self.connect_packet(id, &packet),
            // It may answer a CONNECT that the user took back. The answer to the current one is
            // then still due.
            Phase::Connecting if socket.has_left_requests() && !socket.insists => {
                socket.answered();
            }
            Phase::Connecting => self.refused(id, packet),
            _ if socket.unanswered == 0 => {}
            // A late acceptance is as good as one in time.
            Phase::Waiting | Phase::Authorizing if is_accepted => {
                let is_left = socket.has_left_requests();
                socket.answered();
                match socket.has_identity() && !is_left {
                    true => {
                        let user = socket.identity.clone().flatten();
                        self.set_identity(id, user);
                        self.connect_packet(id, &packet);
                    }
                    // It belongs to an earlier session or user, so this leaves it and sends a new
                    // CONNECT.
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

    /// Handles the server's refusal of the namespace.
    fn refused(&mut self, id: SocketId, packet: Packet) {
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        if socket.wants_fresh_auth() {
            socket.leave(Phase::Waiting);
            socket.auth_refreshed = true;
            self.request_connect(id);
        } else if socket.unanswered > 0 && core::mem::take(&mut socket.insists) {
            // A server that has left a CONNECT unanswered may refuse each further one as a
            // duplicate, as python-socketio does. Only a new connection gets the user a real
            // answer.
            socket.leave(Phase::Waiting);
            self.renew();
        } else {
            let error = ConnectError::Refused(Refusal::new(packet));
            self.not_connected(id, Phase::Idle, error);
            self.close_if_unused();
        }
    }

    /// Handles a refusal that answers an earlier, unanswered CONNECT. It is ignored if the user
    /// took that CONNECT back, or has set other auth since.
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

    /// Handles a DISCONNECT. It ends the namespace or, where an answer to CONNECT is due, refuses
    /// it.
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
                // The server may have refused the other CONNECT and kept the session.
                if is_uncertain && self.connection.phase() == engine::Phase::Open {
                    self.renew();
                }
            }
            // It may end the session that was left. The answer to CONNECT is then still due.
            Phase::Connecting if is_stale => {}
            Phase::Connecting => self.refused(id, packet),
            Phase::Waiting if socket.unanswered > 0 => self.refused_late(id, packet),
            Phase::Idle | Phase::Waiting | Phase::Authorizing => {}
        }
    }

    /// Handles the acceptance of a namespace. The order is the reference client's: held events
    /// first, then `Connected`. The send buffer is sent after the handlers of `Connected` have run,
    /// so that they can still clear it.
    fn connect_packet(&mut self, id: SocketId, packet: &Packet) {
        let now = self.now;
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        let Some((sid, pid)) = session(packet) else {
            // The server takes the namespace for connected.
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
        // The timer may be late, so this expires overdue packets before handlers of `Connected`
        // emit more.
        self.expire(id);
        self.outputs.push(super::Queued::Flush(id));
    }
}
