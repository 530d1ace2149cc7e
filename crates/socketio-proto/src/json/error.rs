use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::error::Error;
use core::fmt::{self, Write as _};

use serde::de::{Expected, Unexpected};

use super::text::push_integer;
use crate::digits::Digits;

/// Why a value could not be serialized as JSON.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The value contains bytes where no attachments are allowed.
    Bytes,
    /// The value's `Serialize` implementation failed with this message.
    Custom(Box<str>),
    /// A map key is neither a string, a character, an integer nor a bool.
    Key,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bytes => {
                "bytes in plain JSON: they can only travel as attachments of an event or an ack"
            }
            Self::Custom(message) => message,
            Self::Key => "the key of a map is neither a string, a character, an integer nor a bool",
        })
    }
}

impl Error for EncodeError {}

impl serde::ser::Error for EncodeError {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Custom(message.to_string().as_str().into())
    }
}

/// Why JSON text could not be decoded into a value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DecodeError(Box<Detail>);

/// Boxed, so that a `Result` of the hot path stays one word wide.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Detail {
    kind: DecodeErrorKind,
    offset: Option<usize>,
}

impl DecodeError {
    #[cold]
    fn data(message: String) -> Self {
        // Copied, because shrinking the allocation in place would link more code.
        Self(Box::new(Detail {
            kind: DecodeErrorKind::Data(message.as_str().into()),
            offset: None,
        }))
    }

    /// The value has another type than expected.
    #[cold]
    pub(super) fn mismatch(found: &str, expected: &dyn Expected) -> Self {
        let mut message = String::from("found ");
        message.push_str(found);
        Self::but_expected(message, expected)
    }

    #[cold]
    fn but_expected(mut message: String, expected: &dyn Expected) -> Self {
        // Writing to a `String` never fails.
        let _ = write!(message, ", expected {expected}");
        Self::data(message)
    }

    #[cold]
    fn field(what: &str, field: &str) -> Self {
        let mut message = String::from(what);
        message.push_str(field);
        message.push('`');
        Self::data(message)
    }

    /// Errors of serde have no offset: the reader adds its position.
    #[cold]
    pub(super) fn or_at(mut self, offset: usize) -> Self {
        self.0.offset.get_or_insert(offset);
        self
    }

    /// Returns what is wrong.
    pub fn kind(&self) -> &DecodeErrorKind {
        &self.0.kind
    }

    /// Returns the offset of the value or key that was refused, in bytes from the start of the
    /// text.
    pub fn offset(&self) -> usize {
        self.0.offset.unwrap_or(0)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0.kind {
            DecodeErrorKind::Data(message) => message,
            DecodeErrorKind::Text(kind) => kind.as_str(),
        })?;
        write!(f, " at byte {}", Digits(self.offset()))
    }
}

impl Error for DecodeError {}

impl From<ScanError> for DecodeError {
    #[cold]
    fn from(error: ScanError) -> Self {
        Self(Box::new(Detail {
            kind: DecodeErrorKind::Text(error.kind),
            offset: Some(error.offset),
        }))
    }
}

impl serde::de::Error for DecodeError {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::data(message.to_string())
    }

    // Serde's default message formats floats, and would link that code into every page.
    #[cold]
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::mismatch(&describe(found), expected)
    }

    #[cold]
    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::mismatch(&describe(found), expected)
    }

    // The same messages as serde's defaults, which would link more formatting code.
    #[cold]
    fn invalid_length(len: usize, expected: &dyn Expected) -> Self {
        let mut message = String::from("invalid length ");
        push_integer(&mut message, false, len as u64);
        Self::but_expected(message, expected)
    }

    #[cold]
    fn missing_field(field: &'static str) -> Self {
        Self::field("missing field `", field)
    }

    #[cold]
    fn duplicate_field(field: &'static str) -> Self {
        Self::field("duplicate field `", field)
    }
}

/// Describes the value that was found. The contents of strings are left out: they may be secrets,
/// and errors are logged.
fn describe(found: Unexpected<'_>) -> String {
    let mut out = String::new();
    match found {
        Unexpected::Bool(true) => out.push_str("`true`"),
        Unexpected::Bool(false) => out.push_str("`false`"),
        Unexpected::Unsigned(value) => {
            out.push_str("the integer ");
            push_integer(&mut out, false, value);
        }
        Unexpected::Signed(value) => {
            out.push_str("the integer ");
            push_integer(&mut out, value < 0, value.unsigned_abs());
        }
        Unexpected::Float(_) => out.push_str("a number with a fraction"),
        Unexpected::Char(_) | Unexpected::Str(_) => out.push_str("a string"),
        Unexpected::Bytes(_) => out.push_str("an attachment"),
        Unexpected::Unit | Unexpected::Option => out.push_str("null"),
        Unexpected::NewtypeStruct => out.push_str("a newtype struct"),
        Unexpected::Seq => out.push_str("an array"),
        Unexpected::Map => out.push_str("an object"),
        Unexpected::Enum => out.push_str("an enum"),
        Unexpected::UnitVariant => out.push_str("a variant without data"),
        Unexpected::NewtypeVariant => out.push_str("a variant with one value"),
        Unexpected::TupleVariant => out.push_str("a variant with values"),
        Unexpected::StructVariant => out.push_str("a variant with fields"),
        Unexpected::Other(what) => out.push_str(what),
    }
    out
}

/// What is wrong with text that was decoded into a value.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The text is JSON, but not what the type expects. The message names what was found and what
    /// was expected.
    Data(Box<str>),
    /// The text itself is invalid.
    Text(ScanErrorKind),
}

/// An error for text that is not JSON, or that exceeds a limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ScanError {
    /// What is wrong.
    pub kind: ScanErrorKind,
    /// The offset of the error, in bytes from the start of the text.
    pub offset: usize,
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind.as_str(), Digits(self.offset))
    }
}

impl Error for ScanError {}

/// What is wrong with text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ScanErrorKind {
    /// A string contains an unescaped character below U+0020.
    ControlCharacter,
    /// The text ends within a value.
    End,
    /// A backslash is not followed by one of `"\/bfnrt` or by `u` and four hexadecimal digits.
    Escape,
    /// A different character was expected here.
    Expected(char),
    /// A comma or the end of the array was expected.
    ExpectedElement,
    /// A string was expected, as the key of a member.
    ExpectedKey,
    /// A comma or the end of the object was expected.
    ExpectedMember,
    /// A string was expected.
    ExpectedString,
    /// A value was expected: an object, an array, a string, a number, `true`, `false` or `null`.
    ExpectedValue,
    /// Arrays and objects nest deeper than allowed.
    Nesting,
    /// A number is not in JSON's format.
    Number,
    /// The `num` of a placeholder is not the index of an attachment.
    Placeholder,
    /// There is text after the value.
    Trailing,
}

impl ScanErrorKind {
    /// The first half of every message: what is wrong.
    fn as_str(&self) -> &'static str {
        match self {
            Self::ControlCharacter => "unescaped control character in a string",
            Self::End => "the text ends in the midst of a value",
            Self::Escape => "invalid escape in a string",
            Self::Expected(':') => "expected `:`",
            Self::Expected('[') => "expected `[`",
            Self::Expected('{') => "expected `{`",
            Self::Expected(',') => "expected `,`",
            Self::Expected(']') => "expected `]`",
            Self::Expected('}') => "expected `}`",
            Self::Expected(_) => "unexpected character",
            Self::ExpectedElement => "expected `,` or `]`",
            Self::ExpectedKey => "expected a string as key",
            Self::ExpectedMember => "expected `,` or `}`",
            Self::ExpectedString => "expected a string",
            Self::ExpectedValue => "expected a value",
            Self::Nesting => "arrays and objects nest too deep",
            Self::Number => "invalid number",
            Self::Placeholder => "a placeholder names no attachment of its packet",
            Self::Trailing => "text after the value",
        }
    }
}

impl fmt::Display for ScanErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
