//! The events of the orchard's namespace, and the one event of namespace `/`.
//!
//! Each type is the first argument of its event. Events that the page sends are deserialized
//! strictly. In events that the page receives, every field is optional.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use socketio_proto::{Event, NoAck};

use crate::{Errno, Secret, UserId, lenient};

/// The payload of the page's CONNECT packet. Servers that don't authenticate ignore it.
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

/// The `data` of a CONNECT_ERROR packet. A server that can send only a text puts the number in
/// front of its message, as in `1005 token expired`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RefusalData {
    /// The reason. If it is about the token, a new token may be accepted.
    #[serde(
        default,
        deserialize_with = "lenient::errno",
        skip_serializing_if = "Option::is_none"
    )]
    pub errno: Option<Errno>,
}

/// Page → server: `message`, the event that Socket.IO's `send` emits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The sender.
    pub uid: UserId,
}

impl Event for Message {
    const NAME: &'static str = "message";
    type Ack = NoAck;
}

/// Page → server: joins the room named by `uid`. The server answers with [`LoginResponse`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Login {
    /// The user who signs in.
    pub uid: UserId,
}

impl Event for Login {
    const NAME: &'static str = "login";
    type Ack = NoAck;
}

/// Page → server: requests a [`ServerResponse`].
///
/// The chapter's server then broadcasts it periodically, and starts only one such task. The default
/// server answers the sender, and broadcasts whenever the count changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chat {
    /// The user who requests it.
    pub uid: UserId,
}

impl Event for Chat {
    const NAME: &'static str = "chat";
    type Ack = NoAck;
}

/// Page → server: a notice that the server broadcasts to all clients as [`BroadcastResponse`].
///
/// The server forwards any argument. This type is the form that the page sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Broadcast {
    /// The text of the notice.
    pub text: String,
    /// An id that the sender chooses, to recognise its own notice in the broadcast.
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

/// Server → page, to the whole namespace: the number of connected players.
///
/// The server sends it on every connect with the newcomer's `sid`, and at other times without one.
/// Some servers send it to the newcomer before they answer its CONNECT.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServerResponse {
    /// The number of connected players, each counted once. The chapter's server sends the number of
    /// registered users on connect, and a number from 1 to 100 periodically.
    #[serde(default, deserialize_with = "lenient::unsigned")]
    pub count: Option<u64>,
    /// The public id of the socket that has connected. On some servers it is the socket's own id.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub sid: Option<String>,
    /// The newcomer's name, from a server that verifies it.
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
/// Some servers set `data`, others `errno` and `errmsg`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoginResponse {
    /// The text to show.
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
    /// The server's message about the outcome.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub errmsg: Option<String>,
    /// The public id of the socket that has signed in, as in [`ServerResponse::sid`]. Only a server
    /// that verifies who signs in sends it.
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

/// Server → page, to the whole namespace: a notice that a client sent as [`Broadcast`].
///
/// The payload may be any JSON value. A bare string or number is read as the text. In an object,
/// the text is the first of `text`, `data`, `msg`, `message` and `content` that is present. A
/// payload without a text is read as `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BroadcastResponse {
    /// The text of the notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The id that the sender chose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The sender's name. A server that verifies who signs in sets it on each payload that is an
    /// object with a `text`, and overwrites a value from the sender. From any other server the
    /// value is unverified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// When the server broadcast the notice, in milliseconds since 1970. Set on the same payloads
    /// as `nickname`.
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

/// The keys under which senders put their text, with the page's own key first.
const TEXT_KEYS: [&str; 5] = ["text", "data", "msg", "message", "content"];

struct BroadcastVisitor;

impl<'de> Visitor<'de> for BroadcastVisitor {
    type Value = BroadcastResponse;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut response = BroadcastResponse::default();
        let mut best = TEXT_KEYS.len();
        while let Some(key) = entries.next_key::<String>()? {
            let rank = TEXT_KEYS.iter().position(|known| *known == key);
            match rank {
                Some(rank) if rank < best => {
                    if let Some(found) = entries.next_value::<lenient::Scalar>()?.text() {
                        response.text = Some(found);
                        best = rank;
                    }
                }
                None if key == "id" => {
                    response.id = entries.next_value::<lenient::Scalar>()?.text()
                }
                None if key == "nickname" => {
                    response.nickname = entries.next_value::<lenient::Scalar>()?.text();
                }
                None if key == "at" => {
                    response.at = entries.next_value::<lenient::Scalar>()?.unsigned();
                }
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        // A server sets these two only on objects with a `text`.
        if best > 0 {
            (response.nickname, response.at) = (None, None);
        }
        Ok(response)
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

/// Server → page, to a socket that has joined its user's room: the last notices, from a server that
/// stores them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Notices {
    /// The notices as they were broadcast, oldest first.
    #[serde(default)]
    pub notices: Vec<BroadcastResponse>,
}

impl Event for Notices {
    const NAME: &'static str = "notices";
    type Ack = NoAck;
}

/// Server → page, to one socket: why the server is about to disconnect it, or has rejected an
/// event. The default server sends it.
///
/// The errno decides what follows:
///
/// - [`Errno::NO_AUTHORIZATION`]: the socket stays connected. A guest may not broadcast.
/// - [`Errno::TOKEN_INVALID`]: the server disconnects the socket, because its session has ended.
/// - [`Errno::TOO_MANY_EVENTS`]: the server disconnects the socket, which must not reconnect
///   automatically.
/// - [`Errno::TOO_SLOW`]: the server closes the connection. The client may reconnect.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ErrorResponse {
    /// The reason.
    #[serde(
        default,
        deserialize_with = "lenient::errno",
        skip_serializing_if = "Option::is_none"
    )]
    pub errno: Option<Errno>,
    /// The server's message about the reason.
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

/// Server → page, in namespace `/`: the event that the chapter's server emits without a namespace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SomeEvent {
    /// A number. The chapter's server sends 42.
    #[serde(default, deserialize_with = "lenient::unsigned")]
    pub data: Option<u64>,
}

impl Event for SomeEvent {
    const NAME: &'static str = "some event";
    type Ack = NoAck;
}
