use alloc::string::{String, ToString};
use core::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::lenient::{Scalar, whole};

/// A user's id: an integer in the API, a string once a device has stored it.
///
/// An id is sent in the form in which it was received, because rooms "1" and 1 differ on servers
/// written in Python. Where the form doesn't matter, compare by `to_string()`.
///
/// ```
/// use orchard_contract::UserId;
///
/// assert_eq!(UserId::from("7").number(), Some(7));
/// assert_ne!(UserId::from("7"), UserId::Number(7));
/// assert_eq!(UserId::from("7").to_string(), UserId::Number(7).to_string());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UserId {
    /// An integer, as in the API.
    Number(u64),
    /// A string, as a device stores it.
    Text(String),
}

impl UserId {
    /// Returns the id as an integer, if it is one.
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        }
    }

    /// Returns the same id as a string, the form that a device stores and sends over the socket.
    pub fn into_text(self) -> Self {
        match self {
            Self::Number(number) => Self::Text(number.to_string()),
            text @ Self::Text(_) => text,
        }
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => fmt::Display::fmt(number, f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl From<u64> for UserId {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for UserId {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for UserId {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Serialize for UserId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for UserId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UserIdVisitor)
    }
}

/// Deserializes an id leniently: a value that can't be read is `None`.
pub(crate) fn lenient<'de, D: Deserializer<'de>>(d: D) -> Result<Option<UserId>, D::Error> {
    Ok(match Scalar::deserialize(d)? {
        Scalar::Unsigned(number) => Some(UserId::Number(number)),
        Scalar::Float(number) => whole(number).map(UserId::Number),
        Scalar::Text(text) if !text.is_empty() => Some(UserId::Text(text)),
        _ => None,
    })
}

struct UserIdVisitor;

impl Visitor<'_> for UserIdVisitor {
    type Value = UserId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the id of a user, a number or a string")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<UserId, E> {
        Ok(UserId::Number(number))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<UserId, E> {
        u64::try_from(number)
            .map(UserId::Number)
            .map_err(|_| E::custom("a user's id is negative"))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<UserId, E> {
        whole(number)
            .map(UserId::Number)
            .ok_or_else(|| E::custom("a user's id is not a whole number"))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<UserId, E> {
        Ok(UserId::Text(text.into()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<UserId, E> {
        Ok(UserId::Text(text))
    }
}
