//! The keys under which a device keeps what the server gave, in memory or on the device.
//!
//! Which of the two it is was chosen at sign-in by "remember me"; [`ID`] is read from the device.

/// The access token, sent with most calls.
pub const ACCESS_TOKEN: &str = "access_token";

/// The refresh token, sent with `User.refresh` only.
pub const REFRESH_TOKEN: &str = "refresh_token";

/// The user's id. A store of strings makes a string of it.
pub const ID: &str = "id";

/// The name shown to other players.
pub const NICKNAME: &str = "nickname";

/// The address of the portrait.
pub const AVATAR: &str = "avatar";

/// The balance of the wallet.
pub const MONEY: &str = "money";

/// The balance of fruit (果子).
pub const CREDIT: &str = "credit";

/// Every key that signing in fills and signing out clears.
pub const ALL: [&str; 7] = [
    ACCESS_TOKEN,
    REFRESH_TOKEN,
    ID,
    NICKNAME,
    AVATAR,
    MONEY,
    CREDIT,
];
