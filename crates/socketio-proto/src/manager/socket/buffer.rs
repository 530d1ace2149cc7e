use alloc::vec::Vec;

use super::{Origin, Overflow, SendBuffer};
use crate::Instant;
use crate::packet::Frame;
use crate::queue::Queue;

/// The packets that wait until a socket is connected, oldest first (H1).
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    frames: Queue<Buffered>,
    bytes: usize,
}

/// A packet that waits, and the id under which its acknowledgement is awaited.
#[derive(Debug)]
pub(crate) struct Buffered {
    pub(crate) frame: Frame,
    pub(crate) ack: Option<u64>,
    pub(crate) expires: Option<Instant>,
    pub(crate) origin: Origin,
}

/// Whether a packet may come in.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Room {
    /// There is room, once those were dropped whose acknowledgements are these.
    Yes { dropped: Vec<u64> },
    /// The policy drops the packet.
    Drop,
    /// The policy refuses the packet.
    Refuse,
}

impl Buffer {
    pub(crate) fn len(&self) -> usize {
        self.frames.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Buffered> {
        self.frames.iter()
    }

    /// Asks for room for a packet of this size.
    pub(crate) fn make_room(&mut self, bytes: usize, bounds: &SendBuffer) -> Room {
        let full = |buffer: &Self| {
            buffer.len() >= bounds.packets || buffer.bytes.saturating_add(bytes) > bounds.bytes
        };
        let mut dropped = Vec::new();
        while full(self) {
            match bounds.overflow {
                Overflow::DropNewest => return Room::Drop,
                Overflow::Refuse => return Room::Refuse,
                Overflow::DropOldest => match self.pop() {
                    Some(oldest) => dropped.extend(oldest.ack),
                    // It would not fit into an empty buffer.
                    None => return Room::Refuse,
                },
            }
        }
        Room::Yes { dropped }
    }

    pub(crate) fn push(&mut self, buffered: Buffered) {
        self.bytes += buffered.frame.bytes();
        self.frames.push(buffered);
    }

    pub(crate) fn pop(&mut self) -> Option<Buffered> {
        let oldest = self.frames.pop()?;
        self.bytes -= oldest.frame.bytes();
        Some(oldest)
    }

    /// When the first packet has waited too long.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.frames.front()?.expires
    }

    /// Takes out what has waited too long.
    pub(crate) fn take_expired(&mut self, now: Instant) -> Vec<Buffered> {
        self.take_where(&|buffered| buffered.expires.is_some_and(|at| at <= now))
    }

    /// Takes out the packets whose acknowledgements are no longer awaited.
    pub(crate) fn take_acks(&mut self, acks: &[u64]) {
        self.take_where(&|buffered| buffered.ack.is_some_and(|ack| acks.contains(&ack)));
    }

    /// Takes out what comes from elsewhere.
    pub(crate) fn take_foreign(&mut self, is_foreign: &dyn Fn(&Origin) -> bool) -> Vec<Buffered> {
        self.take_where(&|buffered| is_foreign(&buffered.origin))
    }

    pub(crate) fn take_all(&mut self) -> Vec<Buffered> {
        self.take_where(&|_| true)
    }

    fn take_where(&mut self, condition: &dyn Fn(&Buffered) -> bool) -> Vec<Buffered> {
        let taken = self.frames.take_where(condition);
        self.bytes = self
            .frames
            .iter()
            .map(|buffered| buffered.frame.bytes())
            .sum();
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buffered(ack: u64, bytes: usize) -> Buffered {
        let frame = Frame {
            text: "x".repeat(bytes),
            attachments: Vec::new(),
        };
        Buffered {
            frame,
            ack: Some(ack),
            expires: None,
            origin: Origin::default(),
        }
    }

    fn bounds(packets: usize, bytes: usize, overflow: Overflow) -> SendBuffer {
        SendBuffer {
            packets,
            bytes,
            overflow,
            time_to_live: None,
        }
    }

    #[test]
    fn w10_each_policy_keeps_the_bounds() {
        let mut buffer = Buffer::default();
        for ack in 0..3 {
            buffer.push(buffered(ack, 10));
        }
        assert_eq!(
            buffer.make_room(10, &bounds(3, 100, Overflow::Refuse)),
            Room::Refuse
        );
        assert_eq!(
            buffer.make_room(10, &bounds(3, 100, Overflow::DropNewest)),
            Room::Drop
        );
        assert_eq!(
            buffer.make_room(71, &bounds(9, 100, Overflow::Refuse)),
            Room::Refuse
        );
        let room = buffer.make_room(70, &bounds(9, 100, Overflow::DropOldest));
        assert_eq!(room, Room::Yes { dropped: [].into() });
        let room = buffer.make_room(81, &bounds(9, 100, Overflow::DropOldest));
        assert_eq!(
            room,
            Room::Yes {
                dropped: [0, 1].into()
            }
        );
        assert_eq!(buffer.len(), 1);
        let room = buffer.make_room(101, &bounds(9, 100, Overflow::DropOldest));
        assert_eq!((room, buffer.len()), (Room::Refuse, 0));
    }
}
