//! Generated packets that both sides encode, for comparison.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde::ser::SerializeTuple as _;
use serde::{Serialize, Serializer};
use socketio_proto::Limits;
use socketio_proto::packet::{
    Arguments, EncodeError, Frame, MAX_ACK_ID, PacketKind, RESERVED_EVENTS, encode_ack,
    encode_connect, encode_connect_error, encode_disconnect, encode_event,
};

pub(crate) use crate::value::Value;

/// A packet, independent of the encoder.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) namespace: String,
    pub(crate) content: Content,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    Connect(Option<Value>),
    Disconnect,
    Event(String, Option<u64>, Vec<Value>),
    Ack(u64, Vec<Value>),
    ConnectError(Value),
}

/// Values that become arguments one by one.
pub(crate) struct Args<'a>(pub(crate) &'a [Value]);

impl Model {
    /// Encodes it with this crate. Returns an error if it contains something that can't be sent.
    pub(crate) fn encode(&self) -> Result<Frame, EncodeError> {
        let (namespace, limits) = (&self.namespace, Limits::default());
        let text = |value: &Value| value.json().to_string();
        match &self.content {
            Content::Connect(auth) => encode_connect(namespace, auth.as_ref().map(text).as_deref()),
            Content::Disconnect => encode_disconnect(namespace),
            Content::Event(name, id, args) => {
                let mut event = Arguments::event(name)?;
                args.iter()
                    .try_for_each(|arg| event.push(arg).map(|_| ()))?;
                encode_event(namespace, *id, event, &limits)
            }
            Content::Ack(id, args) => {
                let mut ack = Arguments::ack();
                args.iter().try_for_each(|arg| ack.push(arg).map(|_| ()))?;
                encode_ack(namespace, *id, ack, &limits)
            }
            Content::ConnectError(data) => encode_connect_error(namespace, &text(data)),
        }
    }

    pub(crate) fn kind(&self) -> PacketKind {
        match self.content {
            Content::Connect(_) => PacketKind::Connect,
            Content::Disconnect => PacketKind::Disconnect,
            Content::Event(..) => PacketKind::Event,
            Content::Ack(..) => PacketKind::Ack,
            Content::ConnectError(_) => PacketKind::ConnectError,
        }
    }

    /// The packet in the format of the example `inspect`.
    pub(crate) fn json(&self) -> serde_json::Value {
        let list = |args: &[Value]| args.iter().map(Value::json).collect::<Vec<_>>();
        let (id, data) = match &self.content {
            Content::Connect(auth) => (None, auth.as_ref().map(Value::json)),
            Content::Disconnect => (None, None),
            Content::Event(name, id, args) => {
                let mut data = vec![name.as_str().into()];
                data.extend(list(args));
                (*id, Some(data.into()))
            }
            Content::Ack(id, args) => (Some(*id), Some(list(args).into())),
            Content::ConnectError(data) => (None, Some(data.json())),
        };
        serde_json::json!({
            "type": self.kind().name(), "namespace": self.namespace, "id": id, "data": data,
        })
    }
}

impl Value {
    pub(crate) fn json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Integer(value) => (*value).into(),
            Self::Large(value) => (*value).into(),
            Self::Float(value) => (*value).into(),
            Self::Text(text) => text.as_str().into(),
            Self::Bytes(bytes) => serde_json::json!({ "base64": STANDARD.encode(bytes) }),
            Self::List(list) => list.iter().map(Self::json).collect(),
            Self::Map(map) => {
                let member = |(key, value): (&String, &Self)| (key.clone(), value.json());
                map.iter().map(member).collect()
            }
        }
    }

    /// Returns whether an object within it has this key.
    pub(crate) fn has_key(&self, key: &str) -> bool {
        match self {
            Self::List(list) => list.iter().any(|value| value.has_key(key)),
            Self::Map(map) => map.contains_key(key) || map.values().any(|value| value.has_key(key)),
            _ => false,
        }
    }

    /// Whether both are the same number, in any notation, or otherwise equal.
    pub(crate) fn is(&self, other: &Self) -> bool {
        same(&self.json(), &other.json())
    }
}

/// Whether two values are equal, with numbers as JavaScript reads them.
pub(crate) fn same(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    use serde_json::Value::{Array, Number, Object};
    match (a, b) {
        (Number(a), Number(b)) => a.as_f64() == b.as_f64(),
        (Array(a), Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Object(a), Object(b)) => {
            let found = |(key, a)| b.get(key).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(found)
        }
        (a, b) => a == b,
    }
}

pub(crate) fn model() -> impl Strategy<Value = Model> {
    let namespace = prop_oneof![
        3 => Just("/".to_owned()),
        2 => "/[a-z0-9]{1,6}",
        1 => "/[^,\\p{Cc}]{0,6}",
    ];
    (namespace, content()).prop_map(|(namespace, content)| Model { namespace, content })
}

fn content() -> impl Strategy<Value = Content> {
    let args = || vec(value(), 0..4);
    let object = || btree_map(key(), tree(scalar()), 0..3).prop_map(Value::Map);
    let text = || any::<String>().prop_map(Value::Text);
    let message = text().prop_map(|text| Value::Map([("message".to_owned(), text)].into()));
    let refusal = prop_oneof![object(), text(), message];
    prop_oneof![
        5 => (name(), option::of(id()), args()).prop_map(|(name, id, args)| {
            Content::Event(name, id, args)
        }),
        2 => (id(), args()).prop_map(|(id, args)| Content::Ack(id, args)),
        1 => option::of(object()).prop_map(Content::Connect),
        1 => Just(Content::Disconnect),
        1 => refusal.prop_map(Content::ConnectError),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![2 => "[a-z]{1,5}", 1 => any::<String>()]
        .prop_filter("reserved", |name| !RESERVED_EVENTS.contains(&&**name))
}

fn id() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0_u64..100, 1 => 0..=MAX_ACK_ID, 1 => Just(MAX_ACK_ID)]
}

pub(crate) fn value() -> impl Strategy<Value = Value> {
    let bytes = vec(any::<u8>(), 0..6).prop_map(Value::Bytes);
    tree(prop_oneof![3 => scalar(), 1 => bytes])
}

fn tree(leaf: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::List),
            btree_map(key(), inner, 0..3).prop_map(Value::Map),
        ]
    })
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        2 => any::<i64>().prop_map(Value::Integer),
        1 => (-5_i64..5).prop_map(Value::Integer),
        1 => any::<f64>().prop_map(Value::Float),
        2 => any::<String>().prop_map(Value::Text),
        1 => prop::sample::select(vec!["connect", "\u{2028}", "\"\\", "😀", "\u{1e}"])
            .prop_map(|text| Value::Text(text.into())),
    ]
    .prop_filter(
        "is a number",
        |value| !matches!(value, Value::Float(f) if !f.is_finite()),
    )
}

/// Excludes `__proto__`, which the reference's encoder loses, and `base64`, which denotes bytes
/// here.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{1,3}",
        1 => any::<String>(),
        1 => prop::sample::select(vec!["num", "_placeholder", "constructor", "1", "é"])
            .prop_map(Into::into),
    ]
    .prop_filter("means something else", |key| {
        key != "__proto__" && key != "base64"
    })
}

impl Serialize for Args<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        self.0
            .iter()
            .try_for_each(|value| tuple.serialize_element(value))?;
        tuple.end()
    }
}
