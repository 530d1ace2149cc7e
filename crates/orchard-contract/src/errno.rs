use core::fmt;

use serde::{Deserialize, Serialize};

/// The outcome of a call: a number that the contract's table explains.
///
/// Codes that are not in the table are kept as they came.
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
    /// All is well.
    pub const OK: Self = Self(1000);
    /// The input can't be used.
    pub const INVALID_INPUT: Self = Self(1001);
    /// The call needs a token and none was given.
    pub const NO_AUTHORIZATION: Self = Self(1004);
    /// The token was good once: refresh it.
    pub const TOKEN_EXPIRED: Self = Self(1005);
    /// The token is not one of this server's, or of the wrong kind.
    pub const TOKEN_INVALID: Self = Self(1006);
    /// Nobody signs in by that name.
    pub const NO_SUCH_ACCOUNT: Self = Self(1007);
    /// The token is good, but its user is gone.
    pub const NO_SUCH_USER: Self = Self(1008);
    /// The account exists, its password is another.
    pub const WRONG_PASSWORD: Self = Self(1009);
    /// The wallet doesn't hold enough.
    pub const TOO_LITTLE_MONEY: Self = Self(1017);
    /// There isn't enough fruit (果子).
    pub const TOO_LITTLE_CREDIT: Self = Self(1019);

    /// The password is right, but the user has been locked out. This code and the next two are not in
    /// the game's table: the default server sends them, and they have the numbers of HTTP's statuses
    /// in them.
    pub const LOCKED: Self = Self(1403);
    /// More waited for the client than it read: the default server ends its connection.
    pub const TOO_SLOW: Self = Self(1408);
    /// The client sent more events than it may: the default server ends its connection.
    pub const TOO_MANY_EVENTS: Self = Self(1429);

    /// The outcome with this number.
    pub const fn new(code: i64) -> Self {
        Self(code)
    }

    /// The number.
    pub const fn code(self) -> i64 {
        self.0
    }

    /// Whether this is [`Errno::OK`].
    pub const fn is_ok(self) -> bool {
        self.0 == Self::OK.0
    }

    /// What the code means, in English; `None` for a code that is not in the table.
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

    /// What the code means, in Chinese; `None` for a code that is not in the table.
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
