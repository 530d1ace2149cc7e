use alloc::vec::Vec;

use super::{Origin, Overflow, Pending, SendBuffer};
use crate::Instant;
use crate::packet::Frame;
use crate::queue::Queue;

/// The packets that wait until a socket is connected, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    frames: Queue<Buffered>,
    bytes: usize,
}

/// A waiting packet, and the id of its acknowledgement.
#[derive(Debug)]
pub(crate) struct Buffered {
    pub(crate) frame: Frame,
    pub(crate) ack: Option<u64>,
    pub(crate) expires: Option<Instant>,
    pub(crate) origin: Origin,
}

/// Whether the buffer accepts a packet.
#[derive(Debug)]
pub(crate) enum Room {
    /// The packet fits, after these were dropped.
    Yes { dropped: Vec<Buffered> },
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

    /// Makes room for a packet of this size, as the overflow policy allows.
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
                    Some(oldest) => dropped.push(oldest),
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

    /// When the oldest packet expires.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.frames.front()?.expires
    }

    /// Removes and returns the packets that have expired.
    pub(crate) fn take_expired(&mut self, now: Instant) -> Vec<Buffered> {
        self.take_where(&|buffered| buffered.expires.is_some_and(|at| at <= now))
    }

    /// Removes the packets whose acknowledgements these waits were for.
    pub(crate) fn take_awaited(&mut self, waits: &[Pending]) {
        let is_of_one = |ack| waits.iter().any(|wait| wait.id == ack);
        self.take_where(&|buffered| buffered.ack.is_some_and(is_of_one));
    }

    /// Removes and returns the packets of foreign origin.
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

    /// The acknowledgement ids of the dropped packets, or what happens to the new packet.
    fn outcome(room: Room) -> Result<Vec<u64>, &'static str> {
        match room {
            Room::Yes { dropped } => Ok(dropped.iter().filter_map(|one| one.ack).collect()),
            Room::Drop => Err("dropped"),
            Room::Refuse => Err("refused"),
        }
    }

    #[test]
    fn w10_each_policy_keeps_the_bounds() {
        let mut buffer = Buffer::default();
        for ack in 0..3 {
            buffer.push(buffered(ack, 10));
        }
        let mut room = |bytes, packets, overflow| {
            let room = outcome(buffer.make_room(bytes, &bounds(packets, 100, overflow)));
            (room, buffer.len())
        };
        assert_eq!(room(10, 3, Overflow::Refuse), (Err("refused"), 3));
        assert_eq!(room(10, 3, Overflow::DropNewest), (Err("dropped"), 3));
        assert_eq!(room(71, 9, Overflow::Refuse), (Err("refused"), 3));
        assert_eq!(room(70, 9, Overflow::DropOldest), (Ok([].into()), 3));
        assert_eq!(room(81, 9, Overflow::DropOldest), (Ok([0, 1].into()), 1));
        assert_eq!(room(101, 9, Overflow::DropOldest), (Err("refused"), 0));
    }
}
