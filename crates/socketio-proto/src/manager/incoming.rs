use alloc::string::String;
use alloc::vec::Vec;

use super::{
    AckToken, CloseDetails, ConnectError, DisconnectReason, Event, Manager, Output, Refusal,
    SocketId, TransportEvent, TransportId, error::receive_buffer_full,
};
use crate::Instant;
use crate::engine::{self, Received, Violation};
use crate::json::{self, push_integer};
use crate::packet::{DecodeError, Decoded, Packet, PacketKind};
use crate::socket::Phase;

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
                return self.transport_closed(code, reason, failed, now);
            }
            TransportEvent::Failed(text) => {
                let reason = DisconnectReason::TransportError;
                return self.lost(reason, None, ConnectError::Transport(text), now);
            }
        };
        match received {
            Ok(Received::Text(frame)) => {
                let decoded = match self.leaves_unread {
                    true => self.decoder.text_unread(frame, 1),
                    false => self.decoder.text(frame, 1),
                };
                self.decoded(decoded, now);
            }
            Ok(Received::Binary(data)) => {
                let decoded = self.decoder.binary(data);
                self.decoded(decoded, now);
            }
            Ok(Received::Ping) => {
                self.output(Output::SendText(
                    id,
                    engine::EnginePacket::Pong("").encode(),
                ));
                self.event(Event::Ping);
            }
            Ok(Received::Opened) => self.opened(),
            Ok(Received::Closed) => {
                self.output(Output::CloseTransport(id));
                let error = ConnectError::Transport("the server closed the connection".into());
                let details = Some(CloseDetails::ServerClosed);
                self.lost(DisconnectReason::TransportClose, details, error, now);
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
                self.lost(DisconnectReason::TransportError, details, error, now);
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
    /// that can't (C25).
    pub fn refuse(&mut self, error: DecodeError, now: Instant) {
        self.now = now;
        if self.connection.phase() == engine::Phase::Open {
            self.unreadable(error, now);
        }
    }

    fn transport_closed(&mut self, code: u16, reason: String, failed: bool, now: Instant) {
        let cause = match failed {
            true => DisconnectReason::TransportError,
            false => DisconnectReason::TransportClose,
        };
        let mut error = String::from("the connection was closed with code ");
        push_integer(&mut error, false, code.into());
        if !reason.is_empty() {
            error.push_str(": ");
            error.push_str(&reason);
        }
        let details = Some(CloseDetails::Transport { code, reason });
        self.lost(cause, details, ConnectError::Transport(error), now);
    }

    fn decoded(&mut self, decoded: Result<Decoded, DecodeError>, now: Instant) {
        match decoded {
            Ok(Decoded::Packet(packet)) => self.packet(packet, now),
            Ok(Decoded::Waiting { .. }) => {}
            Err(error) => self.unreadable(error, now),
        }
    }

    /// A peer that sends what can't be read is not talked to further (row C25).
    fn unreadable(&mut self, error: DecodeError, now: Instant) {
        let details = CloseDetails::Packet(error.clone());
        self.violated(details, ConnectError::Packet(error), now);
    }

    fn violated(&mut self, details: CloseDetails, error: ConnectError, now: Instant) {
        self.output(Output::CloseTransport(self.connection.transport()));
        self.lost(DisconnectReason::ParseError, Some(details), error, now);
    }

    fn packet(&mut self, mut packet: Packet, now: Instant) {
        let is_reply = matches!(
            packet.kind(),
            PacketKind::Connect | PacketKind::ConnectError
        );
        if is_reply && self.forget_left(packet.namespace()) {
            return self.reply_to_left(&packet);
        }
        let id = self.find(packet.namespace());
        // Whoever is told of it at once reads it; what is kept or let pass is read here.
        if packet.is_unread()
            && !id.is_some_and(|id| self.is_told_unread(id))
            && let Err(error) = packet.check()
        {
            return self.unreadable(error, now);
        }
        // A namespace that nobody asked for, or that was left, is nobody's.
        let Some(id) = id else { return };
        match packet.kind() {
            PacketKind::Event => self.event_packet(id, packet, now),
            PacketKind::Ack => self.ack_packet(id, packet),
            PacketKind::Connect | PacketKind::ConnectError => self.reply_packet(id, packet),
            PacketKind::Disconnect => {
                let reason = DisconnectReason::IoServerDisconnect;
                self.disconnected(id, Phase::Idle, reason, None);
                self.close_if_unused();
            }
        }
    }

    fn is_told_unread(&self, id: SocketId) -> bool {
        let socket = self.get(id);
        socket.is_some_and(|socket| socket.phase == Phase::Connected && !socket.notes_offsets())
    }

    fn event_packet(&mut self, id: SocketId, packet: Packet, now: Instant) {
        let capacity = self.config.receive_buffer;
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        match socket.phase {
            Phase::Connected => self.received(id, packet),
            Phase::Connecting if socket.receive_buffer.len() < capacity => {
                socket.receive_buffer.push(packet);
            }
            Phase::Connecting => {
                let details = CloseDetails::ReceiveBufferFull { limit: capacity };
                // Its `Display` would link every error's text into every page.
                let error = ConnectError::Transport(receive_buffer_full(capacity));
                self.violated(details, error, now);
            }
            Phase::Idle | Phase::Waiting | Phase::Authorizing => {}
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
        match socket.acks.take(ack) {
            Some(pending) => self.acknowledged(id, pending, packet),
            None => self.acknowledged_late(id, ack, packet),
        }
    }

    /// A CONNECT that was taken back is answered: the namespace can be left, or asked for anew.
    fn reply_to_left(&mut self, packet: &Packet) {
        if packet.kind() == PacketKind::Connect {
            self.leave(packet.namespace().into());
        } else if let Some(id) = self.find(packet.namespace()) {
            self.request_connect(id);
        }
    }

    /// The answer to a CONNECT.
    fn reply_packet(&mut self, id: SocketId, packet: Packet) {
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        if socket.phase == Phase::Connecting && packet.kind() == PacketKind::Connect {
            self.connect_packet(id, &packet);
        } else if socket.phase == Phase::Connecting && socket.wants_fresh_auth() {
            socket.leave(Phase::Waiting);
            socket.auth_refreshed = true;
            self.request_connect(id);
        } else if socket.phase == Phase::Connecting {
            socket.leave(Phase::Idle);
            let error = ConnectError::Refused(Refusal(packet));
            self.event(Event::ConnectError { socket: id, error });
            self.close_if_unused();
        }
    }

    /// The order is the reference's (G1): what was held, then `Connected`; the send buffer goes out behind its
    /// handlers, so that they can still clear it (W10).
    fn connect_packet(&mut self, id: SocketId, packet: &Packet) {
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        let Some((sid, pid)) = session(packet) else {
            socket.leave(Phase::Idle);
            self.event(Event::ConnectError {
                socket: id,
                error: ConnectError::Incompatible,
            });
            return self.close_if_unused();
        };
        let sent = socket.connect_sent;
        socket.connected(sid, pid);
        let recovered = socket.recovered;
        let held: Vec<Packet> = core::mem::take(&mut socket.receive_buffer);
        self.measured(sent);
        for packet in held {
            self.received(id, packet);
        }
        self.event(Event::Connected {
            socket: id,
            recovered,
        });
        self.outputs.push(super::Queued::Flush(id));
    }
}
