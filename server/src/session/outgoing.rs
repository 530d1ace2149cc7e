use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use socketioxide::TransportType;

/// The overhead of a queued packet, in bytes: its place in the engine's queue and its share of an
/// allocation.
const PLACE: usize = 128;

/// The capacity kept when nothing is queued; a larger queue is freed.
const KEPT_CAPACITY: usize = 32;

/// The limits on what is queued for one session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) bytes: usize,
    pub(crate) packets: usize,
}

/// The packets that are queued for a session and not yet sent.
///
/// The engine doesn't report how full its queue is, and a packet that overflows it is lost. But
/// sent bytes can be counted at the connection, and packets are sent in the order in which they
/// were queued. So the queued packets are tracked here one by one.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    sent: Arc<AtomicU64>,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// The size of each packet, in bytes.
    packets: VecDeque<u32>,
    cost: usize,
    /// The part of `sent` that belongs to packets removed from the queue.
    settled: u64,
}

/// The queue would exceed its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overflow;

impl Outgoing {
    /// Returns the counter of sent bytes, which the sender increases.
    pub(crate) fn sent(&self) -> &Arc<AtomicU64> {
        &self.sent
    }

    /// Records a packet of `bytes` on the wire that is about to be queued.
    ///
    /// # Errors
    /// Returns an error if it must not be queued. The session then has to end, since a skipped
    /// packet would be lost.
    pub(crate) fn add(&self, bytes: usize, bounds: Bounds) -> Result<(), Overflow> {
        let mut waiting = self.lock();
        waiting.settle(self.sent.load(Ordering::Relaxed));
        let cost = bytes.saturating_add(PLACE);
        if waiting.packets.len() >= bounds.packets
            || waiting.cost.saturating_add(cost) > bounds.bytes
        {
            return Err(Overflow);
        }
        waiting.cost += cost;
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        waiting.packets.push_back(bytes);
        Ok(())
    }

    /// Returns whether nothing is queued.
    pub(crate) fn is_empty(&self) -> bool {
        let mut waiting = self.lock();
        waiting.settle(self.sent.load(Ordering::Relaxed));
        waiting.packets.is_empty()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Removes the packets that have been sent since.
    fn settle(&mut self, sent: u64) {
        while let Some(&bytes) = self.packets.front() {
            let end = self.settled.saturating_add(bytes.into());
            if end > sent {
                return;
            }
            self.settled = end;
            self.cost = self.cost.saturating_sub(bytes as usize + PLACE);
            self.packets.pop_front();
        }
        // The queue is empty, so any further bytes sent were not of queued packets but of
        // heartbeats or answers to CONNECT.
        self.settled = sent;
        self.cost = 0;
        if self.packets.capacity() > KEPT_CAPACITY {
            self.packets = VecDeque::new();
        }
    }
}

/// The size of a Socket.IO packet on the wire, by transport. It is never larger than what is sent,
/// or the difference would accumulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    polling: usize,
    websocket: usize,
}

impl Size {
    /// Returns the size of a text packet of `bytes`, with the type that Engine.IO puts in front.
    pub(crate) fn of_text(bytes: usize) -> Self {
        let polling = bytes.saturating_add(1);
        Self {
            polling,
            websocket: frame(polling),
        }
    }

    /// Adds an attachment of `bytes`. Over polling it is sent as base64, which is longer.
    pub(crate) fn with_attachment(self, bytes: usize) -> Self {
        Self {
            polling: self.polling.saturating_add(bytes),
            websocket: self.websocket.saturating_add(frame(bytes)),
        }
    }

    pub(crate) fn over(self, transport: TransportType) -> usize {
        match transport {
            TransportType::Polling => self.polling,
            TransportType::Websocket => self.websocket,
        }
    }
}

/// Returns the size of a WebSocket frame, whose header grows with the payload (RFC 6455, section
/// 5.2).
fn frame(payload: usize) -> usize {
    let header = match payload {
        0..126 => 2,
        126..0x1_0000 => 4,
        _ => 10,
    };
    payload.saturating_add(header)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use socketioxide::TransportType;

    use super::{Bounds, Outgoing, Overflow, PLACE, Size};

    const BOUNDS: Bounds = Bounds {
        bytes: 10 * (100 + PLACE),
        packets: 1000,
    };

    fn send(outgoing: &Outgoing, bytes: u64) {
        outgoing.sent().fetch_add(bytes, Ordering::Relaxed);
    }

    #[test]
    fn waiting_bytes_are_bounded() {
        let outgoing = Outgoing::default();
        for _ in 0..10 {
            assert_eq!(outgoing.add(100, BOUNDS), Ok(()));
        }
        assert_eq!(outgoing.add(100, BOUNDS), Err(Overflow));
        send(&outgoing, 99);
        assert_eq!(outgoing.add(100, BOUNDS), Err(Overflow), "a part has left");
        send(&outgoing, 1);
        assert_eq!(outgoing.add(100, BOUNDS), Ok(()));
        assert_eq!(outgoing.add(100, BOUNDS), Err(Overflow));
        send(&outgoing, 1000);
        assert!(outgoing.is_empty());
    }

    #[test]
    fn waiting_packets_are_bounded() {
        let bounds = Bounds {
            bytes: usize::MAX,
            packets: 3,
        };
        let outgoing = Outgoing::default();
        for _ in 0..3 {
            assert_eq!(outgoing.add(1, bounds), Ok(()));
        }
        assert_eq!(outgoing.add(1, bounds), Err(Overflow));
        send(&outgoing, 1);
        assert_eq!(outgoing.add(1, bounds), Ok(()));
    }

    #[test]
    fn other_packets_do_not_accumulate() {
        let outgoing = Outgoing::default();
        for _ in 0..10_000 {
            // A heartbeat, which was never queued here, and one queued packet.
            send(&outgoing, 3);
            assert_eq!(outgoing.add(100, BOUNDS), Ok(()));
            send(&outgoing, 100);
        }
        for _ in 0..9 {
            assert_eq!(outgoing.add(100, BOUNDS), Ok(()));
        }
        // Ten wait, or nine and what was sent too much at the end.
        while outgoing.add(100, BOUNDS).is_ok() {}
        assert!(!outgoing.is_empty());
    }

    #[test]
    fn the_memory_of_a_burst_is_freed() {
        let outgoing = Outgoing::default();
        for _ in 0..1000 {
            outgoing
                .add(
                    1,
                    Bounds {
                        bytes: usize::MAX,
                        ..BOUNDS
                    },
                )
                .unwrap();
        }
        send(&outgoing, 1000);
        assert!(outgoing.is_empty());
        assert_eq!(outgoing.lock().packets.capacity(), 0);
    }

    #[test]
    fn frames_have_the_headers_of_the_protocol() {
        for (payload, whole) in [
            (1, 3),
            (125, 127),
            (126, 130),
            (65_535, 65_539),
            (65_536, 65_546),
        ] {
            let size = Size::of_text(payload - 1);
            assert_eq!(size.over(TransportType::Websocket), whole);
            assert_eq!(size.over(TransportType::Polling), payload);
        }
        let size = Size::of_text(9).with_attachment(126);
        assert_eq!(size.over(TransportType::Websocket), 12 + 130);
        assert_eq!(size.over(TransportType::Polling), 10 + 126);
    }
}
