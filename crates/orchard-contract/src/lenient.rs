//! Lenient deserializers for fields from servers of all kinds: a value that can't be read is
//! `None`, and never fails the rest of the event.
//!
//! All of them read one [`Scalar`], so that a WebAssembly module contains this code once.

use alloc::string::{String, ToString};
use core::fmt;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::{Errno, Secret};

/// A scalar value. Booleans, lists, maps and bytes are read as [`Scalar::Nothing`].
pub(crate) enum Scalar {
    Nothing,
    Unsigned(u64),
    Negative(i64),
    Float(f64),
    Text(String),
}

impl Scalar {
    pub(crate) fn unsigned(self) -> Option<u64> {
        match self {
            Self::Unsigned(number) => Some(number),
            Self::Float(number) => truncated(number),
            Self::Text(text) => {
                let text = text.trim();
                let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
                let digits = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
                whole.parse().ok().filter(|_| digits)
            }
            Self::Nothing | Self::Negative(_) => None,
        }
    }

    fn signed(self) -> Option<i64> {
        match self {
            Self::Negative(number) => Some(number),
            Self::Text(text) if text.trim().starts_with('-') => text.trim().parse().ok(),
            Self::Float(number) if number < 0.0 => truncated(-number)
                .and_then(|n| i64::try_from(n).ok())
                .map(|n| -n),
            other => other
                .unsigned()
                .and_then(|number| i64::try_from(number).ok()),
        }
    }

    pub(crate) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Unsigned(number) => Some(number.to_string()),
            Self::Negative(number) => Some(number.to_string()),
            // Formatting fractions adds some kilobytes to a page, and no text of the contract is a
            // fraction.
            Self::Float(number) => whole(number).map(|number| number.to_string()),
            Self::Nothing => None,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Scalar, E> {
        Ok(Scalar::Nothing)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Unsigned(number))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(u64::try_from(number).map_or(Scalar::Negative(number), Scalar::Unsigned))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Scalar, E> {
        Ok(Scalar::Float(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.into()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(text))
    }

    fn visit_bytes<E: de::Error>(self, _: &[u8]) -> Result<Scalar, E> {
        Ok(Scalar::Nothing)
    }

    fn visit_none<E: de::Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar, D::Error> {
        Scalar::deserialize(deserializer)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::Nothing)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, d: D) -> Result<Scalar, D::Error> {
        Scalar::deserialize(d)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Scalar, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Nothing)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Scalar, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Nothing)
    }
}

pub(crate) fn unsigned<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u64>, D::Error> {
    Scalar::deserialize(d).map(Scalar::unsigned)
}

pub(crate) fn signed<'de, D: Deserializer<'de>>(d: D) -> Result<Option<i64>, D::Error> {
    Scalar::deserialize(d).map(Scalar::signed)
}

pub(crate) fn text<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    Scalar::deserialize(d).map(Scalar::text)
}

pub(crate) fn secret<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Secret>, D::Error> {
    text(d).map(|text| text.map(Secret::from))
}

pub(crate) fn errno<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Errno>, D::Error> {
    signed(d).map(|code| code.map(Errno::new))
}

/// Returns `number` as an integer, if it is one and small enough to be exact.
pub(crate) fn whole(number: f64) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let truncated = truncated(number)?;
    (number <= EXACT && truncated as f64 == number).then_some(truncated)
}

/// Returns `number` without its fraction, if it is not negative and fits a `u64`.
fn truncated(number: f64) -> Option<u64> {
    // 2^64 as a float; below it, the cast keeps the integer part exactly.
    (0.0..18_446_744_073_709_551_616.0)
        .contains(&number)
        .then_some(number as u64)
}
