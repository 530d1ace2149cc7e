use core::fmt;

use serde::{Deserialize, Serialize};

/// The outcome of a call: a code from the contract's table.
///
/// Codes that are not in the table are preserved.
///
/// ```
/// use orchard_contract::Errno;
///
/// assert_eq!(Errno::TOKEN_EXPIRED.code(), 1005);
/// assert_eq!(Errno::WRONG_PASSWORD.meaning(), Some("wrong password"));
/// assert_eq!(Errno::new(4711).meaning(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Errno(i64);

impl Errno {
    /// Success.
    pub const OK: Self = Self(1000);
    /// The input is invalid.
    pub const INVALID_INPUT: Self = Self(1001);
    /// The call requires a token, and none was sent.
    pub const NO_AUTHORIZATION: Self = Self(1004);
    /// The token has expired; refresh it.
    pub const TOKEN_EXPIRED: Self = Self(1005);
    /// The token was not issued by this server, was revoked, or is of the wrong kind.
    pub const TOKEN_INVALID: Self = Self(1006);
    /// No account has that name.
    pub const NO_SUCH_ACCOUNT: Self = Self(1007);
    /// The token is valid, but its user no longer exists.
    pub const NO_SUCH_USER: Self = Self(1008);
    /// The account exists, but the password is wrong.
    pub const WRONG_PASSWORD: Self = Self(1009);
    /// The balance of the wallet is too low.
    pub const TOO_LITTLE_MONEY: Self = Self(1017);
    /// The balance of fruit (果子) is too low.
    pub const TOO_LITTLE_CREDIT: Self = Self(1019);

    /// The password is right, but the account is locked. This code and the next two are not in the
    /// game's table. The default server sends them; their last three digits are an HTTP status.
    pub const LOCKED: Self = Self(1403);
    /// The client reads too slowly and its queue is full: the default server closes the connection.
    pub const TOO_SLOW: Self = Self(1408);
    /// The client exceeded the rate of events: the default server disconnects it.
    pub const TOO_MANY_EVENTS: Self = Self(1429);

    /// Creates an outcome from its code.
    pub const fn new(code: i64) -> Self {
        Self(code)
    }

    /// Returns the code.
    pub const fn code(self) -> i64 {
        self.0
    }

    /// Returns whether this is [`Errno::OK`].
    pub const fn is_ok(self) -> bool {
        self.0 == Self::OK.0
    }

    /// Returns the meaning of the code in English, or `None` for an unknown code.
    pub const fn meaning(self) -> Option<&'static str> {
        Some(match self {
            Self::OK => "ok",
            Self::INVALID_INPUT => "invalid input",
            Self::NO_AUTHORIZATION => "no authorization given",
            Self::TOKEN_EXPIRED => "token expired",
            Self::TOKEN_INVALID => "token invalid",
            Self::NO_SUCH_ACCOUNT => "no such account",
            Self::NO_SUCH_USER => "no such user",
            Self::WRONG_PASSWORD => "wrong password",
            Self::TOO_LITTLE_MONEY => "too little money",
            Self::TOO_LITTLE_CREDIT => "too little credit",
            Self::LOCKED => "the account is locked",
            Self::TOO_SLOW => "the connection is too slow",
            Self::TOO_MANY_EVENTS => "too many messages at once",
            _ => return None,
        })
    }

    /// Returns the meaning of the code in Chinese, or `None` for an unknown code.
    pub const fn meaning_zh(self) -> Option<&'static str> {
        Some(match self {
            Self::OK => "成功",
            Self::INVALID_INPUT => "输入有误",
            Self::NO_AUTHORIZATION => "请先登录",
            Self::TOKEN_EXPIRED => "登录已过期",
            Self::TOKEN_INVALID => "登录凭证无效",
            Self::NO_SUCH_ACCOUNT => "账号不存在",
            Self::NO_SUCH_USER => "用户不存在",
            Self::WRONG_PASSWORD => "密码错误",
            Self::TOO_LITTLE_MONEY => "余额不足",
            Self::TOO_LITTLE_CREDIT => "果子不足",
            Self::LOCKED => "账号已被锁定",
            Self::TOO_SLOW => "网络太慢",
            Self::TOO_MANY_EVENTS => "发送太频繁",
            _ => return None,
        })
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        match self.meaning() {
            Some(meaning) => write!(f, " ({meaning})"),
            None => Ok(()),
        }
    }
}
