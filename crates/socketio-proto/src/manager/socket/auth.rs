use alloc::string::String;
use core::fmt;

use serde::Serialize;

use crate::json;

/// What a CONNECT carries to the server's `auth`.
///
/// ```
/// use serde::Serialize;
/// use socketio_proto::Auth;
///
/// #[derive(Serialize)]
/// struct Token<'a> {
///     token: &'a str,
/// }
///
/// let auth = Auth::object(&Token { token: "secret" })?;
/// assert!(Auth::object("no object").is_err());
/// # Ok::<(), socketio_proto::AuthError>(())
/// ```
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Auth(pub(crate) Kind);

#[derive(Clone, Default, Eq, PartialEq)]
pub(crate) enum Kind {
    /// It is asked for at each CONNECT.
    Ask,
    #[default]
    None,
    /// The JSON text of an object.
    Object(String),
}

impl Auth {
    /// Nothing is sent.
    pub const NONE: Self = Self(Kind::None);

    /// It is asked for at each CONNECT, by [`Event::Authorize`](crate::manager::Event::Authorize).
    pub const ASK: Self = Self(Kind::Ask);

    /// A value that serializes as an object, sent at each CONNECT.
    ///
    /// # Errors
    /// When it is no object, or can't be serialized: the protocol has no place for anything else, nor for bytes.
    pub fn object<T: Serialize + ?Sized>(value: &T) -> Result<Self, AuthError> {
        let text = json::to_string(value).map_err(AuthError::Encode)?;
        match text.starts_with('{') {
            true => Ok(Self(Kind::Object(text))),
            false => Err(AuthError::NoObject),
        }
    }
}

impl Auth {
    /// The JSON text that is sent, where it is known.
    pub fn text(&self) -> Option<&str> {
        match &self.0 {
            Kind::Object(text) => Some(text),
            Kind::Ask | Kind::None => None,
        }
    }
}

impl fmt::Debug for Auth {
    /// Tells no secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Ask => "Auth::ASK",
            Kind::None => "Auth::NONE",
            Kind::Object(_) => "Auth::object(…)",
        })
    }
}

/// Why a value can't be sent as auth.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum AuthError {
    /// It can't be serialized.
    Encode(json::EncodeError),
    /// It is no object.
    NoObject,
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => write!(f, "auth can't be serialized: {error}"),
            Self::NoObject => f.write_str("auth must serialize as an object: a struct or a map"),
        }
    }
}

impl core::error::Error for AuthError {}
