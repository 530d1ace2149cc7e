//! Bytes within a value, which JSON can't represent: `{"base64": "…"}`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use crate::value::Value;

/// A value in the format of a trace.
pub(crate) fn shown(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Large(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Bytes(bytes) => json!({ "base64": STANDARD.encode(bytes) }),
        Value::List(list) => list.iter().map(shown).collect(),
        Value::Map(map) => {
            let member = |(key, value): (&String, &Value)| (key.clone(), shown(value));
            map.iter().map(member).collect()
        }
    }
}

/// A value in the format of a script.
pub(crate) fn meant(value: &Json) -> Value {
    if let Some(bytes) = value.get("base64").and_then(Json::as_str) {
        return Value::Bytes(STANDARD.decode(bytes).unwrap());
    }
    match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(value), _) => Value::Integer(value),
            (None, Some(value)) => Value::Large(value),
            (None, None) => Value::Float(number.as_f64().unwrap()),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(list) => Value::List(list.iter().map(meant).collect()),
        Json::Object(map) => {
            let member = |(key, value): (&String, &Json)| (key.clone(), meant(value));
            Value::Map(map.iter().map(member).collect())
        }
    }
}
