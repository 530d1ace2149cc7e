//! Serde for the JSON of the protocol.
//!
//! Why not `serde_json`: this is the protocol's hot path. Bytes anywhere in a payload leave as
//! attachments and come back from them (rows M3–M5), the packet decoder validates text without
//! building values from it, and only what a type needs is linked into WebAssembly: a type without
//! floats brings no float code.
mod error;
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
#[allow(unused_imports, reason = "the packet decoder's")]
pub(crate) use placeholder::check_placeholders;
pub use placeholder::compact;
#[allow(unused_imports, reason = "the packet decoder's")]
pub(crate) use scan::{Scanner, StringToken};
#[allow(unused_imports, reason = "the packet decoder's")]
pub(crate) use text::unescape;

/// How deep arrays and objects may nest in text that is read.
pub const MAX_NESTING: usize = 512;

/// Serializes `value` as JSON text.
///
/// # Errors
///
/// Bytes have no place in plain JSON, so they are refused: see [`write`].
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, EncodeError> {
    let mut out = String::new();
    value.serialize(&mut Writer {
        out: &mut out,
        attachments: None,
    })?;
    Ok(out)
}

/// Appends `value` to `out` as JSON text, and its bytes to `attachments`.
///
/// What serializes as bytes becomes `{"_placeholder":true,"num":n}`, `n` being its place in
/// `attachments` (row M4, depth-first). After an error both are as they were.
///
/// # Errors
///
/// When a map has a key that cannot be a string, or the value's own `Serialize` fails.
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
        out.truncate(text_before);
        attachments.truncate(attachments_before);
    }
    written
}

/// Reads a `T` from JSON text.
///
/// # Errors
///
/// When the text is not JSON, nests deeper than [`MAX_NESTING`], or is not what `T` expects.
pub fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, DecodeError> {
    from_str_with(text, &[])
}

/// Reads a `T` from JSON text whose placeholders stand for `attachments`.
///
/// # Errors
///
/// As [`from_str`], and when a placeholder names no attachment (row M9).
pub fn from_str_with<'de, T: Deserialize<'de>>(
    text: &'de str,
    attachments: &'de [Vec<u8>],
) -> Result<T, DecodeError> {
    let mut reader = Reader::new(text, attachments)?;
    let value = T::deserialize(&mut reader).map_err(|error| reader.locate(error))?;
    reader.finish()?;
    Ok(value)
}
