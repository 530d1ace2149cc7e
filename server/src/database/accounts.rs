//! Queries of the user management.

use orchard_contract::Secret;
use rusqlite::{ErrorCode, OptionalExtension, TransactionBehavior};

use super::handle::{Database, DatabaseError};
use super::users::{NewUser, insert, seconds};

/// A user, as listed.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) id: i64,
    pub(crate) account: String,
    pub(crate) nickname: String,
    pub(crate) locked: bool,
    /// The number of sign-ins that have not ended.
    pub(crate) sign_ins: i64,
}

impl Database {
    /// Adds a user and returns the id, or `None` if the account is taken.
    pub(crate) async fn add_user(&self, user: NewUser) -> Result<Option<i64>, DatabaseError> {
        self.call(move |connection| match insert(connection, user, "") {
            Ok(_) => Ok(Some(connection.last_insert_rowid())),
            Err(rusqlite::Error::SqliteFailure(error, _))
                if error.code == ErrorCode::ConstraintViolation =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        })
        .await
    }

    /// Returns all users, ordered by id.
    pub(crate) async fn list_users(&self, now: u64) -> Result<Vec<Listed>, DatabaseError> {
        self.call(move |connection| {
            let mut query = connection.prepare(
                "SELECT id, account, nickname, locked,
                    (SELECT count(*) FROM sign_ins
                     WHERE sign_ins.user_id = users.id AND expires_at > ?1) AS sign_ins
                 FROM users ORDER BY id",
            )?;
            let users = query.query_map([seconds(now)], |row| {
                Ok(Listed {
                    id: row.get("id")?,
                    account: row.get("account")?,
                    nickname: row.get("nickname")?,
                    locked: row.get("locked")?,
                    sign_ins: row.get("sign_ins")?,
                })
            })?;
            users.collect()
        })
        .await
    }

    /// Locks or unlocks a user. Returns whether the account exists.
    pub(crate) async fn set_locked(
        &self,
        account: String,
        locked: bool,
    ) -> Result<bool, DatabaseError> {
        self.change(account, move |connection, id| {
            connection.execute("UPDATE users SET locked = ?2 WHERE id = ?1", (id, locked))
        })
        .await
    }

    /// Sets the hash of a user's password. Returns whether the account exists.
    pub(crate) async fn set_password(
        &self,
        account: String,
        password: Secret,
    ) -> Result<bool, DatabaseError> {
        self.change(account, move |connection, id| {
            connection.execute(
                "UPDATE users SET password = ?2 WHERE id = ?1",
                (id, password.expose()),
            )
        })
        .await
    }

    /// Changes a user and ends all of the user's sign-ins.
    async fn change(
        &self,
        account: String,
        change: impl FnOnce(&rusqlite::Connection, i64) -> rusqlite::Result<usize> + Send + 'static,
    ) -> Result<bool, DatabaseError> {
        self.call(move |connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let id: Option<i64> = transaction
                .query_row(
                    "SELECT id FROM users WHERE account = ?1",
                    [account],
                    |row| row.get(0),
                )
                .optional()?;
            let Some(id) = id else {
                return Ok(false);
            };
            change(&transaction, id)?;
            transaction.execute("DELETE FROM sign_ins WHERE user_id = ?1", [id])?;
            transaction.commit()?;
            Ok(true)
        })
        .await
    }
}
