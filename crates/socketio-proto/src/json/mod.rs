//! A serde data format for the protocol's JSON (RFC 8259), without the standard library.
//!
//! This is the protocol's hot path, and it differs from `serde_json` in three ways. Bytes anywhere
//! in a payload are encoded as attachments and decoded from them. The packet decoder validates text
//! without building values. And only the code that a type needs is linked into WebAssembly: a type
//! without floats links no float code.
//!
//! Types have the same JSON representation as with `serde_json`, with these intentional
//! differences:
//!
//! - Bytes are sent as attachments: [`write`](write()) and [`from_str_with`].
//! - An integer type accepts any number that is whole and in range: `7`, `7.0` and `7e0` are the
//!   same in JavaScript. (Not inside `#[serde(untagged)]` and `#[serde(flatten)]`, where serde
//!   buffers the value before the type is known.)
//! - A lone surrogate (`"\ud800"`), which `JSON.parse` accepts, becomes U+FFFD.
//! - A struct is an object, never an array; floats can't be keys of maps.
//! - Arrays and objects can be nested up to [`MAX_NESTING`] levels.
//!
//! Numbers are decoded into the requested type: `u64` keeps all its digits, but a JavaScript peer
//! rounds numbers beyond 2<sup>53</sup>. NaN and infinities are written as null. `NaN`, `Infinity`
//! and `-Infinity`, which Python's `json` writes, are read as null. So floats are always finite,
//! and such a payload doesn't end the connection. Use an `Option` where they may occur.
mod error;
mod float;
mod members;
mod number;
mod placeholder;
mod read;
mod scan;
mod text;
mod write;

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use self::read::Reader;
use self::write::Writer;

pub use error::{DecodeError, DecodeErrorKind, EncodeError, ScanError, ScanErrorKind};
pub(crate) use members::{elements, members, string};
pub(crate) use placeholder::check_placeholders;
pub use placeholder::compact;
pub use scan::MAX_NESTING;
pub(crate) use scan::Scanner;
pub(crate) use text::{cut, push_integer, push_quoted, unescape};

/// Serializes `value` as JSON text.
///
/// ```
/// use socketio_proto::json;
///
/// assert_eq!(json::to_string(&("种", 7, [None, Some(0.5)]))?, r#"["种",7,[null,0.5]]"#);
/// # Ok::<(), json::EncodeError>(())
/// ```
///
/// # Errors
///
/// As for [`write`](write()), and when the value contains bytes, which plain JSON can't represent.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, EncodeError> {
    let mut out = String::with_capacity(128);
    value.serialize(&mut Writer {
        out: &mut out,
        attachments: None,
    })?;
    Ok(out)
}

/// Appends `value` to `out` as JSON text, and its bytes to `attachments`.
///
/// A value that serializes as bytes becomes `{"_placeholder":true,"num":n}`, where `n` is its index
/// in `attachments`, in depth-first order. After an error, both are unchanged.
///
/// # Errors
///
/// When a map has a key that can't be a string, or the value's `Serialize` implementation fails.
pub fn write<T: Serialize + ?Sized>(
    value: &T,
    out: &mut String,
    attachments: &mut Vec<Vec<u8>>,
) -> Result<(), EncodeError> {
    let (text_before, attachments_before) = (out.len(), attachments.len());
    let written = value.serialize(&mut Writer {
        out: &mut *out,
        attachments: Some(&mut *attachments),
    });
    if written.is_err() {
        cut(out, text_before);
        attachments.truncate(attachments_before);
    }
    written
}

/// Decodes a `T` from JSON text. Strings without escapes can be borrowed from the text.
///
/// ```
/// use serde::Deserialize;
/// use socketio_proto::json;
///
/// #[derive(Deserialize)]
/// struct Count<'a> {
///     count: u32,
///     sid: Option<&'a str>,
/// }
///
/// let Count { count, sid } = json::from_str(r#"{"count": 3, "sid": "x1"}"#)?;
/// assert_eq!((count, sid), (3, Some("x1")));
///
/// let error = json::from_str::<Count>(r#"{"count": "3"}"#).err().unwrap();
/// assert_eq!(error.to_string(), "found a string, expected u32 at byte 10");
/// # Ok::<(), json::DecodeError>(())
/// ```
///
/// # Errors
///
/// When the text is not JSON, nests deeper than [`MAX_NESTING`], or is not what `T` expects.
pub fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, DecodeError> {
    from_str_with(text, &[])
}

/// Decodes a `T` from the second element of an array, and validates the rest of the text up to the
/// array's end, which must be the end of the text. `pos` is the byte after the first element, where
/// only white space may precede the comma. A missing second element reads as null.
pub(crate) fn first_behind<'de, T: Deserialize<'de>>(
    text: &'de str,
    pos: usize,
    max_nesting: usize,
) -> Result<T, DecodeError> {
    let mut reader = Reader::behind(text, pos, max_nesting.min(MAX_NESTING));
    let value = match reader.next_behind()? {
        true => T::deserialize(&mut reader)?,
        false => T::deserialize(&mut Reader::new("null", &[])?)?,
    };
    reader.finish_array()?;
    Ok(value)
}

/// Decodes a `T` from JSON text whose placeholders refer to `attachments`.
///
/// Where a type expects bytes or accepts any value, a placeholder is decoded as the attachment that
/// it refers to, borrowed. Without attachments there are no placeholders, and such objects are
/// ordinary objects. See [`Binary`](crate::Binary) for an example.
///
/// # Errors
///
/// As for [`from_str`], and when a placeholder refers to no attachment.
pub fn from_str_with<'de, T: Deserialize<'de>>(
    text: &'de str,
    attachments: &'de [Vec<u8>],
) -> Result<T, DecodeError> {
    let mut reader = Reader::new(text, attachments)?;
    let value = T::deserialize(&mut reader).map_err(|error| reader.locate(error))?;
    reader.finish()?;
    Ok(value)
}
