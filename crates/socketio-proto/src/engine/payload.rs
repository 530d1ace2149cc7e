use alloc::string::String;
use core::iter::FusedIterator;

use super::{EngineDecodeError, EnginePacket};

/// Stands between the packets of a payload. JSON escapes it, so no packet's own text holds it.
const SEPARATOR: char = '\x1e';

/// The packets of one HTTP long-polling payload, in order (row N3).
///
/// It ends behind the first packet that is an error.
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
    /// Reads the body of one poll, or of one POST.
    pub fn new(text: &'a str) -> Self {
        Self { rest: Some(text) }
    }
}

impl<'a> Iterator for Payload<'a> {
    type Item = Result<EnginePacket<'a>, EngineDecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.take()?;
        let (packet, behind) = match rest.split_once(SEPARATOR) {
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

/// Encodes packets as one payload; binary messages always as base64 (row N4).
pub fn encode_payload<'a, 'b: 'a>(
    packets: impl IntoIterator<Item = &'a EnginePacket<'b>>,
) -> String {
    let mut text = String::new();
    for (index, packet) in packets.into_iter().enumerate() {
        if index > 0 {
            text.push(SEPARATOR);
        }
        packet.encode_into(&mut text);
    }
    text
}

/// How many packets from the front of a queue fit in one payload of `max_payload` bytes (row J7).
///
/// The first one always counts: an oversized packet is sent on its own, and it is the server's to refuse it.
/// The reference reckons base64 as 4/3 of the bytes; this counts what is really sent.
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
