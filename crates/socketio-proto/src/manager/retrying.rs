//! Events that are sent until they are acknowledged. Other modules reach this code only through the
//! function pointers that [`Manager::retry`] installs, so a page without retries doesn't link it.

use alloc::boxed::Box;

use super::socket::{Pending, Phase, Retries, RetryQueue};
use super::{Driver, EmitError, EmitOptions, Emitted, Manager, Outcome, SocketId};
use crate::Limits;
use crate::packet::{self, Arguments};

impl Manager {
    /// From now on, each event of this socket is sent until it is acknowledged.
    /// [`socket`](Self::socket) calls this where the options ask for it.
    pub fn retry(&mut self, id: SocketId, retries: Retries) {
        if let Some(socket) = self.get_mut(id)
            && socket.retries.is_none()
        {
            socket.retries = Some(Box::new(RetryQueue::new(retries)));
            self.retry_driver = Some(Driver {
                emit: Self::emit_retried,
                send: Self::send_retried,
            });
        }
    }

    fn emit_retried(
        &mut self,
        id: SocketId,
        event: Arguments,
        options: EmitOptions,
    ) -> Result<Emitted, EmitError> {
        let limits = self.config.limits;
        let socket = self.get_mut(id).ok_or(EmitError::NoSocket)?;
        let bounds = socket.options.send_buffer;
        let sends = socket.phase == Phase::Connected;
        let origin = socket.origin();
        let Some(queue) = &mut socket.retries else {
            return Err(EmitError::NoSocket);
        };
        let event = queue.with_message_id(event)?;
        // Dropping an earlier event would break at-least-once delivery, so a full queue refuses the
        // new one.
        let packets = queue.len() + socket.send_buffer.len();
        let bytes = queue.bytes() + socket.send_buffer.bytes();
        if packets >= bounds.packets || bytes.saturating_add(event.bytes()) > bounds.bytes {
            return Err(EmitError::BufferFull { packets });
        }
        let mut room = limits;
        room.packet_bytes = room.packet_bytes.saturating_sub(64);
        packet::encode_event(&socket.namespace, Some(0), event.clone(), &room)?;
        let sends = sends && queue.has_window();
        let awaited = options.ack.then(|| socket.acks.take_id());
        queue.push(
            event,
            awaited,
            options.timeout.or(socket.options.ack_timeout),
            origin,
        );
        self.send_retried(id);
        let outcome = if sends {
            Outcome::Sent
        } else {
            Outcome::Buffered
        };
        Ok(Emitted {
            outcome,
            ack: awaited,
        })
    }

    /// Sends the events that the window of the retry queue allows.
    fn send_retried(&mut self, id: SocketId) {
        // An accepted event is sent even if the limits have become tighter since.
        let limits = Limits {
            attachments: usize::MAX,
            packet_bytes: usize::MAX,
            nesting: usize::MAX,
        };
        let now = self.now;
        while let Some(socket) = self.get_mut(id).filter(|socket| socket.sends()) {
            let Some(event) = socket.retries.as_mut().and_then(|queue| queue.next()) else {
                return;
            };
            // The first transmission uses the id that the user knows, each further one a new id
            // (H21).
            let ack = match event.awaited.filter(|_| event.acks.is_empty()) {
                Some(awaited) => awaited,
                None => socket.acks.take_id(),
            };
            event.acks.push(ack);
            let (number, timeout) = (event.number, event.timeout);
            let frame =
                packet::encode_event(&socket.namespace, Some(ack), event.event.clone(), &limits);
            socket.acks.register(Pending {
                id: ack,
                deadline: now.after(timeout),
                sent: Some(now),
                retried: Some(number),
            });
            // This can't fail: the event was encoded once when it was accepted.
            if let Ok(frame) = frame {
                self.send_event(id, frame);
            }
        }
    }
}
