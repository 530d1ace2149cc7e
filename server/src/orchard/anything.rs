use std::fmt;

use bytes::Bytes;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Any payload that a client sent, with binary attachments anywhere in it, to be forwarded
/// unchanged.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Anything {
    Null,
    Bool(bool),
    Unsigned(u64),
    Negative(i64),
    Float(f64),
    Text(String),
    Binary(Bytes),
    List(Vec<Anything>),
    /// The entries in the order in which they were received.
    Map(Vec<(String, Anything)>),
}

impl Serialize for Anything {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Unsigned(number) => serializer.serialize_u64(*number),
            Self::Negative(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Binary(bytes) => serializer.serialize_bytes(bytes),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Anything {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnythingVisitor)
    }
}

struct AnythingVisitor;

impl<'de> Visitor<'de> for AnythingVisitor {
    type Value = Anything;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Anything, E> {
        Ok(Anything::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Anything, E> {
        Ok(Anything::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Anything, D::Error> {
        Anything::deserialize(deserializer)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Anything, E> {
        Ok(Anything::Bool(value))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Anything, E> {
        Ok(Anything::Unsigned(number))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Anything, E> {
        Ok(u64::try_from(number).map_or(Anything::Negative(number), Anything::Unsigned))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Anything, E> {
        Ok(Anything::Float(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Anything, E> {
        Ok(Anything::Text(text.into()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Anything, E> {
        Ok(Anything::Text(text))
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Anything, E> {
        Ok(Anything::Binary(Bytes::copy_from_slice(bytes)))
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Anything, E> {
        Ok(Anything::Binary(bytes.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Anything, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Anything::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Anything, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Anything::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::Anything;

    #[test]
    fn json_is_preserved_unchanged() {
        for text in [
            "null",
            "true",
            "0",
            "18446744073709551615",
            "-9223372036854775808",
            "1.5",
            r#""文本\"""#,
            "[]",
            "{}",
            r#"{"z":[1,{"a":null,"a":false}],"b":-1}"#,
        ] {
            let value: Anything = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), text);
        }
    }
}
