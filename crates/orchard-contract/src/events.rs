//! The events of the orchard's namespace, and the one of `/`.
//!
//! Each type is the first argument of its event. What the page sends is read strictly; in what it
//! reads every field is optional.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use socketio_proto::{Event, NoAck};

use crate::{Errno, Secret, UserId, lenient};

/// What the page hands over with its CONNECT. Servers that don't ask for it ignore it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Auth {
    /// The access token.
    #[serde(
        default,
        deserialize_with = "lenient::secret",
        skip_serializing_if = "Option::is_none"
    )]
    pub token: Option<Secret>,
}

/// The `data` of a refused CONNECT. A server that can send a text only puts the number before its
/// message, as in `1005 token expired`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RefusalData {
    /// Why: where it is about the token, a fresh one may help.
    #[serde(
        default,
        deserialize_with = "lenient::errno",
        skip_serializing_if = "Option::is_none"
    )]
    pub errno: Option<Errno>,
}

/// Page → server: a message with no name of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Who sends it.
    pub uid: UserId,
}

impl Event for Message {
    const NAME: &'static str = "message";
    type Ack = NoAck;
}

/// Page → server: joins the room named by `uid`. [`LoginResponse`] answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Login {
    /// Who signs in.
    pub uid: UserId,
}

impl Event for Login {
    const NAME: &'static str = "login";
    type Ack = NoAck;
}

/// Page → server: asks for [`ServerResponse`]. The chapter's server starts, once, a timed push of it
/// to everybody; the default server answers the sender, and pushes whenever the count changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chat {
    /// Who asks for it.
    pub uid: UserId,
}

impl Event for Chat {
    const NAME: &'static str = "chat";
    type Ack = NoAck;
}

/// Page → server: to be sent to everybody as [`BroadcastResponse`].
///
/// The server passes on whatever the argument is; this is the shape that the page gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Broadcast {
    /// What to tell everybody.
    pub text: String,
    /// The sender's own mark, by which it knows its text when that comes back.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<String>,
}

impl Event for Broadcast {
    const NAME: &'static str = "my_broadcast";
    type Ack = NoAck;
}

/// Server → page, to the whole namespace: how many there are.
///
/// It comes on every connect with the newcomer's `sid`, and from the timed push without one. Some
/// servers send the newcomer's own before they answer its CONNECT.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServerResponse {
    /// How many players are connected, each counted once. On the chapter's server: registered users
    /// on connect, a number from 1 to 100 in the timed push.
    #[serde(default, deserialize_with = "lenient::unsigned")]
    pub count: Option<u64>,
    /// Who has come: the public id of a socket, which on some servers is the socket's own.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub sid: Option<String>,
    /// The name of whoever has come, from a server that verifies it.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub nickname: Option<String>,
}

impl Event for ServerResponse {
    const NAME: &'static str = "server_response";
    type Ack = NoAck;
}

/// Server → page, to the room of the user: the answer to [`Login`].
///
/// One kind of server fills `data`, another `errno` and `errmsg`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoginResponse {
    /// What to show.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub data: Option<String>,
    /// The outcome.
    #[serde(
        default,
        deserialize_with = "lenient::errno",
        skip_serializing_if = "Option::is_none"
    )]
    pub errno: Option<Errno>,
    /// What to show of the outcome.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub errmsg: Option<String>,
    /// The public id of the socket that has signed in, as [`ServerResponse::sid`] announces it. Only
    /// a server that verifies who signs in sends it.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub sid: Option<String>,
}

impl Event for LoginResponse {
    const NAME: &'static str = "login_response";
    type Ack = NoAck;
}

/// Server → page, to the whole namespace: what somebody sent as [`Broadcast`].
///
/// Anything may have been sent: a bare string or number is read as the text, of an object the first
/// that it has of `text`, `data`, `msg`, `message` and `content`; whatever has no text is read as `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BroadcastResponse {
    /// What was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The mark that its sender gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The sender's name. A server that verifies who signs in puts it, in the place of whatever the
    /// sender put there, on each payload that is an object with a `text`; from any other server it
    /// is the sender's own claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// When the server passed it on, in milliseconds since 1970; put as `nickname` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
}

impl Event for BroadcastResponse {
    const NAME: &'static str = "broadcast_response";
    type Ack = NoAck;
}

impl<'de> Deserialize<'de> for BroadcastResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BroadcastVisitor)
    }
}

/// The keys under which senders put their text, the page's own first.
const TEXT_KEYS: [&str; 5] = ["text", "data", "msg", "message", "content"];

struct BroadcastVisitor;

impl<'de> Visitor<'de> for BroadcastVisitor {
    type Value = BroadcastResponse;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut told = BroadcastResponse::default();
        let mut best = TEXT_KEYS.len();
        while let Some(key) = entries.next_key::<String>()? {
            let rank = TEXT_KEYS.iter().position(|known| *known == key);
            match rank {
                Some(rank) if rank < best => {
                    if let Some(found) = entries.next_value::<lenient::Scalar>()?.text() {
                        told.text = Some(found);
                        best = rank;
                    }
                }
                None if key == "id" => told.id = entries.next_value::<lenient::Scalar>()?.text(),
                None if key == "nickname" => {
                    told.nickname = entries.next_value::<lenient::Scalar>()?.text();
                }
                None if key == "at" => {
                    told.at = entries.next_value::<lenient::Scalar>()?.unsigned();
                }
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        // What is stamped has a text of that name.
        if best > 0 {
            (told.nickname, told.at) = (None, None);
        }
        Ok(told)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(BroadcastResponse::default())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(BroadcastResponse {
            text: Some(text.into()),
            ..BroadcastResponse::default()
        })
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(BroadcastResponse {
            text: lenient::Scalar::Unsigned(number).text(),
            ..BroadcastResponse::default()
        })
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(BroadcastResponse {
            text: lenient::Scalar::Negative(number).text(),
            ..BroadcastResponse::default()
        })
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(BroadcastResponse {
            text: lenient::Scalar::Float(number).text(),
            ..BroadcastResponse::default()
        })
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(BroadcastResponse::default())
    }

    fn visit_bytes<E: de::Error>(self, _: &[u8]) -> Result<Self::Value, E> {
        Ok(BroadcastResponse::default())
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(BroadcastResponse::default())
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(BroadcastResponse::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        BroadcastResponse::deserialize(deserializer)
    }
}

/// Server → page, to whoever has joined their room: the last notices, from a server that keeps them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Notices {
    /// As they were broadcast, oldest first.
    #[serde(default)]
    pub notices: Vec<BroadcastResponse>,
}

impl Event for Notices {
    const NAME: &'static str = "notices";
    type Ack = NoAck;
}

/// Server → page, to one socket: why the server is about to end it, or has not done what it was
/// asked. The default server sends it.
///
/// After [`Errno::NO_AUTHORIZATION`] all goes on: a guest may not broadcast. After
/// [`Errno::TOKEN_INVALID`] the socket is disconnected, for the sign-in that let it in has ended.
/// After [`Errno::TOO_MANY_EVENTS`] the socket is disconnected, and is not to come back by itself; after
/// [`Errno::TOO_SLOW`] the connection ends, and may be opened again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ErrorResponse {
    /// The reason.
    #[serde(
        default,
        deserialize_with = "lenient::errno",
        skip_serializing_if = "Option::is_none"
    )]
    pub errno: Option<Errno>,
    /// The server's words for it.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub errmsg: Option<String>,
}

impl Event for ErrorResponse {
    const NAME: &'static str = "error_response";
    type Ack = NoAck;
}

/// Server → page, in namespace `/`: what the chapter's server emits with no namespace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SomeEvent {
    /// The chapter sends 42.
    #[serde(default, deserialize_with = "lenient::unsigned")]
    pub data: Option<u64>,
}

impl Event for SomeEvent {
    const NAME: &'static str = "some event";
    type Ack = NoAck;
}
