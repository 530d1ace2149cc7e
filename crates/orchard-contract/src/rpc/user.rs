//! The methods for users and their sessions.

use alloc::string::String;
use core::fmt;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::method::{Method, MethodResult, TokenKind};
use crate::{Errno, Money, Secret, UserId, lenient, money, user_id};

/// `User.login`: signs in with account and password.
#[derive(Clone, Copy, Debug)]
pub enum Login {}

impl Method for Login {
    const NAME: &'static str = "User.login";
    const TOKEN: TokenKind = TokenKind::None;
    type Params = LoginParams;
    type Result = LoginResult;
}

/// `User.check`: reports whether the access token is still valid.
#[derive(Clone, Copy, Debug)]
pub enum Check {}

impl Method for Check {
    const NAME: &'static str = "User.check";
    const TOKEN: TokenKind = TokenKind::Access;
    type Params = NoParams;
    type Result = CheckResult;
}

/// `User.refresh`: issues a new access token for a refresh token.
#[derive(Clone, Copy, Debug)]
pub enum Refresh {}

impl Method for Refresh {
    const NAME: &'static str = "User.refresh";
    const TOKEN: TokenKind = TokenKind::Refresh;
    type Params = NoParams;
    type Result = RefreshResult;
}

/// `User.logout`: revokes the refresh token and every token that was issued for it.
///
/// Without a refresh token, the call carries the access token instead. A server may lack this
/// method.
#[derive(Clone, Copy, Debug)]
pub enum Logout {}

impl Method for Logout {
    const NAME: &'static str = "User.logout";
    const TOKEN: TokenKind = TokenKind::Refresh;
    type Params = NoParams;
    type Result = LogoutResult;
}

/// The result of [`Logout`].
pub type LogoutResult = CheckResult;

/// `User.info`: returns the profile and the balances of the token's user.
#[derive(Clone, Copy, Debug)]
pub enum Info {}

impl Method for Info {
    const NAME: &'static str = "User.info";
    const TOKEN: TokenKind = TokenKind::Access;
    type Params = NoParams;
    type Result = InfoResult;
}

/// The parameters of a method that takes none: `{}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoParams {}

/// The parameters of [`Login`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoginParams {
    /// The name, mobile number or mail address of the account.
    pub account: String,
    /// The account's password.
    pub password: Secret,
    /// A captcha's ticket, if the server requires one.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub ticket: Option<String>,
    /// A captcha's random string, if the server requires one.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub randstr: Option<String>,
}

/// The result of [`Login`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoginResult {
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
    /// The user's id.
    #[serde(
        default,
        deserialize_with = "user_id::lenient",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<UserId>,
    /// The name shown to other players.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub nickname: Option<String>,
    /// The address of the portrait; empty if there is none.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub avatar: Option<String>,
    /// The balance of the wallet.
    #[serde(
        default,
        deserialize_with = "money::lenient",
        skip_serializing_if = "Option::is_none"
    )]
    pub money: Option<Money>,
    /// The balance of fruit (果子).
    #[serde(
        default,
        deserialize_with = "lenient::signed",
        skip_serializing_if = "Option::is_none"
    )]
    pub credit: Option<i64>,
    /// The access token, valid for an hour.
    #[serde(
        default,
        deserialize_with = "lenient::secret",
        skip_serializing_if = "Option::is_none"
    )]
    pub access_token: Option<Secret>,
    /// The refresh token, valid for 30 days.
    #[serde(
        default,
        deserialize_with = "lenient::secret",
        skip_serializing_if = "Option::is_none"
    )]
    pub refresh_token: Option<Secret>,
}

impl MethodResult for LoginResult {
    fn errno(&self) -> Option<Errno> {
        self.errno
    }

    fn errmsg(&self) -> Option<&str> {
        self.errmsg.as_deref()
    }
}

/// The result of [`Check`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CheckResult {
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
}

impl MethodResult for CheckResult {
    fn errno(&self) -> Option<Errno> {
        self.errno
    }

    fn errmsg(&self) -> Option<&str> {
        self.errmsg.as_deref()
    }
}

/// The result of [`Refresh`].
///
/// One server answers with the bare token instead of an object, which is read as success.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RefreshResult {
    /// The outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errno: Option<Errno>,
    /// The server's message about the outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errmsg: Option<String>,
    /// The new access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
    /// The new refresh token, from a server that accepts each refresh token once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
}

impl MethodResult for RefreshResult {
    fn errno(&self) -> Option<Errno> {
        self.errno
    }

    fn errmsg(&self) -> Option<&str> {
        self.errmsg.as_deref()
    }

    /// Returns whether the refresh succeeded. An [`Errno::OK`] without a token is a failure.
    fn is_ok(&self) -> bool {
        self.errno.is_some_and(Errno::is_ok) && self.access_token.is_some()
    }
}

impl<'de> Deserialize<'de> for RefreshResult {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RefreshVisitor)
    }
}

/// The object form of the response, which most servers send.
#[derive(Deserialize)]
struct RefreshObject {
    #[serde(default, deserialize_with = "lenient::errno")]
    errno: Option<Errno>,
    #[serde(default, deserialize_with = "lenient::text")]
    errmsg: Option<String>,
    #[serde(default, deserialize_with = "lenient::secret")]
    access_token: Option<Secret>,
    #[serde(default, deserialize_with = "lenient::secret")]
    refresh_token: Option<Secret>,
}

struct RefreshVisitor;

impl<'de> Visitor<'de> for RefreshVisitor {
    type Value = RefreshResult;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or the access token itself")
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<RefreshResult, A::Error> {
        let object = RefreshObject::deserialize(de::value::MapAccessDeserializer::new(entries))?;
        Ok(RefreshResult {
            errno: object.errno,
            errmsg: object.errmsg,
            access_token: object.access_token,
            refresh_token: object.refresh_token,
        })
    }

    fn visit_str<E: de::Error>(self, token: &str) -> Result<RefreshResult, E> {
        Ok(RefreshResult {
            errno: Some(Errno::OK),
            errmsg: None,
            access_token: Some(Secret::new(token)),
            refresh_token: None,
        })
    }
}

/// The result of [`Info`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InfoResult {
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
    /// The user's id.
    #[serde(
        default,
        deserialize_with = "user_id::lenient",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<UserId>,
    /// The mobile number, which may be masked.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub mobile: Option<String>,
    /// The name shown to other players.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub nickname: Option<String>,
    /// The address of the portrait; empty if there is none.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub avatar: Option<String>,
    /// The balance of the wallet.
    #[serde(
        default,
        deserialize_with = "money::lenient",
        skip_serializing_if = "Option::is_none"
    )]
    pub money: Option<Money>,
    /// The balance of fruit (果子).
    #[serde(
        default,
        deserialize_with = "lenient::signed",
        skip_serializing_if = "Option::is_none"
    )]
    pub credit: Option<i64>,
}

impl MethodResult for InfoResult {
    fn errno(&self) -> Option<Errno> {
        self.errno
    }

    fn errmsg(&self) -> Option<&str> {
        self.errmsg.as_deref()
    }
}
