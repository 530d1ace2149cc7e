//! Properties of any packet and any input: encoding and decoding round-trips, nothing panics, and
//! no more is held than the limits allow.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

#[path = "support/value.rs"]
mod value;

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;

use socketio_proto::Limits;
use socketio_proto::engine::{EnginePacket, Handshake, Payload, encode_payload, packets_that_fit};
use socketio_proto::packet::{
    Arguments, DecodeError, Decoded, Decoder, EncodeError, Frame, MAX_ACK_ID, Packet, PacketKind,
    RESERVED_EVENTS, encode_ack, encode_connect, encode_connect_error, encode_disconnect,
    encode_event, normalize_namespace,
};

use value::Value;

const LIMITS: Limits = Limits {
    attachments: 1_000,
    packet_bytes: 1 << 24,
    nesting: 64,
};

/// Small, so that inputs reach them.
const SMALL: Limits = Limits {
    attachments: 3,
    packet_bytes: 200,
    nesting: 4,
};

proptest! {
    #[test]
    fn events_decode_to_themselves(
        name in name(), namespace in namespace(), id in id(), args in vec(value(), 0..4),
    ) {
        let mut arguments = Arguments::event(&name).unwrap();
        for arg in &args {
            arguments.push(arg).unwrap();
        }
        let frame = encode_event(&namespace, id, arguments, &LIMITS);
        let Some(packet) = sent(frame, &args)? else { return Ok(()) };
        prop_assert_eq!(packet.kind(), PacketKind::Event);
        prop_assert_eq!(packet.event_name(), Some(&*name));
        prop_assert_eq!(packet.namespace(), normalize_namespace(&namespace).unwrap());
        prop_assert_eq!(packet.id(), id);
        same_args(&packet, &args)?;
    }

    #[test]
    fn acks_decode_to_themselves(
        namespace in namespace(), id in 0..=MAX_ACK_ID, args in vec(value(), 0..4),
    ) {
        let mut arguments = Arguments::ack();
        arguments.extend(&args).unwrap();
        let frame = encode_ack(&namespace, id, arguments, &LIMITS);
        let Some(packet) = sent(frame, &args)? else { return Ok(()) };
        prop_assert_eq!(packet.kind(), PacketKind::Ack);
        prop_assert_eq!(packet.event_name(), None);
        prop_assert_eq!(packet.namespace(), normalize_namespace(&namespace).unwrap());
        prop_assert_eq!(packet.id(), Some(id));
        same_args(&packet, &args)?;
    }

    #[test]
    fn control_packets_decode_to_themselves(
        namespace in namespace(), fields in btree_map(".*", plain_value(), 0..4), text in ".*",
    ) {
        let object = serde_json::to_string(&fields).unwrap();
        let string = serde_json::to_string(&text).unwrap();
        for (frame, kind, data) in [
            (encode_connect(&namespace, None), PacketKind::Connect, None),
            (encode_connect(&namespace, Some(&object)), PacketKind::Connect, Some(&object)),
            (encode_disconnect(&namespace), PacketKind::Disconnect, None),
            (encode_connect_error(&namespace, &object), PacketKind::ConnectError, Some(&object)),
            (encode_connect_error(&namespace, &string), PacketKind::ConnectError, Some(&string)),
        ] {
            let packet = received(frame.unwrap())?;
            prop_assert_eq!(packet.kind(), kind);
            prop_assert_eq!(packet.namespace(), normalize_namespace(&namespace).unwrap());
            prop_assert_eq!(packet.id(), None);
            prop_assert_eq!(packet.data(), data.map(String::as_str));
        }
    }

    #[test]
    fn payloads_decode_to_themselves(packets in vec(engine_packet(), 1..8), max in 1_u64..100) {
        let packets: Vec<_> = packets.iter().map(Owned::packet).collect();
        let text = encode_payload(&packets);
        let decoded: Result<Vec<_>, _> = Payload::new(&text).collect();
        prop_assert_eq!(decoded.as_ref(), Ok(&packets));

        let count = packets_that_fit(&packets, Some(max));
        prop_assert!(count == 1 || encode_payload(&packets[..count]).len() as u64 <= max);
        let more = encode_payload(packets.iter().take(count + 1));
        prop_assert!(count == packets.len() || more.len() as u64 > max);
    }

    #[test]
    fn no_text_panics(text in any_text(), start in 0_usize..8) {
        look(Decoder::new(LIMITS).text(text.clone(), start));
        let _ = Handshake::parse(&text);
        let count = Payload::new(&text).count();
        prop_assert!(count <= 1 + text.matches('\x1e').count());
        if let Ok(packet) = EnginePacket::decode(&text) {
            prop_assert_eq!(packet.encoded_len(), packet.encode().len());
        }
    }

    #[test]
    fn no_bytes_panic(bytes in vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        look(Decoder::new(SMALL).text(text.clone(), 0));
        let _ = Handshake::parse(&text);
        let _ = Payload::new(&text).count();
    }

    #[test]
    fn no_mutation_of_a_frame_panics(
        args in vec(value(), 0..3), id in id(), namespace in namespace(),
        changes in vec((any::<Index>(), change()), 1..4),
    ) {
        let mut arguments = Arguments::event("x").unwrap();
        arguments.extend(&args).unwrap();
        let Ok(frame) = encode_event(&namespace, id, arguments, &LIMITS) else { return Ok(()) };
        let mut chars: Vec<char> = frame.text.chars().collect();
        for (at, change) in changes {
            change.apply(&mut chars, at);
        }
        let mut decoder = Decoder::new(LIMITS);
        look(decoder.text(chars.into_iter().collect(), 1));
        for data in frame.attachments {
            look(decoder.binary(data));
        }
    }

    /// For any frames in any order, an error resets the decoder, and no more is held or returned
    /// than the limits allow.
    #[test]
    fn limits_bound_held_and_returned_data(frames in vec(frame(), 0..30)) {
        let mut decoder = Decoder::new(SMALL);
        let mut held = 0;
        for frame in frames {
            let waited = decoder.is_waiting();
            let bytes = frame.len();
            let text = matches!(frame, Incoming::Text(_));
            let decoded = match frame {
                Incoming::Text(text) => decoder.text(text, 0),
                Incoming::Binary(data) => decoder.binary(data),
            };
            // A packet without attachments arrives between another and its attachments.
            let between = waited && text && matches!(decoded, Ok(Decoded::Packet(_)));
            let before = held;
            held = if text { bytes } else { held + bytes };
            match &decoded {
                Ok(Decoded::Packet(packet)) => {
                    prop_assert!(between || waited != text);
                    prop_assert_eq!(decoder.is_waiting(), between);
                    prop_assert!(held <= SMALL.packet_bytes);
                    prop_assert!(packet.attachments().len() <= SMALL.attachments);
                }
                Ok(Decoded::Waiting { missing }) => {
                    prop_assert!(decoder.is_waiting());
                    prop_assert!(held <= SMALL.packet_bytes);
                    prop_assert!((1..=SMALL.attachments).contains(missing));
                }
                Err(error) => {
                    let is_unexpected = matches!(error, DecodeError::UnexpectedText { .. });
                    prop_assert!(!is_unexpected || waited && text);
                    prop_assert_eq!(
                        matches!(error, DecodeError::UnexpectedBinary), !waited && !text
                    );
                }
            }
            if between {
                held = before;
            } else if !matches!(decoded, Ok(Decoded::Waiting { .. })) {
                prop_assert!(!decoder.is_waiting());
                held = 0;
            }
            look(decoded);
        }
    }
}

/// The packet that the peer decodes from a frame; `None` where the encoder rightly refused to
/// encode it.
fn sent(
    frame: Result<Frame, EncodeError>,
    args: &[Value],
) -> Result<Option<Packet>, TestCaseError> {
    let misleading = args.iter().any(Value::has_bytes) && args.iter().any(Value::misleads);
    match frame {
        Err(EncodeError::MisleadingPlaceholder) if misleading => Ok(None),
        Err(error) => Err(TestCaseError::fail(format!("{error}"))),
        Ok(_) if misleading => Err(TestCaseError::fail("a placeholder that misleads was sent")),
        Ok(frame) => received(frame).map(Some),
    }
}

fn received(frame: Frame) -> Result<Packet, TestCaseError> {
    let mut decoder = Decoder::new(LIMITS);
    let mut decoded = decoder.text(frame.text, 1);
    for data in frame.attachments {
        prop_assert!(
            matches!(decoded, Ok(Decoded::Waiting { .. })),
            "{:?}",
            decoded
        );
        decoded = decoder.binary(data);
    }
    match decoded {
        Ok(Decoded::Packet(packet)) => Ok(packet),
        other => Err(TestCaseError::fail(format!("{other:?}"))),
    }
}

fn same_args(packet: &Packet, args: &[Value]) -> Result<(), TestCaseError> {
    prop_assert_eq!(packet.arg_count(), args.len());
    prop_assert_eq!(&packet.args::<Vec<Value>>().unwrap(), args);
    for (index, arg) in args.iter().enumerate() {
        prop_assert_eq!(&packet.arg::<Value>(index).unwrap(), arg);
    }
    let last = args.last().and_then(|last| match last {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let last_string = packet.last_string();
    prop_assert_eq!(last_string.as_deref(), last);
    Ok(())
}

/// Calls every getter of a packet.
fn look(decoded: Result<Decoded, DecodeError>) {
    match decoded {
        Ok(Decoded::Packet(packet)) => {
            assert!(packet.namespace().starts_with('/'));
            let _ = (packet.event_name(), packet.last_string(), packet.data());
            let _ = packet.payload::<Value>();
            let _ = packet.args::<Vec<Value>>();
            let _ = packet.args::<(Value, Option<String>)>();
            for index in 0..packet.arg_count().min(4) {
                let _ = packet.arg::<Value>(index);
            }
        }
        Ok(Decoded::Waiting { .. }) => {}
        Err(error) => assert!(!error.to_string().is_empty() && !error.kind().is_empty()),
    }
}

impl Value {
    fn has_bytes(&self) -> bool {
        match self {
            Self::Bytes(_) => true,
            Self::List(list) => list.iter().any(Self::has_bytes),
            Self::Map(map) => map.values().any(Self::has_bytes),
            _ => false,
        }
    }

    fn misleads(&self) -> bool {
        match self {
            Self::List(list) => list.iter().any(Self::misleads),
            Self::Map(map) => {
                map.get("_placeholder") == Some(&Self::Bool(true))
                    || map.values().any(Self::misleads)
            }
            _ => false,
        }
    }
}

fn value() -> impl Strategy<Value = Value> {
    nested(prop_oneof![
        3 => scalar(),
        1 => vec(any::<u8>(), 0..20).prop_map(Value::Bytes),
    ])
}

fn plain_value() -> impl Strategy<Value = Value> {
    nested(scalar())
}

fn nested(leaf: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    let key = prop_oneof![8 => ".*", 1 => Just("num".into()), 1 => Just("_placeholder".into())];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            4 => vec(inner.clone(), 0..4).prop_map(Value::List),
            4 => btree_map(key.clone(), inner, 0..4).prop_map(Value::Map),
            1 => (any::<bool>(), 0_i64..2).prop_map(|(is, num)| Value::Map(BTreeMap::from([
                ("_placeholder".into(), Value::Bool(is)), ("num".into(), Value::Integer(num)),
            ]))),
        ]
    })
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Integer),
        any::<String>().prop_map(Value::Text),
    ]
}

fn name() -> impl Strategy<Value = String> {
    any::<String>().prop_filter("reserved", |name| !RESERVED_EVENTS.contains(&name.as_str()))
}

fn namespace() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("/".to_owned()),
        "/?[a-z0-9/?=&\\[{\"-]{0,8}",
        "[^,\u{1e}]{0,8}"
    ]
}

fn id() -> impl Strategy<Value = Option<u64>> {
    option::of(prop_oneof![0_u64..20, 0..=MAX_ACK_ID, Just(MAX_ACK_ID)])
}

/// Text, from arbitrary to nearly a packet.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-6b\x1e]{0,3}.*",
        "[0-6]{0,2}[0-9]{0,3}-?(/[a-z]{0,2},?)?[0-9]{0,18}[\\[\\]{}\",:0-9a\\\\eu. -]{0,20}",
        packet_text(),
    ]
}

fn packet_text() -> impl Strategy<Value = String> {
    ("[2356]([0-4]-)?(/a,)?[0-9]{0,2}", vec(json_text(), 0..4))
        .prop_map(|(head, parts)| format!("{head}[{}]", parts.join(",")))
}

fn json_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("\"x\"".to_owned()),
        Just("[[[[]]]]".to_owned()),
        "[0-9]{1,3}",
        (any::<bool>(), -1..4)
            .prop_map(|(is, num)| { format!("{{\"_placeholder\":{is},\"num\":{num}}}") }),
        "\\PC{0,60}".prop_map(|text| serde_json::to_string(&text).unwrap()),
    ]
}

#[derive(Clone, Debug)]
enum Incoming {
    Text(String),
    Binary(Vec<u8>),
}

impl Incoming {
    fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(data) => data.len(),
        }
    }
}

fn frame() -> impl Strategy<Value = Incoming> {
    prop_oneof![
        1 => any_text().prop_map(Incoming::Text),
        3 => packet_text().prop_map(Incoming::Text),
        2 => ("5[1-3]-\\[\"x\"\\]").prop_map(Incoming::Text),
        5 => vec(any::<u8>(), 0..90).prop_map(Incoming::Binary),
    ]
}

#[derive(Clone, Debug)]
enum Change {
    Insert(char),
    Replace(char),
    Remove,
    Repeat(usize),
    Cut,
}

impl Change {
    fn apply(self, chars: &mut Vec<char>, at: Index) {
        if chars.is_empty() {
            return;
        }
        let at = at.index(chars.len());
        match self {
            Self::Insert(c) => chars.insert(at, c),
            Self::Replace(c) => chars[at] = c,
            Self::Remove => {
                chars.remove(at);
            }
            Self::Repeat(times) => {
                let c = chars[at];
                chars.splice(at..at, std::iter::repeat_n(c, times));
            }
            Self::Cut => chars.truncate(at),
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    let c = || {
        prop_oneof![
            prop::sample::select("[]{}\",:-/\\0159.eutn \u{1e}é".chars().collect::<Vec<_>>()),
            any::<char>(),
        ]
    };
    prop_oneof![
        c().prop_map(Change::Insert),
        c().prop_map(Change::Replace),
        Just(Change::Remove),
        (1_usize..100).prop_map(Change::Repeat),
        Just(Change::Cut),
    ]
}

#[derive(Clone, Debug)]
enum Owned {
    Text(u8, String),
    Binary(Vec<u8>),
}

impl Owned {
    fn packet(&self) -> EnginePacket<'_> {
        match self {
            Self::Text(0, text) => EnginePacket::Open(text),
            Self::Text(1, _) => EnginePacket::Close,
            Self::Text(2, text) => EnginePacket::Ping(text),
            Self::Text(3, text) => EnginePacket::Pong(text),
            Self::Text(5, _) => EnginePacket::Upgrade,
            Self::Text(6, _) => EnginePacket::Noop,
            Self::Text(_, text) => EnginePacket::Message(text),
            Self::Binary(data) => EnginePacket::Binary(data.as_slice().into()),
        }
    }
}

fn engine_packet() -> impl Strategy<Value = Owned> {
    prop_oneof![
        (0_u8..7, "[^\u{1e}]{0,20}").prop_map(|(kind, text)| Owned::Text(kind, text)),
        vec(any::<u8>(), 0..40).prop_map(Owned::Binary),
    ]
}
