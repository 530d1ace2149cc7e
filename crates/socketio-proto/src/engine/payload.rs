use alloc::string::String;
use core::iter::FusedIterator;

use super::{EngineDecodeError, EnginePacket};
use crate::split::split_once;

/// Separates the packets of a payload. JSON escapes this character, so it never occurs within a
/// packet.
const SEPARATOR: u8 = 0x1e;

/// An iterator over the packets of one HTTP long-polling payload, in order.
///
/// It ends after the first error.
///
/// ```
/// use socketio_proto::engine::{EnginePacket, Payload};
///
/// let packets: Result<Vec<_>, _> = Payload::new("2\x1e4hello").collect();
/// assert_eq!(packets, Ok(vec![EnginePacket::Ping(""), EnginePacket::Message("hello")]));
/// ```
#[derive(Clone, Debug)]
pub struct Payload<'a> {
    rest: Option<&'a str>,
}

impl<'a> Payload<'a> {
    /// Creates an iterator over the body of one poll, or of one POST.
    pub fn new(text: &'a str) -> Self {
        Self { rest: Some(text) }
    }
}

impl<'a> Iterator for Payload<'a> {
    type Item = Result<EnginePacket<'a>, EngineDecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.take()?;
        let (packet, behind) = match split_once(rest, SEPARATOR) {
            Some((packet, behind)) => (packet, Some(behind)),
            None => (rest, None),
        };
        let packet = EnginePacket::decode(packet);
        if packet.is_ok() {
            self.rest = behind;
        }
        Some(packet)
    }
}

impl FusedIterator for Payload<'_> {}

/// Encodes packets as one payload, with binary messages as base64.
pub fn encode_payload<'a, 'b: 'a>(
    packets: impl IntoIterator<Item = &'a EnginePacket<'b>>,
) -> String {
    let mut text = String::new();
    for (index, packet) in packets.into_iter().enumerate() {
        if index > 0 {
            text.push(char::from(SEPARATOR));
        }
        packet.encode_into(&mut text);
    }
    text
}

/// Returns how many packets from the front of a queue fit in one payload of `max_payload` bytes.
///
/// The first packet always counts: an oversized packet is sent on its own, and the server may
/// refuse it. The reference client estimates base64 as 4/3 of the bytes; this counts the exact
/// length.
pub fn packets_that_fit<'a, 'b: 'a>(
    queue: impl IntoIterator<Item = &'a EnginePacket<'b>>,
    max_payload: Option<u64>,
) -> usize {
    let max = max_payload.unwrap_or(u64::MAX);
    let mut bytes = 0_u64;
    let mut count = 0;
    for packet in queue {
        let separator = u64::from(count > 0);
        let len = u64::try_from(packet.encoded_len()).unwrap_or(u64::MAX);
        bytes = bytes.saturating_add(separator).saturating_add(len);
        if count > 0 && bytes > max {
            break;
        }
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn n3_a_payload_is_its_packets_in_order() {
        let packets: Vec<_> = Payload::new("0{}\x1e2\x1ebAQI=\x1e4x").collect();
        assert_eq!(
            packets,
            [
                Ok(EnginePacket::Open("{}")),
                Ok(EnginePacket::Ping("")),
                Ok(EnginePacket::Binary(vec![1, 2].into())),
                Ok(EnginePacket::Message("x")),
            ]
        );
    }

    #[test]
    fn n3_a_payload_ends_after_its_first_bad_packet() {
        let packets: Vec<_> = Payload::new("4a\x1e9\x1e4b").collect();
        assert_eq!(
            packets,
            [
                Ok(EnginePacket::Message("a")),
                Err(EngineDecodeError::UnknownType { found: '9' })
            ]
        );
        for (payload, good) in [("", 0), ("\x1e4a", 0), ("4a\x1e", 1), ("4a\x1e\x1e4b", 1)] {
            let packets: Vec<_> = Payload::new(payload).collect();
            assert_eq!(packets.len(), good + 1, "{payload:?}");
            assert_eq!(
                packets.last(),
                Some(&Err(EngineDecodeError::Empty)),
                "{payload:?}"
            );
        }
    }

    #[test]
    fn n4_binary_is_sent_as_base64() {
        let packets = [EnginePacket::Message("2[]"), EnginePacket::from(vec![1, 2])];
        assert_eq!(encode_payload(&packets), "42[]\x1ebAQI=");
        assert_eq!(encode_payload(&[]), "");
    }

    #[test]
    fn j7_a_payload_takes_what_fits() {
        // 4 + 1 + 4 + 1 + 5 bytes.
        let queue = [
            EnginePacket::Message("abc"),
            EnginePacket::Message("é1"),
            EnginePacket::from(vec![1, 2]),
        ];
        for (max, count) in [(15, 3), (14, 2), (9, 2), (8, 1), (4, 1)] {
            assert_eq!(packets_that_fit(&queue, Some(max)), count, "{max}");
            let sent = encode_payload(&queue[..count]);
            assert!(sent.len() as u64 <= max, "{sent:?} is more than {max}");
        }
        assert_eq!(packets_that_fit(&queue, None), 3);
    }

    #[test]
    fn j7_an_oversized_packet_is_sent_alone() {
        let queue = [EnginePacket::Message("abc"), EnginePacket::Message("x")];
        assert_eq!(packets_that_fit(&queue, Some(1)), 1);
        assert_eq!(packets_that_fit(&queue[..1], Some(1)), 1);
        assert_eq!(packets_that_fit(&[], Some(1)), 0);
    }
}
