use alloc::vec::Vec;
use core::fmt;
use core::ops::{Deref, DerefMut};

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// Bytes that are sent as a binary attachment of a packet, wherever they occur in its payload.
///
/// `serde_bytes` and `bytes::Bytes` work as well: every value that serializes as bytes becomes an
/// attachment. A plain `Vec<u8>` does not: serde serializes it as a sequence of numbers, so it is
/// sent as an array.
///
/// In an `untagged` enum, put it before a `String`, which accepts bytes that are valid UTF-8.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use socketio_proto::{Binary, json};
///
/// #[derive(Debug, Deserialize, PartialEq, Serialize)]
/// struct Photo {
///     name: String,
///     data: Binary,
/// }
///
/// let photo = Photo { name: "tree".into(), data: Binary::from(vec![1, 2, 3]) };
/// let (mut text, mut attachments) = (String::new(), Vec::new());
/// json::write(&photo, &mut text, &mut attachments)?;
/// assert_eq!(text, r#"{"name":"tree","data":{"_placeholder":true,"num":0}}"#);
/// assert_eq!(attachments, [[1, 2, 3]]);
/// assert_eq!(json::from_str_with::<Photo>(&text, &attachments)?, photo);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Binary(pub Vec<u8>);

impl Binary {
    /// Returns the bytes.
    pub fn into_inner(self) -> Vec<u8> {
        self.0
    }
}

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(BinaryVisitor)
    }
}

impl Deref for Binary {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Binary {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl AsRef<[u8]> for Binary {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Binary {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Binary {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl<const N: usize> From<[u8; N]> for Binary {
    fn from(bytes: [u8; N]) -> Self {
        Self(bytes.to_vec())
    }
}

impl From<Binary> for Vec<u8> {
    fn from(binary: Binary) -> Self {
        binary.0
    }
}

impl FromIterator<u8> for Binary {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Self {
        Self(bytes.into_iter().collect())
    }
}

struct BinaryVisitor;

impl<'de> Visitor<'de> for BinaryVisitor {
    type Value = Binary;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an attachment or an array of bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Binary, E> {
        Ok(Binary(bytes.to_vec()))
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Binary, E> {
        Ok(Binary(bytes))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Binary, A::Error> {
        // The size hint comes from the peer, so the allocation is capped.
        let mut bytes = Vec::with_capacity(elements.size_hint().unwrap_or(0).min(4096));
        while let Some(byte) = elements.next_element()? {
            bytes.push(byte);
        }
        Ok(Binary(bytes))
    }
}
