use alloc::string::String;
use core::fmt;

use serde::Serialize;

use crate::json;

/// The auth that a CONNECT carries to the server.
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
    /// Requested from the user at each CONNECT.
    Ask,
    #[default]
    None,
    /// The JSON text of an object.
    Object(String),
}

impl Auth {
    /// No auth is sent.
    pub const NONE: Self = Self(Kind::None);

    /// Auth is requested at each CONNECT with
    /// [`Event::Authorize`](crate::manager::Event::Authorize).
    pub const ASK: Self = Self(Kind::Ask);

    /// Creates auth from a value that serializes as an object, to be sent at each CONNECT.
    ///
    /// # Errors
    /// When the value can't be serialized, or is not an object: the protocol allows nothing else,
    /// nor bytes within it.
    pub fn object<T: Serialize + ?Sized>(value: &T) -> Result<Self, AuthError> {
        let text = json::to_string(value).map_err(AuthError::Encode)?;
        match text.starts_with('{') {
            true => Ok(Self(Kind::Object(text))),
            false => Err(AuthError::NoObject),
        }
    }
}

impl Auth {
    /// Returns the JSON text that is sent, where it is known.
    pub fn text(&self) -> Option<&str> {
        match &self.0 {
            Kind::Object(text) => Some(text),
            Kind::Ask | Kind::None => None,
        }
    }
}

impl fmt::Debug for Auth {
    /// Prints no secrets.
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
    /// The value can't be serialized.
    Encode(json::EncodeError),
    /// The value is not an object.
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
