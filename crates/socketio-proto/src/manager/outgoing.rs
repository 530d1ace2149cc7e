//! Outgoing events: sent at once, buffered until the socket is connected, or retried until they are
//! acknowledged.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use super::socket::{Buffered, Dropped, Pending, Phase, Retried, Room};
use super::{
    AckError, EmitError, EmitOptions, Emitted, Event, Manager, Outcome, Output, RoundTrip, SocketId,
};
use crate::Instant;
use crate::engine;
use crate::packet::{self, Arguments, Frame, Packet};

impl Manager {
    /// Emits an event. Sends it if the socket is connected, and buffers it otherwise. With
    /// [retries](crate::SocketOptions::retries), the event is sent again until it is acknowledged.
    ///
    /// # Errors
    /// When the event can't be encoded or exceeds a limit, or the send buffer is full. Nothing is
    /// sent or buffered then.
    pub fn emit(
        &mut self,
        id: SocketId,
        event: Arguments,
        options: EmitOptions,
        now: Instant,
    ) -> Result<Emitted, EmitError> {
        self.now = now;
        // On a device that slept, an overdue heartbeat reveals a dead connection before the timer
        // fires (H5).
        if self.connection.phase() == engine::Phase::Open && self.connection.is_overdue(now) {
            self.heartbeat_missed();
        }
        self.make_way(id);
        let is_retried = self.get(id).ok_or(EmitError::NoSocket)?.retries.is_some();
        match self
            .retry_driver
            .filter(|_| is_retried && !options.volatile)
        {
            Some(driver) => (driver.emit)(self, id, event, options),
            None => self.emit_once(id, event, options),
        }
    }

    fn emit_once(
        &mut self,
        id: SocketId,
        event: Arguments,
        options: EmitOptions,
    ) -> Result<Emitted, EmitError> {
        let (limits, now) = (self.config.limits, self.now);
        let writable = self.connection.is_writable();
        let socket = self.get_mut(id).ok_or(EmitError::NoSocket)?;
        // The id is only allocated once the packet is accepted.
        let ack = options.ack.then(|| socket.acks.next_id());
        let frame = packet::encode_event(&socket.namespace, ack, event, &limits)?;

        let mut dropped = Vec::new();
        let outcome = if options.volatile && !(writable && socket.phase == Phase::Connected) {
            Outcome::Dropped
        } else if socket.phase == Phase::Connected {
            Outcome::Sent
        } else {
            // No retry queue shares these bounds: with one, only volatile events reach this function.
            let bounds = &socket.options.send_buffer;
            match socket.send_buffer.make_room(frame.bytes(), bounds) {
                Room::Yes { dropped: oldest } => {
                    dropped = oldest;
                    Outcome::Buffered
                }
                Room::Drop => Outcome::Dropped,
                Room::Refuse => {
                    return Err(EmitError::BufferFull {
                        packets: socket.send_buffer.len(),
                    });
                }
            }
        };
        if options.ack {
            let ack = socket.acks.take_id();
            let timeout = options.timeout.or(socket.options.ack_timeout);
            socket.acks.register(Pending {
                id: ack,
                deadline: now.after(timeout),
                sent: (outcome == Outcome::Sent && socket.sends()).then_some(now),
                retried: None,
            });
        }
        match outcome {
            Outcome::Sent if socket.sends() => self.send_event(id, frame),
            // On a connected socket, the buffered packets go first, as soon as the handlers of
            // `Connected` have run.
            Outcome::Sent | Outcome::Buffered => {
                // A volatile packet is sent with the pending flush, or not at all.
                let live = match options.volatile {
                    true => Some(Duration::ZERO),
                    false => socket.options.send_buffer.time_to_live,
                };
                socket.send_buffer.push(Buffered {
                    frame,
                    ack,
                    expires: now.after(live),
                    origin: socket.origin(),
                });
            }
            Outcome::Dropped => self.end_ack(id, ack),
        }
        self.end_dropped(id, dropped);
        Ok(Emitted { outcome, ack })
    }

    /// Flushes the send buffer if it is full while handlers of `Connected` still run.
    fn make_way(&mut self, id: SocketId) {
        let is_full = self.get(id).is_some_and(|socket| {
            let (bounds, buffer) = (&socket.options.send_buffer, &socket.send_buffer);
            let queue = socket.retries.as_ref();
            let (packets, bytes) = queue.map_or((0, 0), |queue| (queue.len(), queue.bytes()));
            socket.flush_pending
                && (buffer.len() + packets >= bounds.packets
                    || buffer.bytes() + bytes >= bounds.bytes)
        });
        if is_full {
            self.flush(id);
        }
    }

    /// Sends the events that the window of the retry queue allows, if the socket has one.
    pub(super) fn drive_retries(&mut self, id: SocketId) {
        let is_retried = self.get(id).is_some_and(|socket| socket.retries.is_some());
        if let Some(driver) = self.retry_driver.filter(|_| is_retried) {
            (driver.send)(self, id);
        }
    }

    /// Flushes the send buffers whose handlers of `Connected` have not finished.
    pub(super) fn flush_all(&mut self) {
        let mut place = 0;
        while let Some(id) = self.next_socket(&mut place) {
            self.flush(id);
        }
    }

    /// Sends the buffered packets, then the events of the retry queue. Called once the handlers of
    /// `Connected` have run.
    pub(super) fn flush(&mut self, id: SocketId) {
        let now = self.now;
        if self.get(id).is_none_or(|socket| !socket.flush_pending) {
            return;
        }
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        socket.flush_pending = false;
        for buffered in socket.send_buffer.take_all() {
            if let (Some(ack), Some(socket)) = (buffered.ack, self.get_mut(id)) {
                socket.acks.mark_sent(ack, now);
            }
            self.send_event(id, buffered.frame);
        }
        self.drive_retries(id);
    }

    /// Handles an acknowledgement that is awaited.
    pub(super) fn acknowledged(&mut self, id: SocketId, pending: Pending, packet: Packet) {
        if let Some(sent) = pending.sent {
            self.measured(sent);
        }
        match pending.retried {
            None => self.acked(id, pending.id, Ok(packet)),
            Some(number) => self.event_done(id, number, packet),
        }
    }

    /// Handles an acknowledgement that is no longer awaited. If it answers an earlier transmission
    /// of an event that is being retried, the event is done. Otherwise it is ignored.
    pub(super) fn acknowledged_late(&mut self, id: SocketId, ack: u64, packet: Packet) {
        let queue = self.get(id).and_then(|socket| socket.retries.as_ref());
        if let Some(number) = queue.and_then(|queue| queue.sent_under(ack)) {
            self.event_done(id, number, packet);
        }
    }

    fn event_done(&mut self, id: SocketId, number: u64, packet: Packet) {
        let Some(socket) = self.get_mut(id) else {
            return;
        };
        let Some(event) = socket.retries.as_mut().and_then(|queue| queue.done(number)) else {
            return;
        };
        if let Some(waited) = event.acks.last() {
            socket.acks.take(*waited);
        }
        if let Some(awaited) = event.awaited {
            self.acked(id, awaited, Ok(packet));
        }
        self.drive_retries(id);
    }

    /// Reports the end of a wait.
    #[inline(never)]
    pub(super) fn acked(&mut self, socket: SocketId, id: u64, result: Result<Packet, AckError>) {
        self.event(Event::Acked { socket, id, result });
    }

    /// Handles waits that ended without an acknowledgement: the user is notified, and events of the
    /// retry queue are sent again or dropped.
    pub(super) fn unacknowledged(&mut self, id: SocketId, waits: Vec<Pending>, error: AckError) {
        for pending in waits {
            let ended = match pending.retried {
                None => Some(pending.id),
                Some(number) => self
                    .get_mut(id)
                    .and_then(|socket| socket.retries.as_mut()?.missed(number))
                    .and_then(|event| event.awaited),
            };
            if let Some(ended) = ended {
                self.acked(id, ended, Err(error));
            }
        }
        self.drive_retries(id);
    }

    /// Ends the waits of packets that were dropped.
    pub(super) fn end_dropped(&mut self, id: SocketId, packets: Vec<Buffered>) {
        for packet in packets {
            self.end_ack(id, packet.ack);
        }
    }

    /// Ends the wait for the acknowledgement of a dropped packet, if there is one.
    fn end_ack(&mut self, id: SocketId, ack: Option<u64>) {
        if let Some(ack) = ack
            && let Some(socket) = self.get_mut(id)
            && socket.acks.take(ack).is_some()
        {
            self.acked(id, ack, Err(AckError::Dropped));
        }
    }

    /// Ends the waits of packets that were removed from the send buffer and the retry queue.
    pub(super) fn end_waits(&mut self, id: SocketId, dropped: Dropped) {
        self.end_dropped(id, dropped.packets);
        self.end_retried(id, dropped.events, AckError::Dropped);
    }

    /// Ends the waits of events that were removed from the retry queue.
    pub(super) fn end_retried(&mut self, id: SocketId, events: Vec<Retried>, error: AckError) {
        for event in events {
            if let Some(awaited) = event.awaited {
                self.acked(id, awaited, Err(error));
            }
        }
    }

    /// Updates the round-trip time with a packet that was sent at `sent` and answered now.
    pub(super) fn measured(&mut self, sent: Instant) {
        let latest = self.now.saturating_since(sent);
        let round_trip = match self.round_trip {
            Some(before) => before.then(latest),
            None => RoundTrip::first(latest),
        };
        self.round_trip = Some(round_trip);
        self.event(Event::Measured(round_trip));
    }

    pub(super) fn send(&mut self, frame: Frame) {
        let transport = self.connection.transport();
        self.output(Output::SendText(transport, frame.text));
        for attachment in frame.attachments {
            self.output(Output::SendBinary(transport, attachment));
        }
    }

    pub(super) fn send_event(&mut self, id: SocketId, frame: Frame) {
        if self.get(id).is_some_and(|socket| socket.tells_outgoing) {
            self.event(Event::Outgoing {
                socket: id,
                frame: Box::new(frame.clone()),
            });
        }
        self.send(frame);
    }
}
