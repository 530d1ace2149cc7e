//! Comparison with the parser of socketioxide, a server: each side decodes what the other sends.
//!
//! Known differences, all on its side: it can't decode an event's name or a key with escapes (it
//! borrows them from the text), nor, in a packet with attachments, an object whose first key is
//! `_placeholder` but that is no placeholder; and a server accepts no CONNECT_ERROR from a client.

use proptest::prelude::*;
use socketio_proto::Limits;
use socketio_proto::packet::{Decoded, Decoder, EncodeError, Frame, Packet, PacketKind};
use socketioxide_core::Value as Raw;
use socketioxide_core::packet::{Packet as Theirs, PacketData, Str};
use socketioxide_core::parser::{Parse as _, ParseConfig, ParseError, ParserState};
use socketioxide_parser_common::CommonParser;

use crate::model::{Args, Content, Model, Value, model};

proptest! {
    #[test]
    fn what_we_encode_is_decoded_to_the_same_packet(model in model()) {
        let frame = match model.encode() {
            Ok(frame) => frame,
            Err(EncodeError::MisleadingPlaceholder | EncodeError::TooManyAttachments { .. }) => {
                return Ok(());
            }
            Err(error) => panic!("{model:?}: {error}"),
        };
        let theirs = match decode(&frame) {
            Ok(packet) => packet,
            Err(ParseError::InvalidPacketType) if model.kind() == PacketKind::ConnectError => {
                return Ok(());
            }
            Err(error) => panic!("{frame:?}: {error}"),
        };
        prop_assert_eq!(&*theirs.ns, &*model.namespace);
        match (&model.content, theirs.inner) {
            (Content::Connect(auth), PacketData::Connect(data)) => {
                let data: Option<serde_json::Value> =
                    data.map(|data| CommonParser.decode_default(Some(&data)).unwrap());
                prop_assert_eq!(data, auth.as_ref().map(Value::json));
            }
            (Content::Disconnect, PacketData::Disconnect) => {}
            (
                Content::Event(name, id, args),
                PacketData::Event(data, ack) | PacketData::BinaryEvent(data, ack),
            ) => {
                prop_assert_eq!(ack, id.map(|id| id.try_into().unwrap()));
                if !serde_json::to_string(name).unwrap().contains('\\') {
                    prop_assert_eq!(CommonParser.read_event(&data).unwrap(), name);
                }
                same_data(data, true, args, &frame)?;
            }
            (
                Content::Ack(id, args),
                PacketData::EventAck(data, ack) | PacketData::BinaryAck(data, ack),
            ) => {
                prop_assert_eq!(u64::try_from(ack).unwrap(), *id);
                same_data(data, false, args, &frame)?;
            }
            (_, theirs) => panic!("{model:?} became {theirs:?}"),
        }
    }

    #[test]
    fn what_it_encodes_is_decoded_to_the_same_packet(model in model()) {
        let Some(theirs) = encode(&model) else { return Ok(()) };
        let Raw::Str(text, attachments) = CommonParser.encode(theirs) else {
            panic!("no text: {model:?}")
        };
        let attachments: Vec<_> = attachments.into_iter().flatten().collect();
        let mut decoder = Decoder::new(Limits { attachments: 1000, ..Limits::default() });
        let mut decoded = decoder.text(format!("4{text}"), 1);
        for attachment in &attachments {
            prop_assert!(matches!(decoded, Ok(Decoded::Waiting { .. })), "{decoded:?}");
            decoded = decoder.binary(attachment.to_vec());
        }
        let packet = match decoded {
            Ok(Decoded::Packet(packet)) => packet,
            // It sends bytes together with an object that looks like a placeholder, which the peer
            // would replace with an attachment.
            Err(_) if model.encode() == Err(EncodeError::MisleadingPlaceholder) => return Ok(()),
            other => panic!("{text}: {other:?}"),
        };
        if model.encode() == Err(EncodeError::MisleadingPlaceholder) {
            return Ok(());
        }
        prop_assert_eq!(packet.kind(), model.kind());
        prop_assert_eq!(packet.namespace(), &*model.namespace);
        match &model.content {
            Content::Disconnect => prop_assert_eq!(packet.data(), None),
            Content::Connect(None) => prop_assert_eq!(packet.data(), None),
            Content::Connect(Some(data)) | Content::ConnectError(data) => {
                let read: Value = packet.payload().unwrap();
                prop_assert!(read.is(data), "{read:?} is not {data:?}");
            }
            Content::Event(name, id, args) => {
                prop_assert_eq!(packet.event_name(), Some(&**name));
                prop_assert_eq!(packet.id(), *id);
                same_args(&packet, args)?;
            }
            Content::Ack(id, args) => {
                prop_assert_eq!(packet.id(), Some(*id));
                same_args(&packet, args)?;
            }
        }
    }
}

/// Decodes the frames of one packet as its server does.
fn decode(frame: &Frame) -> Result<Theirs, ParseError> {
    let (config, state) = (ParseConfig::default(), ParserState::default());
    // The first digit is the message type of Engine.IO.
    let mut packet =
        CommonParser.decode_str(&config, &state, Str::from(frame.text[1..].to_owned()));
    for attachment in &frame.attachments {
        assert!(matches!(packet, Err(ParseError::NeedsMoreBinaryData)));
        packet = CommonParser.decode_bin(&config, &state, attachment.clone().into());
    }
    packet
}

/// Builds the packet as its server does; `None` if it can't.
fn encode(model: &Model) -> Option<Theirs> {
    let namespace = Str::from(model.namespace.clone());
    let value = |args: &[Value], name| CommonParser.encode_value(&Args(args), name).unwrap();
    Some(match &model.content {
        Content::Connect(data) => {
            let data = data
                .as_ref()
                .map(|data| CommonParser.encode_default(data).unwrap());
            Theirs::connect(namespace, data)
        }
        Content::Disconnect => Theirs::disconnect(namespace),
        Content::Event(name, id, args) => {
            let mut packet = Theirs::event(namespace, value(args, Some(name)));
            if let Some(id) = id {
                packet.inner.set_ack_id((*id).try_into().unwrap());
            }
            packet
        }
        Content::Ack(id, args) => {
            Theirs::ack(namespace, value(args, None), (*id).try_into().unwrap())
        }
        // It refuses with a message only.
        Content::ConnectError(Value::Map(data)) => match data.iter().next() {
            Some((key, Value::Text(text))) if key == "message" && data.len() == 1 => {
                Theirs::connect_error(namespace, text.clone())
            }
            _ => return None,
        },
        Content::ConnectError(_) => return None,
    })
}

/// Compares what it decoded with the original: the text and attachments of the whole packet, and
/// the first argument as a value.
fn same_data(
    mut data: Raw,
    with_event: bool,
    args: &[Value],
    frame: &Frame,
) -> Result<(), TestCaseError> {
    let Raw::Str(text, attachments) = &data else {
        panic!("no text: {data:?}")
    };
    prop_assert!(frame.text.ends_with(&**text));
    let attachments: Vec<_> = attachments
        .iter()
        .flatten()
        .map(|bytes| bytes.to_vec())
        .collect();
    prop_assert_eq!(&attachments, &frame.attachments);
    if text.contains('\\') || args.iter().any(|arg| arg.has_key("_placeholder")) {
        return Ok(());
    }
    let Some(first) = args.first() else {
        return Ok(());
    };
    let read: Value = CommonParser.decode_value(&mut data, with_event).unwrap();
    prop_assert!(read.is(first), "{read:?} is not {first:?}");
    Ok(())
}

fn same_args(packet: &Packet, args: &[Value]) -> Result<(), TestCaseError> {
    prop_assert_eq!(packet.arg_count(), args.len());
    for (index, arg) in args.iter().enumerate() {
        let read: Value = packet.arg(index).unwrap();
        prop_assert!(read.is(arg), "{read:?} is not {arg:?}");
    }
    Ok(())
}
