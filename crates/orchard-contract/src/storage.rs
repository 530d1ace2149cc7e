//! The keys under which a device stores values from the server, in memory or persistently.
//!
//! The player's choice of "remember me" at sign-in selects one of the two stores. [`ID`] is read
//! from the persistent store first.

/// The access token, sent with most calls.
pub const ACCESS_TOKEN: &str = "access_token";

/// The refresh token, sent with `User.refresh` and `User.logout` only.
pub const REFRESH_TOKEN: &str = "refresh_token";

/// The user's id, which a store of strings turns into a string.
pub const ID: &str = "id";

/// The name shown to other players.
pub const NICKNAME: &str = "nickname";

/// The address of the portrait.
pub const AVATAR: &str = "avatar";

/// The balance of the wallet.
pub const MONEY: &str = "money";

/// The balance of fruit (果子).
pub const CREDIT: &str = "credit";

/// All keys that signing in sets and signing out removes.
pub const ALL: [&str; 7] = [
    ACCESS_TOKEN,
    REFRESH_TOKEN,
    ID,
    NICKNAME,
    AVATAR,
    MONEY,
    CREDIT,
];
