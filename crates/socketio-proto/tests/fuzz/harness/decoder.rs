//! The decoder with arbitrary input: it never panics, accepts no more than the limits allow, and
//! what it decodes can be encoded and decoded again to the same packet.
//!
//! An input is a byte that chooses the limits, then frames: 0xfe begins a text frame, 0xff a binary
//! one. Neither byte occurs in UTF-8, so an input can be written by hand, and a mutation keeps
//! whole frames.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use socketio_proto::engine::{
    EngineDecodeError, EnginePacket, Handshake, Payload, encode_payload, packets_that_fit,
};
use socketio_proto::packet::{
    Arguments, DecodeError, Decoded, Decoder, EncodeError, Frame, Packet, PacketKind,
    RESERVED_EVENTS, encode_ack, encode_connect, encode_connect_error, encode_disconnect,
    encode_event,
};
use socketio_proto::{Binary, Limits, json};

use super::value::Value;

/// Begins a text frame.
pub const TEXT: u8 = 0xfe;
/// Begins a binary frame.
pub const BINARY: u8 = 0xff;

const LIMITS: [Limits; 3] = [
    Limits {
        attachments: 10,
        packet_bytes: 16 * 1024 * 1024,
        nesting: 512,
    },
    Limits {
        attachments: 3,
        packet_bytes: 100,
        nesting: 4,
    },
    Limits {
        attachments: 0,
        packet_bytes: 20,
        nesting: 1,
    },
];

/// Runs one input.
pub fn run(input: &[u8]) {
    let Some((choice, frames)) = input.split_first() else {
        return;
    };
    let limits = LIMITS[usize::from(*choice) % LIMITS.len()];
    let mut peer = Peer {
        decoder: Decoder::new(limits),
        limits,
        held: 0,
    };
    let mut rest = frames;
    while let Some((mark, tail)) = rest.split_first() {
        let len = tail
            .iter()
            .position(|byte| matches!(*byte, TEXT | BINARY))
            .unwrap_or(tail.len());
        let (frame, next) = tail.split_at(len);
        rest = next;
        match *mark {
            BINARY => peer.binary(frame.to_vec()),
            _ => peer.text(&String::from_utf8_lossy(frame)),
        }
    }
}

/// Calls every getter of a packet, and checks that the results are consistent.
pub(super) fn look(packet: &Packet) -> Option<Vec<Value>> {
    assert!(packet.namespace().starts_with('/'));
    let named = packet.event_name();
    assert_eq!(named.is_some(), packet.kind() == PacketKind::Event);
    typed(packet);
    if let Some(data) = packet.data() {
        let mut compacted = String::new();
        let placeholder = r#"{"_placeholder":true,"num":0}"#;
        json::compact(
            data,
            packet.attachments().len(),
            &mut compacted,
            |_, out| {
                out.push_str(placeholder);
            },
        )
        .expect("what was decoded is JSON");
        // A placeholder may contain white space and further members.
        assert!(compacted.len() <= data.len() + placeholder.len() * data.matches('{').count());
        same(
            packet.payload::<Value>().map(|_| ()),
            json::from_str_with::<Value>(&compacted, packet.attachments()).map(|_| ()),
        );
    }

    if !matches!(packet.kind(), PacketKind::Event | PacketKind::Ack) {
        return None;
    }
    let absent = packet.arg::<Option<bool>>(packet.arg_count());
    assert_eq!(absent.expect("an absent argument is null"), None);
    let Ok(args) = packet.args::<Vec<Value>>() else {
        // Only a number can be valid JSON and out of range.
        let data = packet.data().unwrap_or_default();
        assert!(data.contains(['e', 'E']) || data.len() > 300, "{packet:?}");
        return None;
    };
    assert_eq!(args.len(), packet.arg_count());
    if let Ok((first, _)) = packet.args::<(Value, Option<String>)>() {
        assert_eq!(&first, args.first().unwrap_or(&Value::Null));
    }
    for (index, arg) in args.iter().enumerate().take(8) {
        let one = packet.arg::<Value>(index).expect("it was read before");
        assert_eq!(&one, arg);
    }
    let last = packet.last_string();
    match args.last() {
        Some(Value::Text(text)) => assert_eq!(last.as_deref(), Some(&**text)),
        _ => assert_eq!(last, None),
    }
    Some(args)
}

/// Decodes a packet into listeners' types, which must not panic.
fn typed(packet: &Packet) {
    #[derive(Deserialize)]
    enum Choice {
        #[serde(rename = "a")]
        Unit,
        #[serde(rename = "b")]
        New(i16),
        #[serde(rename = "c")]
        Pair(f32, char),
        #[serde(rename = "d")]
        Struct { a: Option<u128> },
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Record<'a> {
        a: i8,
        #[serde(borrow)]
        b: Option<&'a str>,
        c: Option<Binary>,
        d: Option<Choice>,
        e: HashMap<i32, ()>,
        f: HashMap<bool, [u64; 2]>,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Untagged {
        Number(f64),
        Bytes(Binary),
        Record(HashMap<String, i128>),
    }
    if let Ok(record) = packet.arg::<Record<'_>>(0) {
        let Record { a, b, c, d, e, f } = record;
        let choice = match d {
            Some(Choice::New(number)) => i64::from(number),
            Some(Choice::Pair(number, c)) => number as i64 ^ i64::from(u32::from(c)),
            Some(Choice::Struct { a: Some(number) }) => number as i64,
            Some(Choice::Unit | Choice::Struct { a: None }) | None => 0,
        };
        std::hint::black_box((a, b, c, choice, e.len(), f.values().next().copied()));
    }
    match packet.arg::<Untagged>(0) {
        Ok(Untagged::Number(number)) => assert!(number.is_finite()),
        Ok(Untagged::Bytes(bytes)) => drop(bytes),
        Ok(Untagged::Record(map)) => drop(map),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let _ = packet.args::<(u64, f64, String, Binary, Option<bool>)>();
    let _ = packet.args::<(i8, &str)>();
    let _ = packet.args::<Record<'_>>();
    let _ = packet.args::<()>();
}

struct Peer {
    decoder: Decoder,
    limits: Limits,
    /// The size of the waiting packet in bytes.
    held: usize,
}

impl Peer {
    fn text(&mut self, frame: &str) {
        payload(frame);
        let is_number = |c: char| matches!(c, '0'..='9' | '.' | '-' | '+' | 'e' | 'E');
        for text in frame.split(|c| !is_number(c)).take(16) {
            number(text);
        }
        match EnginePacket::decode(frame) {
            Ok(packet) => {
                engine(&packet);
                match packet {
                    EnginePacket::Open(data) => handshake(data),
                    EnginePacket::Binary(data) => self.binary(data.into_owned()),
                    EnginePacket::Message(_) => self.message(frame),
                    _ => {}
                }
            }
            Err(error) => {
                assert!(!error.to_string().is_empty() && !error.kind().is_empty());
                assert_eq!(frame.is_empty(), error == EngineDecodeError::Empty);
            }
        }
    }

    fn message(&mut self, frame: &str) {
        let waited = self.decoder.is_waiting();
        let held = std::mem::replace(&mut self.held, frame.len() - 1);
        let decoded = self.decoder.text(frame.to_owned(), 1);
        let is_unexpected = matches!(decoded, Err(DecodeError::UnexpectedText { .. }));
        assert!(waited || !is_unexpected);
        // A packet without attachments may arrive in between.
        let waits_on = waited && matches!(decoded, Ok(Decoded::Packet(_)));
        self.decoded(decoded, waits_on);
        if waits_on {
            self.held = held;
        }
    }

    fn binary(&mut self, data: Vec<u8>) {
        let waited = self.decoder.is_waiting();
        self.held += data.len();
        let decoded = self.decoder.binary(data);
        let is_unexpected = matches!(decoded, Err(DecodeError::UnexpectedBinary));
        assert_eq!(is_unexpected, !waited);
        self.decoded(decoded, false);
    }

    fn decoded(&mut self, decoded: Result<Decoded, DecodeError>, waits_on: bool) {
        let waits = waits_on || matches!(decoded, Ok(Decoded::Waiting { .. }));
        assert_eq!(self.decoder.is_waiting(), waits);
        if decoded.is_ok() {
            assert!(self.held <= self.limits.packet_bytes, "too much was taken");
        }
        match decoded {
            Ok(Decoded::Packet(packet)) => {
                assert!(packet.attachments().len() <= self.limits.attachments);
                let args = look(&packet);
                again(&packet, args.as_deref(), &self.limits);
            }
            Ok(Decoded::Waiting { missing }) => {
                assert!((1..=self.limits.attachments).contains(&missing));
            }
            Err(error) => assert!(!error.to_string().is_empty() && !error.kind().is_empty()),
        }
        if !waits {
            self.held = 0;
        }
    }
}

/// Encodes the packet and decodes it again.
fn again(packet: &Packet, args: Option<&[Value]>, limits: &Limits) {
    let namespace = packet.namespace();
    let data = packet.data();
    let begins_with = data.and_then(|data| data.trim_ascii_start().bytes().next());
    let encoded = match (packet.kind(), args) {
        (PacketKind::Event, Some(args)) => {
            let name = packet.event_name().unwrap_or_default();
            let mut event = match Arguments::event(name) {
                Ok(event) => event,
                // Such a name can be decoded, but not encoded.
                Err(error) => {
                    assert!(RESERVED_EVENTS.contains(&name), "{name:?}: {error}");
                    return;
                }
            };
            for arg in args {
                event.push(arg).expect("it was read");
            }
            encode_event(namespace, packet.id(), event, limits)
        }
        (PacketKind::Ack, Some(args)) => {
            let mut ack = Arguments::ack();
            ack.extend(args).expect("a list");
            encode_ack(namespace, packet.id().unwrap_or(0), ack, limits)
        }
        (PacketKind::Event | PacketKind::Ack, None) => return,
        // Not everything that can be decoded can be encoded: only what the protocol specifies.
        (PacketKind::Connect, _) if matches!(begins_with, None | Some(b'{')) => {
            encode_connect(namespace, data)
        }
        (PacketKind::Disconnect, _) if data.is_none() => encode_disconnect(namespace),
        (PacketKind::ConnectError, _) if matches!(begins_with, Some(b'{' | b'"')) => {
            encode_connect_error(namespace, data.unwrap_or_default())
        }
        (PacketKind::Connect | PacketKind::Disconnect | PacketKind::ConnectError, _) => return,
    };
    let frame = match encoded {
        Ok(frame) => frame,
        // Several placeholders may share one attachment, and text may take more bytes than it came
        // with.
        Err(EncodeError::TooManyAttachments { .. } | EncodeError::PacketTooLarge { .. }) => return,
        Err(EncodeError::InvalidNamespace { .. }) if namespace.contains('\x1e') => return,
        Err(error) => panic!("{packet:?} can't be written: {error}"),
    };
    let same = read(frame);
    assert_eq!(same.kind(), packet.kind());
    assert_eq!(same.namespace(), namespace);
    assert_eq!(same.event_name(), packet.event_name());
    match packet.kind() {
        PacketKind::Ack => assert_eq!(same.id(), packet.id().or(Some(0))),
        PacketKind::Event => assert_eq!(same.id(), packet.id()),
        _ => assert_eq!(same.data(), data),
    }
    if let Some(args) = args.filter(|_| same.arg_count() > 0) {
        assert_eq!(
            same.args::<Vec<Value>>().expect("it was written here"),
            args
        );
    }
}

fn read(frame: Frame) -> Packet {
    let mut decoder = Decoder::new(LIMITS[0]);
    let mut decoded = decoder
        .text(frame.text, 1)
        .expect("what is written is read");
    for attachment in frame.attachments {
        decoded = decoder.binary(attachment).expect("what is written is read");
    }
    match decoded {
        Decoded::Packet(packet) => packet,
        Decoded::Waiting { missing } => panic!("{missing} attachments are not there"),
    }
}

fn engine(packet: &EnginePacket<'_>) {
    let text = packet.encode();
    assert_eq!(EnginePacket::decode(&text).as_ref(), Ok(packet));
    assert_eq!(packet.encoded_len(), text.len());
}

fn payload(text: &str) {
    let all: Vec<_> = Payload::new(text).collect();
    assert!(all.len() <= 1 + text.matches('\x1e').count());
    let packets: Vec<_> = all.into_iter().filter_map(Result::ok).collect();
    if packets.is_empty() {
        return;
    }
    let encoded = encode_payload(&packets);
    let decoded: Result<Vec<_>, _> = Payload::new(&encoded).collect();
    assert_eq!(decoded.as_ref(), Ok(&packets));
    let count = packets_that_fit(&packets, Some(30));
    assert!((1..=packets.len()).contains(&count));
    assert!(count == 1 || encode_payload(packets.iter().take(count)).len() <= 30);
}

/// Checks that a number is decoded to the same value as by the standard library.
fn number(text: &str) {
    let is_json = json::from_str::<IgnoredAny>(text).is_ok();
    let exact = text.parse::<f64>().ok().filter(|value| value.is_finite());
    match json::from_str::<f64>(text) {
        Ok(value) => assert_eq!(Some(value.to_bits()), exact.map(f64::to_bits), "{text}"),
        Err(error) => assert!(!is_json || exact.is_none(), "{text}: {error}"),
    }
    if let Ok(value) = json::from_str::<f32>(text) {
        assert_eq!(
            text.parse::<f32>().map(f32::to_bits),
            Ok(value.to_bits()),
            "{text}"
        );
    }
    if let Ok(value) = json::from_str::<i64>(text) {
        let near = exact.is_some_and(|exact| (exact - value as f64).abs() <= exact.abs() / 1e15);
        assert!(near, "{text} is not {value}");
    }
}

fn handshake(data: &str) {
    match Handshake::parse(data) {
        Ok(handshake) => {
            let longest = i32::MAX.unsigned_abs().into();
            let (interval, timeout) = (handshake.ping_interval, handshake.ping_timeout);
            assert!(interval.as_millis() <= longest, "{interval:?}");
            assert!((1..=longest).contains(&timeout.as_millis()), "{timeout:?}");
            assert_ne!(handshake.max_payload, Some(0));
        }
        Err(error) => assert!(!error.to_string().is_empty() && !error.kind().is_empty()),
    }
}

fn same(a: Result<(), json::DecodeError>, b: Result<(), json::DecodeError>) {
    assert_eq!(a.is_ok(), b.is_ok(), "{a:?} and {b:?}");
}
