//! Queries about users.

use orchard_contract::{Money, Secret};
use rusqlite::{Connection, OptionalExtension, Row};

use super::handle::{Database, DatabaseError};

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: i64,
    /// The hash of the password.
    pub(crate) password: Secret,
    pub(crate) mobile: String,
    pub(crate) nickname: String,
    pub(crate) avatar: String,
    pub(crate) money: Money,
    pub(crate) credit: i64,
}

#[derive(Debug)]
pub(crate) struct NewUser {
    pub(crate) account: String,
    /// The hash of the password.
    pub(crate) password: Secret,
    pub(crate) mobile: String,
    pub(crate) nickname: String,
    pub(crate) money: Money,
    pub(crate) credit: i64,
    /// When the user was created, in seconds since 1970.
    pub(crate) created_at: u64,
}

impl Database {
    pub(crate) async fn user_by_account(
        &self,
        account: String,
    ) -> Result<Option<User>, DatabaseError> {
        self.call(move |connection| {
            connection
                .query_row(&select("account = ?1"), [account], read)
                .optional()
        })
        .await
    }

    /// Returns whether there are any users.
    pub(crate) async fn has_users(&self) -> Result<bool, DatabaseError> {
        self.call(|connection| {
            let exists = "SELECT EXISTS (SELECT 1 FROM users)";
            connection.query_row(exists, (), |row| row.get(0))
        })
        .await
    }

    /// Adds the user if there are none yet. Returns whether it was added.
    pub(crate) async fn add_first_user(&self, user: NewUser) -> Result<bool, DatabaseError> {
        self.call(move |connection| {
            let only = "WHERE NOT EXISTS (SELECT 1 FROM users)";
            insert(connection, user, only)
        })
        .await
        .map(|added| added > 0)
    }
}

/// Inserts a user where the clause `only` allows it. Returns the number of rows inserted.
pub(super) fn insert(
    connection: &Connection,
    user: NewUser,
    only: &str,
) -> rusqlite::Result<usize> {
    connection.execute(
        &format!(
            "INSERT INTO users (account, password, mobile, nickname, money, credit, created_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 {only}"
        ),
        (
            user.account,
            user.password.expose(),
            user.mobile,
            user.nickname,
            user.money.cents(),
            user.credit,
            seconds(user.created_at),
        ),
    )
}

pub(super) fn select(condition: &str) -> String {
    format!(
        "SELECT id, password, mobile, nickname, avatar, money, credit FROM users WHERE {condition}"
    )
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get("id")?,
        password: Secret::new(row.get::<_, String>("password")?),
        mobile: row.get("mobile")?,
        nickname: row.get("nickname")?,
        avatar: row.get("avatar")?,
        money: Money::from_cents(row.get("money")?),
        credit: row.get("credit")?,
    })
}

/// Converts seconds since 1970 to SQLite's integer type.
pub(super) fn seconds(since_1970: u64) -> i64 {
    i64::try_from(since_1970).unwrap_or(i64::MAX)
}
