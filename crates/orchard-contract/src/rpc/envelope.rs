use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::method::Method;
use crate::lenient::{self, Scalar};

/// The value of `jsonrpc` in every request and response.
pub const VERSION: &str = "2.0";

/// Codes of [`ErrorObject`]: those of JSON-RPC 2.0, and two of the default server's.
pub mod code {
    /// The body is not JSON.
    pub const PARSE_ERROR: i64 = -32700;
    /// The body is JSON, but not a request.
    pub const INVALID_REQUEST: i64 = -32600;
    /// The method does not exist.
    pub const METHOD_NOT_FOUND: i64 = -32601;
    /// The parameters have the wrong shape.
    pub const INVALID_PARAMS: i64 = -32602;
    /// The server failed.
    pub const INTERNAL_ERROR: i64 = -32603;
    /// Too many failed sign-ins; retry later. JSON-RPC reserves -32000 to -32099 for servers. The
    /// default server sends this code with HTTP status 429 and `Retry-After`.
    pub const TOO_MANY_ATTEMPTS: i64 = -32029;
    /// The server is overloaded; retry later. The default server sends this code with HTTP status
    /// 503 and `Retry-After`.
    pub const BUSY: i64 = -32053;
}

/// A call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request<P> {
    /// [`VERSION`].
    pub jsonrpc: String,
    /// The method's name.
    pub method: String,
    /// The named parameters.
    pub params: P,
    /// The id that the response repeats. The game uses a UUID.
    pub id: Id,
}

impl<P> Request<P> {
    /// Creates a call of the method `M`.
    pub fn of<M: Method<Params = P>>(id: impl Into<Id>, params: P) -> Self {
        Self {
            jsonrpc: VERSION.into(),
            method: M::NAME.into(),
            params,
            id: id.into(),
        }
    }
}

/// The answer to a [`Request`]: either `result` or `error`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Response<R> {
    /// [`VERSION`], if the server sent it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub jsonrpc: Option<String>,
    /// The method's result.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub result: Option<R>,
    /// The error, if the call failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorObject>,
    /// The request's id.
    #[serde(default)]
    pub id: Id,
}

impl<R> Response<R> {
    /// Creates a response with a result.
    pub fn result(id: Id, result: R) -> Self {
        Self {
            jsonrpc: Some(VERSION.into()),
            result: Some(result),
            error: None,
            id,
        }
    }

    /// Creates a response with an error.
    pub fn error(id: Id, error: ErrorObject) -> Self {
        Self {
            jsonrpc: Some(VERSION.into()),
            result: None,
            error: Some(error),
            id,
        }
    }
}

// `serde(default)` alone would require `R: Default`.
fn none<R>() -> Option<R> {
    None
}

/// The error of a failed call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ErrorObject {
    /// One of [`code`], or a code of the server's own.
    #[serde(default, deserialize_with = "lenient::signed")]
    pub code: Option<i64>,
    /// The server's message about the error.
    #[serde(default, deserialize_with = "lenient::text")]
    pub message: Option<String>,
}

impl ErrorObject {
    /// Creates an error with a code and a message.
    pub fn new(code: i64, message: impl Into<String>) -> Self {
        Self {
            code: Some(code),
            message: Some(message.into()),
        }
    }
}

impl fmt::Display for ErrorObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            self.message
                .as_deref()
                .unwrap_or("the server failed and doesn't say how"),
        )?;
        match self.code {
            Some(code) => write!(f, " ({code})"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for ErrorObject {}

/// The id of a request. An id of any other type is read as [`Id::Null`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Id {
    /// No id: the server could not read the id of the request.
    #[default]
    Null,
    /// A number.
    Number(i64),
    /// A string: the game uses a UUID.
    Text(String),
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Scalar::deserialize(deserializer)? {
            Scalar::Text(text) => Self::Text(text),
            Scalar::Negative(number) => Self::Number(number),
            Scalar::Unsigned(number) => i64::try_from(number).map_or(Self::Null, Self::Number),
            Scalar::Nothing | Scalar::Float(_) => Self::Null,
        })
    }
}
