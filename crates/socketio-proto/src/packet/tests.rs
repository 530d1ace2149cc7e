//! Rows M of the reference's table, W7 and G13.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::*;
use crate::{Binary, Limits};

fn decode_with(limits: Limits, packet: &str) -> Result<Decoded, DecodeError> {
    let mut decoder = Decoder::new(limits);
    let decoded = decoder.text(format!("4{packet}"), 1);
    assert_eq!(
        decoder.is_waiting(),
        matches!(decoded, Ok(Decoded::Waiting { .. }))
    );
    decoded
}

fn decode(packet: &str) -> Packet {
    match decode_with(Limits::default(), packet) {
        Ok(Decoded::Packet(packet)) => packet,
        other => panic!("{packet}: {other:?}"),
    }
}

fn refusal(packet: &str) -> DecodeError {
    match decode_with(Limits::default(), packet) {
        Err(error) => error,
        other => panic!("{packet:.60}: {other:?}"),
    }
}

/// Kind, namespace, id and payload.
fn parts(packet: &Packet) -> (PacketKind, &str, Option<u64>, Option<&str>) {
    (
        packet.kind(),
        packet.namespace(),
        packet.id(),
        packet.data(),
    )
}

fn event(args: &impl Serialize) -> Arguments {
    let mut arguments = Arguments::event("x").unwrap();
    arguments.extend(args).unwrap();
    arguments
}

fn encode(args: Arguments) -> Result<Frame, EncodeError> {
    encode_event("/", None, args, &Limits::default())
}

/// Arrays nested `depth` deep, including the payload's own array.
fn nested(depth: usize) -> String {
    let inner = depth - 1;
    let comma = if inner > 0 { "," } else { "" };
    format!("2[\"x\"{comma}{}{}]", "[".repeat(inner), "]".repeat(inner))
}

#[test]
fn m1_every_part_is_found() {
    use PacketKind::*;
    for (text, expected) in [
        ("0", (Connect, "/", None, None)),
        ("0{\"a\":1}", (Connect, "/", None, Some("{\"a\":1}"))),
        (
            "0/mofang,{\"sid\":\"s\"}",
            (Connect, "/mofang", None, Some("{\"sid\":\"s\"}")),
        ),
        ("1", (Disconnect, "/", None, None)),
        ("1/mofang", (Disconnect, "/mofang", None, None)),
        ("1/mofang,", (Disconnect, "/mofang", None, None)),
        ("2[\"a\"]", (Event, "/", None, Some("[\"a\"]"))),
        ("27[\"a\"]", (Event, "/", Some(7), Some("[\"a\"]"))),
        (
            "2/mofang,7[\"a\"]",
            (Event, "/mofang", Some(7), Some("[\"a\"]")),
        ),
        ("3/mofang,12[]", (Ack, "/mofang", Some(12), Some("[]"))),
        (
            "4/mofang,{\"message\":\"no\"}",
            (ConnectError, "/mofang", None, Some("{\"message\":\"no\"}")),
        ),
        ("4\"no\"", (ConnectError, "/", None, Some("\"no\""))),
    ] {
        assert_eq!(parts(&decode(text)), expected, "{text}");
    }
}

#[test]
fn m1_an_ack_without_an_id_decodes() {
    assert_eq!(decode("3[1]").id(), None);
}

#[test]
fn m1_ids_go_to_2_pow_53_minus_1() {
    assert_eq!(decode("20[\"a\"]").id(), Some(0));
    assert_eq!(decode("2007[\"a\"]").id(), Some(7));
    assert_eq!(decode("29007199254740991[\"a\"]").id(), Some(MAX_ACK_ID));
    for id in [
        "9007199254740992",
        "9999999999999999",
        "00000000000000001",
        "99999999999999999999999",
    ] {
        assert_eq!(
            refusal(&format!("2{id}[\"a\"]")),
            DecodeError::InvalidAckId,
            "{id}"
        );
    }
    let args = Arguments::ack();
    assert_eq!(
        encode_ack("/", MAX_ACK_ID + 1, args, &Limits::default()),
        Err(EncodeError::InvalidAckId { id: MAX_ACK_ID + 1 })
    );
}

#[test]
fn m1_control_packets_are_written() {
    for (frame, text) in [
        (encode_connect("", None), "40"),
        (encode_connect("/", Some("{}")), "40{}"),
        (
            encode_connect("mofang", Some("{\"t\":1}")),
            "40/mofang,{\"t\":1}",
        ),
        (encode_connect("/mofang", None), "40/mofang,"),
        (encode_disconnect("/"), "41"),
        (encode_disconnect("/mofang"), "41/mofang,"),
        (
            encode_connect_error("/mofang", "\"no\""),
            "44/mofang,\"no\"",
        ),
        (
            encode_connect_error("", "{\"message\":\"no\"}"),
            "44{\"message\":\"no\"}",
        ),
        (
            encode_ack("/mofang", 3, Arguments::ack(), &Limits::default()),
            "43/mofang,3[]",
        ),
    ] {
        assert_eq!(
            frame.unwrap(),
            Frame {
                text: text.into(),
                attachments: vec![]
            }
        );
    }
}

#[test]
fn m2_binary_types_are_events_and_acks() {
    let mut decoder = Decoder::new(Limits::default());
    for (text, kind) in [
        ("451-[\"a\"]", PacketKind::Event),
        ("461-3[]", PacketKind::Ack),
    ] {
        assert!(matches!(
            decoder.text(text.into(), 1),
            Ok(Decoded::Waiting { missing: 1 })
        ));
        let Ok(Decoded::Packet(packet)) = decoder.binary(vec![1]) else {
            panic!("{text}")
        };
        assert_eq!(packet.kind(), kind);
        assert_eq!(packet.attachments(), [[1]]);
    }
}

#[test]
fn m3_attachments_choose_the_type() {
    let limits = Limits::default();
    let binary = Binary(vec![1]);
    let frame = |args| encode_event("/", Some(4), args, &limits).unwrap().text;
    assert_eq!(frame(event(&("a",))), "424[\"x\",\"a\"]");
    // An event that requests an acknowledgement has type 5, never 6.
    assert_eq!(
        frame(event(&(&binary,))),
        "451-4[\"x\",{\"_placeholder\":true,\"num\":0}]"
    );

    let mut args = Arguments::ack();
    args.push(&binary).unwrap().push(&1).unwrap();
    let frame = encode_ack("/a", 4, args, &limits).unwrap();
    assert_eq!(frame.text, "461-/a,4[{\"_placeholder\":true,\"num\":0},1]");
    assert_eq!(frame.attachments, [[1]]);
}

#[test]
fn m4_placeholders_count_depth_first() {
    let bytes = |byte| Binary(vec![byte]);
    let inner = BTreeMap::from([("a", vec![bytes(1), bytes(2)]), ("b", vec![bytes(3)])]);
    let frame = encode(event(&(bytes(0), inner, bytes(4)))).unwrap();
    assert_eq!(
        frame.text,
        "455-[\"x\",{\"_placeholder\":true,\"num\":0},\
         {\"a\":[{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":2}],\
         \"b\":[{\"_placeholder\":true,\"num\":3}]},{\"_placeholder\":true,\"num\":4}]"
    );
    assert_eq!(frame.attachments, [[0], [1], [2], [3], [4]]);
}

#[test]
fn m5_after_an_error_the_arguments_are_as_they_were() {
    struct Broken;
    impl Serialize for Broken {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("broken"))
        }
    }
    let mut args = event(&(1, Binary(vec![1])));
    let before = encode(args.clone()).unwrap();
    assert_eq!(
        args.push(&(Binary(vec![2]), Broken)).unwrap_err().kind(),
        "unserializable_value"
    );
    assert_eq!(
        args.extend(&(Binary(vec![2]), Broken)).unwrap_err().kind(),
        "unserializable_value"
    );
    assert_eq!(
        args.extend(&Binary(vec![2])).unwrap_err(),
        EncodeError::NotASequence
    );
    assert_eq!(args.raw_json("[1").unwrap_err().kind(), "invalid_json");
    assert_eq!(args.raw_json("1,2").unwrap_err().kind(), "invalid_json");
    assert_eq!(encode(args), Ok(before));
}

#[test]
fn m6_no_reviver_but_types() {
    // Its own type does for a date what a replacer and a reviver do in JavaScript.
    #[derive(Debug, PartialEq)]
    struct Date(u16, u16, u16);
    impl Serialize for Date {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let Self(year, month, day) = self;
            serializer.collect_str(&format_args!("{year:04}-{month:02}-{day:02}"))
        }
    }
    impl<'de> Deserialize<'de> for Date {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = Cow::<'_, str>::deserialize(deserializer)?;
            let mut parts = text.split('-');
            let mut next = || parts.next()?.parse().ok();
            match (next(), next(), next()) {
                (Some(year), Some(month), Some(day)) => Ok(Self(year, month, day)),
                _ => Err(serde::de::Error::custom("no date")),
            }
        }
    }
    let frame = encode(event(&(Date(2026, 1, 2), [Date(2026, 1, 3)]))).unwrap();
    assert_eq!(frame.text, "42[\"x\",\"2026-01-02\",[\"2026-01-03\"]]");
    let packet = decode(frame.text.strip_prefix('4').unwrap());
    assert_eq!(
        packet.args::<(Date, Vec<Date>)>().unwrap(),
        (Date(2026, 1, 2), vec![Date(2026, 1, 3)])
    );
    assert!(decode("2[\"x\",\"today\"]").arg::<Date>(0).is_err());
}

#[test]
fn m7_too_many_attachments_are_refused() {
    let limit = 10;
    assert!(matches!(
        decode_with(Limits::default(), "510-[\"x\"]"),
        Ok(Decoded::Waiting { missing: 10 })
    ));
    for count in ["11", "99999999999999999999999999999"] {
        let error = refusal(&format!("5{count}-[\"x\"]"));
        assert_eq!(error, DecodeError::TooManyAttachments { limit });
        assert!(error.to_string().contains("10"), "{error}");
    }
    let values: Vec<_> = (0..11).map(|byte| Binary(vec![byte])).collect();
    assert_eq!(
        encode(event(&values)),
        Err(EncodeError::TooManyAttachments { count: 11, limit })
    );
    let limits = Limits {
        attachments: 11,
        ..Limits::default()
    };
    assert_eq!(
        encode_event("/", None, event(&values), &limits)
            .unwrap()
            .attachments
            .len(),
        11
    );
    assert!(matches!(
        decode_with(limits, "511-[\"x\"]"),
        Ok(Decoded::Waiting { missing: 11 })
    ));
}

#[test]
fn m8_an_attachment_count_is_digits_and_at_least_1() {
    for count in [
        "", "-", "0-", "00-", "1", "1e0-", "0x1-", " 1-", "+1-", "1.0-", "-1-", "１-",
    ] {
        let error = refusal(&format!("5{count}[\"x\"]"));
        assert_eq!(error, DecodeError::InvalidAttachmentCount, "{count}");
    }
    for packet in ["5", "6", "51", "5[\"x\"]", "6/a,1-[]"] {
        assert_eq!(
            refusal(packet),
            DecodeError::InvalidAttachmentCount,
            "{packet}"
        );
    }
}

#[test]
fn m9_a_placeholder_leads_to_an_attachment() {
    let decode = |num: &str| {
        let mut decoder = Decoder::new(Limits::default());
        let text = format!("52-[\"x\",{{\"_placeholder\":true,\"num\":{num}}}]");
        assert!(matches!(
            decoder.text(text, 0),
            Ok(Decoded::Waiting { missing: 2 })
        ));
        assert!(matches!(
            decoder.binary(vec![1]),
            Ok(Decoded::Waiting { missing: 1 })
        ));
        let decoded = decoder.binary(vec![2]);
        assert!(!decoder.is_waiting());
        decoded
    };
    for (num, byte) in [("0", 1), ("1", 2)] {
        let Ok(Decoded::Packet(packet)) = decode(num) else {
            panic!("{num}")
        };
        assert_eq!(packet.arg::<Binary>(0).unwrap(), Binary(vec![byte]));
    }
    for num in [
        "2",
        "-1",
        "0.5",
        "\"0\"",
        "null",
        "1e400",
        "{}",
        "99999999999999999999",
    ] {
        assert_eq!(
            decode(num).unwrap_err(),
            DecodeError::InvalidPlaceholder,
            "{num}"
        );
    }
}

#[test]
fn m9_only_true_makes_a_placeholder_and_only_with_attachments() {
    let mut decoder = Decoder::new(Limits::default());
    let text = "51-[\"x\",{\"_placeholder\":1,\"num\":9},{\"_placeholder\":\"true\",\"num\":9}]";
    decoder.text(text.into(), 0).unwrap();
    assert!(matches!(decoder.binary(vec![1]), Ok(Decoded::Packet(_))));
    assert_eq!(
        decode("2[\"x\",{\"_placeholder\":true,\"num\":9}]").arg_count(),
        1
    );
}

#[test]
fn m9_shared_attachments_count_each_time() {
    let limits = Limits {
        packet_bytes: 200,
        ..Limits::default()
    };
    let placeholder = "{\"_placeholder\":true,\"num\":0}";
    let mut decoder = Decoder::new(limits);
    let text = format!("51-[\"x\",{placeholder},{placeholder}]");
    decoder.text(text.clone(), 0).unwrap();
    assert!(matches!(
        decoder.binary(vec![1; 50]),
        Ok(Decoded::Packet(_))
    ));
    decoder.text(text, 0).unwrap();
    assert_eq!(
        decoder.binary(vec![1; 100]).unwrap_err(),
        DecodeError::PacketTooLarge { limit: 200 }
    );
}

#[test]
fn m9_an_object_that_looks_like_a_placeholder_is_not_sent() {
    let forged = BTreeMap::from([("_placeholder", true)]);
    let mut numbered = Arguments::event("x").unwrap();
    numbered.push(&Binary(vec![1])).unwrap();
    numbered
        .raw_json("{\"_placeholder\":true,\"num\":0}")
        .unwrap();
    assert_eq!(encode(numbered), Err(EncodeError::MisleadingPlaceholder));
    assert_eq!(
        encode(event(&(&forged, Binary(vec![1])))),
        Err(EncodeError::MisleadingPlaceholder)
    );
    // Without attachments it is an ordinary value.
    assert_eq!(
        encode(event(&(&forged,))).unwrap().text,
        "42[\"x\",{\"_placeholder\":true}]"
    );
}

#[test]
fn m10_a_payload_has_the_shape_of_its_kind() {
    for (packet, kind) in [
        ("2{}", PacketKind::Event),
        ("2[]", PacketKind::Event),
        ("2[ ]", PacketKind::Event),
        ("2[null]", PacketKind::Event),
        ("2[[\"a\"]]", PacketKind::Event),
        ("2[true,\"a\"]", PacketKind::Event),
        ("2\"a\"", PacketKind::Event),
        ("3{}", PacketKind::Ack),
        ("3null", PacketKind::Ack),
    ] {
        let error = refusal(packet);
        assert!(
            matches!(error, DecodeError::InvalidPayload { kind: found, .. } if found == kind),
            "{packet}: {error:?}"
        );
    }
}

#[test]
fn m10_a_control_packet_keeps_any_payload() {
    use PacketKind::*;
    for (digit, kind) in [('0', Connect), ('1', Disconnect), ('4', ConnectError)] {
        for payload in [
            "{\"message\":\"no\",\"data\":[1]}",
            "\"no\"",
            "[]",
            "[1,{}]",
            "null",
            "true",
            " {} ",
        ] {
            let packet = format!("{digit}/mofang,{payload}");
            let expected = (kind, "/mofang", None, Some(payload));
            assert_eq!(parts(&decode(&packet)), expected, "{packet}");
        }
        // A number in the position of an id is an id.
        let packet = format!("{digit}/mofang,7");
        assert_eq!(parts(&decode(&packet)), (kind, "/mofang", Some(7), None));
        for payload in ["", ","] {
            let packet = format!("{digit}/mofang{payload}");
            assert_eq!(parts(&decode(&packet)), (kind, "/mofang", None, None));
        }
        // Invalid JSON is still no packet.
        for payload in ["{", "no", "{}{}", "[1,]", "'no'"] {
            let packet = format!("{digit}{payload}");
            assert_eq!(refusal(&packet).kind(), "invalid_json", "{packet}");
        }
        let packet = format!("{digit}{}", "[".repeat(513) + &"]".repeat(513));
        assert_eq!(refusal(&packet).kind(), "nesting_too_deep");
    }
    let packet = decode("1/mofang,{\"message\":\"too many\"}");
    let reason: BTreeMap<&str, &str> = packet.payload().unwrap();
    assert_eq!(reason, BTreeMap::from([("message", "too many")]));
}

#[test]
fn m10_invalid_json_is_refused() {
    for packet in [
        "2[\"a\"",
        "2[\"a\"]]",
        "2[\"a\",]",
        "2[,\"a\"]",
        "2[\"a\" 1]",
        "2[\"a\"}",
        "2 ",
        "2x",
        "2[a]",
        "2['a']",
        "2[\"a\",01]",
        "2[\"a\",\"\n\"]",
        "2[\"\\x\"]",
        "2[\"a\",nan]",
        "0{",
        "0{}{}",
        "0{\"a\"}",
        "4\"a",
        "3[1,,2]",
        "2[\"a\"]\u{feff}",
        "2\u{a0}[\"a\"]",
        "2-[\"a\"]",
        "21-[\"a\"]",
        "3[",
        "2[",
    ] {
        assert_eq!(refusal(packet).kind(), "invalid_json", "{packet}");
    }
}

#[test]
fn m10_white_space_is_ignored() {
    let packet = decode("2 [ \"a\" , 1 ,\n{ } ] ");
    assert_eq!(packet.event_name(), Some("a"));
    assert_eq!(packet.arg_count(), 2);
    assert_eq!(packet.arg::<u8>(0).unwrap(), 1);
}

#[test]
fn m10_names_are_strings_or_numbers() {
    for (packet, name) in [
        ("2[\"\"]", ""),
        ("2[\"种植园\"]", "种植园"),
        ("2[\"a\\n\\\"\\u00e9\\ud83d\\ude00\"]", "a\n\"é😀"),
        ("2[1]", "1"),
        ("2[-1.5e3,1]", "-1.5e3"),
    ] {
        assert_eq!(decode(packet).event_name(), Some(name), "{packet}");
    }
    assert_eq!(decode("3[\"a\"]").event_name(), None);
}

#[test]
fn g13_reserved_names_are_not_sent_but_received_as_any_name() {
    // The names that socket.io-parser reserves, not the list under test.
    for name in [
        "connect",
        "connect_error",
        "disconnect",
        "disconnecting",
        "newListener",
        "removeListener",
    ] {
        let packet = decode(&format!("2[\"{name}\",1]"));
        assert_eq!(packet.kind(), PacketKind::Event);
        assert_eq!(packet.event_name(), Some(name));
        assert_eq!(packet.arg::<u8>(0).unwrap(), 1);
        assert_eq!(
            Arguments::event(name).unwrap_err(),
            EncodeError::ReservedEventName { name: name.into() }
        );
    }
}

#[test]
fn h17_nan_and_infinity_are_read_as_null_and_not_sent() {
    let packet = decode("2[\"x\",{\"a\":NaN,\"b\":-Infinity},Infinity,1]");
    type Record = BTreeMap<String, Option<f64>>;
    let (record, none, one) = packet.args::<(Record, Option<f64>, u8)>().unwrap();
    assert_eq!(
        record,
        BTreeMap::from([("a".into(), None), ("b".into(), None)])
    );
    assert_eq!((none, one), (None, 1));
    for word in ["NaN", "Infinity", "-Infinity", "[1,{\"a\":NaN}]"] {
        let error = Arguments::ack().raw_json(word).unwrap_err();
        assert_eq!(error.kind(), "invalid_json", "{word}");
    }
}

#[test]
fn w7_a_missing_payload_is_refused() {
    for (packet, kind) in [
        ("2", PacketKind::Event),
        ("2/a", PacketKind::Event),
        ("2/a,7", PacketKind::Event),
        ("3", PacketKind::Ack),
        ("30", PacketKind::Ack),
        ("51-", PacketKind::Event),
        ("61-3", PacketKind::Ack),
        // The namespace extends to the comma.
        ("2/a[\"x\"]", PacketKind::Event),
    ] {
        assert_eq!(
            refusal(packet),
            DecodeError::MissingPayload { kind },
            "{packet}"
        );
    }
}

#[test]
fn m11_an_unknown_type_is_refused() {
    assert_eq!(refusal(""), DecodeError::Empty);
    for found in ['7', '8', '9', ' ', 'b', '-', '２'] {
        let error = refusal(&format!("{found}[\"a\"]"));
        assert_eq!(error, DecodeError::UnknownType { found });
    }
    // A start outside the frame, or within a character, doesn't panic.
    for start in [2, 5, usize::MAX] {
        assert_eq!(
            Decoder::default().text("4é".into(), start).unwrap_err(),
            DecodeError::Empty,
            "{start}"
        );
    }
}

#[test]
fn m12_frames_out_of_order_are_refused_and_the_decoder_starts_afresh() {
    let mut decoder = Decoder::new(Limits::default());
    assert_eq!(
        decoder.binary(vec![1]).unwrap_err(),
        DecodeError::UnexpectedBinary
    );

    // The next attachment would be ambiguous.
    decoder.text("52-[\"x\"]".into(), 0).unwrap();
    decoder.binary(vec![1]).unwrap();
    assert!(decoder.is_waiting());
    assert_eq!(
        decoder.text("51-[\"y\"]".into(), 0).unwrap_err(),
        DecodeError::UnexpectedText { missing: 1 }
    );
    assert!(!decoder.is_waiting());
    assert!(matches!(
        decoder.text("2[\"z\"]".into(), 0),
        Ok(Decoded::Packet(_))
    ));
    assert_eq!(
        decoder.binary(vec![1]).unwrap_err(),
        DecodeError::UnexpectedBinary
    );

    // An invalid packet discards the waiting packet, too.
    for packet in ["2{}", "9", "2[\"x\"", ""] {
        decoder.text("51-[\"x\"]".into(), 0).unwrap();
        decoder.text(packet.into(), 0).unwrap_err();
        assert!(!decoder.is_waiting(), "{packet}");
    }
}

#[test]
fn m12_a_packet_without_attachments_may_come_between() {
    let mut decoder = Decoder::new(Limits::default());
    let waits = "52-[\"x\",{\"_placeholder\":true,\"num\":1}]";
    decoder.text(waits.into(), 0).unwrap();
    for (packet, kind) in [
        ("2[\"y\",1]", PacketKind::Event),
        ("37[2]", PacketKind::Ack),
        ("1/a,", PacketKind::Disconnect),
        ("0/b,{\"sid\":\"b\"}", PacketKind::Connect),
    ] {
        let Ok(Decoded::Packet(packet)) = decoder.text(packet.into(), 0) else {
            panic!("it is whole: {packet}")
        };
        assert_eq!(packet.kind(), kind);
        assert!(decoder.is_waiting());
    }
    decoder.binary(vec![1]).unwrap();
    assert!(decoder.text_unread("2[\"z\",1]".into(), 0).is_ok());
    let Ok(Decoded::Packet(packet)) = decoder.binary(vec![2]) else {
        panic!("all is there")
    };
    assert_eq!(packet.event_name(), Some("x"));
    assert_eq!(packet.arg::<Binary>(0).unwrap(), Binary(vec![2]));
    assert!(!decoder.is_waiting());
}

#[test]
fn m13_reset_drops_an_incomplete_packet() {
    let mut decoder = Decoder::new(Limits::default());
    decoder.text("52-[\"x\"]".into(), 0).unwrap();
    decoder.binary(vec![1]).unwrap();
    decoder.reset();
    assert!(!decoder.is_waiting());
    decoder.text("51-[\"y\"]".into(), 0).unwrap();
    let Ok(Decoded::Packet(packet)) = decoder.binary(vec![2]) else {
        panic!("all is there")
    };
    assert_eq!(packet.event_name(), Some("y"));
    assert_eq!(packet.attachments(), [[2]]);
}

#[test]
fn m14_an_invalid_packet_is_not_sent() {
    for json in ["", "[]", "null", "\"a\"", "{", "{} {}"] {
        assert!(encode_connect("/", Some(json)).is_err(), "{json}");
    }
    for json in ["", "[]", "null", "1", "\"a", "{}1"] {
        assert!(encode_connect_error("/", json).is_err(), "{json}");
    }
    let limits = Limits::default();
    assert_eq!(
        encode_event("/", None, Arguments::ack(), &limits)
            .unwrap_err()
            .kind(),
        "invalid_payload"
    );
    assert_eq!(
        encode_ack("/", 1, event(&()), &limits).unwrap_err().kind(),
        "invalid_payload"
    );
}

#[test]
fn m15_kinds_have_the_protocols_names() {
    let names = ["0", "1", "2[\"a\"]", "3[]", "4{}"].map(|packet| decode(packet).kind().name());
    assert_eq!(
        names,
        ["connect", "disconnect", "event", "ack", "connect_error"]
    );
}

#[test]
fn m16_a_blank_is_not_an_ack_id() {
    assert_eq!(decode("2 [\"a\"]").id(), None);
    assert_eq!(refusal("2 12[\"a\"]").kind(), "invalid_json");
}

#[test]
fn m17_a_namespace_ends_at_a_comma_or_at_the_end() {
    for (packet, namespace) in [
        ("1/admin?x=1&y=[2]", "/admin?x=1&y=[2]"),
        ("2/a/b-c,[\"x\"]", "/a/b-c"),
        ("2/种植园,[\"x\"]", "/种植园"),
        ("2/,[\"x\"]", "/"),
        ("0/a{\"b\":1}", "/a{\"b\":1}"),
    ] {
        assert_eq!(decode(packet).namespace(), namespace, "{packet}");
    }
    // A query can't contain a comma either: the text after it is parsed as an id.
    assert_eq!(decode("0/a?x=1,2{}").id(), Some(2));
}

#[test]
fn m17_a_namespace_that_could_not_be_read_back_is_not_sent() {
    for namespace in ["/a,b", "/a?x=1,2", ",", "/a\x1eb"] {
        assert_eq!(
            encode_connect(namespace, None),
            Err(EncodeError::InvalidNamespace {
                namespace: namespace.into()
            })
        );
    }
    assert_eq!(
        encode_disconnect("/admin?x=1").unwrap().text,
        "41/admin?x=1,"
    );
}

#[test]
fn limits_packet_bytes_apply_to_text_and_attachments_together() {
    let limits = Limits {
        packet_bytes: 16,
        ..Limits::default()
    };
    assert!(decode_with(limits, "2[\"xxxxxxxxxxx\"]").is_ok());
    let too_large = DecodeError::PacketTooLarge { limit: 16 };
    assert_eq!(
        decode_with(limits, "2[\"xxxxxxxxxxxx\"]").unwrap_err(),
        too_large
    );

    let mut decoder = Decoder::new(limits);
    decoder.text("52-[\"x\"]".into(), 0).unwrap();
    decoder.binary(vec![0; 8]).unwrap();
    assert_eq!(decoder.binary(vec![0; 1]).unwrap_err(), too_large);
    assert!(!decoder.is_waiting());

    let args = |len: usize| {
        let mut args = Arguments::event("x").unwrap();
        args.push(&"y".repeat(len)).unwrap();
        args
    };
    assert!(encode_event("/", None, args(7), &limits).is_ok());
    assert_eq!(
        encode_event("/", None, args(8), &limits),
        Err(EncodeError::PacketTooLarge {
            bytes: 17,
            limit: 16
        })
    );
}

#[test]
fn limits_nesting_applies_in_both_directions() {
    for limit in [1, 2, 63, 64, 65, 512] {
        let limits = Limits {
            nesting: limit,
            ..Limits::default()
        };
        assert!(decode_with(limits, &nested(limit)).is_ok(), "{limit}");
        assert_eq!(
            decode_with(limits, &nested(limit + 1)).unwrap_err(),
            DecodeError::NestingTooDeep { limit }
        );
    }
    let limits = Limits {
        nesting: 0,
        ..Limits::default()
    };
    assert_eq!(
        decode_with(limits, "2[\"x\"]").unwrap_err(),
        DecodeError::NestingTooDeep { limit: 0 }
    );
    assert!(decode_with(limits, "4\"no\"").is_ok());

    let limits = Limits {
        nesting: 3,
        ..Limits::default()
    };
    assert!(encode_event("/", None, event(&([[0]],)), &limits).is_ok());
    assert_eq!(
        encode_event("/", None, event(&([[[0]]],)), &limits),
        Err(EncodeError::NestingTooDeep { limit: 3 })
    );
    assert!(
        decode_with(
            Limits {
                nesting: usize::MAX,
                ..limits
            },
            &nested(1_000_000)
        )
        .is_ok()
    );
}

#[test]
fn h14_arguments_read_one_by_one_or_together() {
    let packet = decode("2[\"x\", \"a\", {\"b\":[1,2]}, null, 4]");
    assert_eq!(packet.arg_count(), 4);
    assert_eq!(packet.arg::<&str>(0).unwrap(), "a");
    assert_eq!(
        packet.arg::<BTreeMap<&str, Vec<u8>>>(1).unwrap(),
        BTreeMap::from([("b", vec![1, 2])])
    );
    assert_eq!(packet.arg::<Option<u8>>(2).unwrap(), None);
    assert_eq!(packet.arg::<u8>(3).unwrap(), 4);
    // Surplus arguments are ignored, missing ones read as null.
    assert_eq!(packet.args::<(&str,)>().unwrap(), ("a",));
    packet.args::<()>().unwrap();
    type Five<'a> = (&'a str, serde::de::IgnoredAny, (), u8, Option<u8>);
    let (a, _, (), four, none) = packet.args::<Five<'_>>().unwrap();
    assert_eq!((a, four, none), ("a", 4, None));
    assert_eq!(packet.arg::<Option<u8>>(9).unwrap(), None);
    assert!(packet.arg::<u8>(9).is_err());
    assert!(packet.args::<(u8,)>().is_err());

    let ack = decode("31[1,2]");
    assert_eq!(ack.args::<Vec<u8>>().unwrap(), [1, 2]);
    assert_eq!(ack.args::<(u8, u8, Option<u8>)>().unwrap(), (1, 2, None));
    assert_eq!(decode("31[]").args::<(Option<u8>,)>().unwrap(), (None,));
}

#[test]
fn h16_binary_reads_from_anywhere() {
    let value = BTreeMap::from([
        ("b", vec![Binary(vec![1]), Binary(vec![])]),
        ("c", vec![Binary(vec![3])]),
    ]);
    let frame = encode(event(&(7, &value))).unwrap();
    let mut decoder = Decoder::new(Limits::default());
    decoder.text(frame.text, 1).unwrap();
    let mut last = None;
    for data in frame.attachments {
        last = Some(decoder.binary(data).unwrap());
    }
    let Some(Decoded::Packet(packet)) = last else {
        panic!("all is there")
    };
    assert_eq!(
        packet.args::<(u8, BTreeMap<&str, Vec<Binary>>)>().unwrap(),
        (7, value.clone())
    );
    assert_eq!(packet.arg::<BTreeMap<&str, Vec<Binary>>>(1).unwrap(), value);
}

#[test]
fn h17_values_follow_json() {
    let frame = encode(event(&(f64::NAN, f64::INFINITY, None::<u8>, (), "é\u{1e}"))).unwrap();
    assert_eq!(frame.text, "42[\"x\",null,null,null,null,\"é\\u001e\"]");
}

#[test]
fn h19_the_offset_is_the_last_argument_if_it_is_a_string() {
    for (packet, offset) in [
        ("2[\"x\",1,\"o\\u0066f\"]", Some("off")),
        ("2[\"x\",\"a\", \"\" ]", Some("")),
        ("2[\"x\",\"a\",1]", None),
        ("2[\"x\",[\"a\"]]", None),
        // The reference client would use the name.
        ("2[\"x\"]", None),
        ("3[\"a\"]", Some("a")),
        ("0{\"a\":\"b\"}", None),
    ] {
        assert_eq!(decode(packet).last_string().as_deref(), offset, "{packet}");
    }
}

#[test]
fn payloads_of_connect_and_its_refusal_read_as_a_whole() {
    let packet = decode("0{\"sid\":\"s\"}");
    assert_eq!(
        packet.payload::<BTreeMap<&str, &str>>().unwrap(),
        BTreeMap::from([("sid", "s")])
    );
    assert_eq!(decode("4\"no\"").payload::<&str>().unwrap(), "no");
    assert_eq!(decode("0").payload::<Option<u8>>().unwrap(), None);
    assert_eq!(decode("0").args::<(Option<u8>,)>().unwrap(), (None,));
    assert!(packet.args::<(Option<u8>,)>().is_err());
}

#[test]
fn errors_have_a_kind() {
    assert_eq!(refusal("2[\"x\"").kind(), "invalid_json");
    assert_eq!(refusal("9").kind(), "unknown_packet_type");
    assert_eq!(refusal("511-[\"x\"]").kind(), "too_many_attachments");
    let small = Limits {
        packet_bytes: 1,
        ..Limits::default()
    };
    assert_eq!(
        decode_with(small, "2[\"x\"]").unwrap_err().kind(),
        "packet_too_large"
    );
    assert_eq!(refusal(&nested(513)).kind(), "nesting_too_deep");
}

#[test]
fn m10_a_packet_that_is_read_later_has_the_same_result() {
    let limits = Limits {
        nesting: 3,
        ..Limits::default()
    };
    for packet in [
        "2[\"a\"]",
        "2[\"a\",1]",
        "2[\"a\" , 1 , \"b\" ] ",
        "27[\"a\",1,[2,{}]]",
        "2/mofang,[\"a\",null,{\"b\":[]}]",
        "2[\"a\\u0062\",1]",
        "2[5,1]",
        "2[\"a\",\"no number\"]",
        "2[\"a\",NaN]",
        "2[\"a\",-Infinity , 2]",
        "2[\"connect\",1]",
        // Invalid packets.
        "2[\"a\"",
        "2[\"a\",",
        "2[\"a\",]",
        "2[\"a\",1",
        "2[\"a\",1,]",
        "2[\"a\",1 2]",
        "2[\"a\",1}",
        "2[\"a\",1]]",
        "2[\"a\",1]x",
        "2[\"a\",01]",
        "2[\"a\" 1]",
        "2[\"a\",1,nul]",
        "2[\"a\",1,\"\n\"]",
        "2[\"a\",1,\"\\x\"]",
        "2[\"a\",1,[[[]]]]",
        "2{}",
        "2[]",
        "2",
    ] {
        let whole = decode_with(limits, packet);
        let later = Decoder::new(limits).text_unread(format!("4{packet}"), 1);
        let whole = match (whole, &later) {
            (Ok(Decoded::Packet(whole)), _) => whole,
            (Err(expected), Err(error)) => {
                assert_eq!(*error, expected, "{packet}");
                continue;
            }
            (Err(expected), Ok(Decoded::Packet(later))) => {
                assert_eq!(later.first::<u8>(), None, "{packet}");
                assert!(!later.is_sound(), "{packet}");
                assert_eq!(later.clone().check(), Err(expected), "{packet}");
                assert!(later.clone().is_unread(), "{packet}");
                continue;
            }
            other => panic!("{packet}: {other:?}"),
        };
        let Ok(Decoded::Packet(mut later)) = later else {
            panic!("{packet}: {later:?}")
        };
        assert!(later.is_unread() && later.is_sound(), "{packet}");
        assert_eq!(parts(&later), parts(&whole), "{packet}");
        assert_eq!(later.event_name(), whole.event_name(), "{packet}");
        let first = whole.arg::<Option<u8>>(0).ok();
        assert_eq!(later.first::<Option<u8>>(), first, "{packet}");
        later.check().unwrap();
        assert!(!later.is_unread(), "{packet}");
        assert_eq!(later.first::<Option<u8>>(), first, "{packet}");
        assert_eq!(later.arg_count(), whole.arg_count(), "{packet}");
        assert_eq!(later.last_string(), whole.last_string(), "{packet}");
    }
}
