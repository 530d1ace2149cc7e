//! Queries about sign-ins: what the tokens of a user stand for until they expire or are revoked.

use rusqlite::{Connection, OptionalExtension};

use super::users::{User, read, select};
use super::{Database, DatabaseError};
use crate::tokens::Holder;

/// A sign-in that begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewSignIn {
    /// Random.
    pub(crate) id: i64,
    pub(crate) user: i64,
    /// Seconds since 1970.
    pub(crate) now: u64,
    /// When its refresh token expires, in seconds since 1970.
    pub(crate) expires_at: u64,
    /// How many the user may have at a time: beyond that, the one that was unused longest ends.
    pub(crate) most: u32,
}

/// What the database says of the holder of a token.
#[derive(Clone, Debug)]
pub(crate) enum Standing {
    Good(Box<User>),
    /// The sign-in was revoked, or has expired.
    Ended,
    /// There is no such user any more.
    NoUser,
}

impl Database {
    /// Begins a sign-in, and forgets those that have expired.
    pub(crate) async fn begin_sign_in(&self, new: NewSignIn) -> Result<Holder, DatabaseError> {
        self.call(move |connection| {
            let transaction = connection.transaction()?;
            transaction.execute(
                "DELETE FROM sign_ins WHERE expires_at <= ?1",
                [seconds(new.now)],
            )?;
            transaction.execute(
                "DELETE FROM sign_ins WHERE id IN (
                    SELECT id FROM sign_ins WHERE user_id = ?1
                    ORDER BY refreshed_at DESC LIMIT -1 OFFSET ?2
                )",
                (new.user, new.most.saturating_sub(1)),
            )?;
            transaction.execute(
                "INSERT INTO sign_ins (id, user_id, serial, seen, refreshed_at, expires_at)
                 VALUES (?1, ?2, 0, 0, ?3, ?4)",
                (new.id, new.user, seconds(new.now), seconds(new.expires_at)),
            )?;
            transaction.commit()?;
            Ok(Holder {
                user: new.user,
                sign_in: new.id,
                serial: 0,
            })
        })
        .await
    }

    /// The user who holds a token, if its sign-in still lasts.
    pub(crate) async fn standing(&self, holder: Holder) -> Result<Standing, DatabaseError> {
        self.call(move |connection| standing(connection, holder))
            .await
    }

    /// Ends a sign-in; whether there was one.
    pub(crate) async fn end_sign_in(&self, id: i64) -> Result<bool, DatabaseError> {
        self.call(move |connection| connection.execute("DELETE FROM sign_ins WHERE id = ?1", [id]))
            .await
            .map(|ended| ended > 0)
    }
}

fn standing(connection: &Connection, holder: Holder) -> rusqlite::Result<Standing> {
    let mut query = connection.prepare(&select("id = ?1"))?;
    let Some(user) = query.query_row([holder.user], read).optional()? else {
        return Ok(Standing::NoUser);
    };
    let mut query = connection.prepare("SELECT 1 FROM sign_ins WHERE id = ?1 AND user_id = ?2")?;
    Ok(if query.exists([holder.sign_in, holder.user])? {
        Standing::Good(Box::new(user))
    } else {
        Standing::Ended
    })
}

/// As SQLite keeps it.
fn seconds(since_1970: u64) -> i64 {
    i64::try_from(since_1970).unwrap_or(i64::MAX)
}
