//! Queries about sign-ins. The tokens of a user belong to a sign-in, which lasts until it expires
//! or is revoked.

use orchard_contract::Secret;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::handle::{Database, DatabaseError};
use super::users::{User, read, seconds, select};
use crate::tokens::Holder;

/// A sign-in to begin.
#[derive(Clone, Debug)]
pub(crate) struct NewSignIn {
    /// The random id.
    pub(crate) id: i64,
    pub(crate) user: i64,
    /// The hash that the password was compared with. If it has changed meanwhile, the sign-in is
    /// refused.
    pub(crate) password: Secret,
    /// The current time, in seconds since 1970.
    pub(crate) now: u64,
    /// When the refresh token expires, in seconds since 1970.
    pub(crate) expires_at: u64,
    /// The maximum number of sign-ins of the user; beyond it, the one that was refreshed least
    /// recently ends.
    pub(crate) most: u32,
}

/// What the database knows about the holder of a token.
#[derive(Clone, Debug)]
pub(crate) enum Standing {
    Good(Box<User>),
    /// The sign-in was revoked or has expired.
    Ended,
    /// The user no longer exists.
    NoUser,
}

/// The result of using a refresh token.
#[derive(Clone, Debug)]
pub(crate) enum Refreshed {
    /// The holder to issue the next tokens for.
    Good(Holder),
    /// The token had been used before, and so had its successor: two parties have it, and one of
    /// them is not the user. The sign-in is revoked.
    Reused,
    /// The sign-in was revoked or has expired.
    Ended,
    /// The user no longer exists.
    NoUser,
}

/// The times that apply to the use of a refresh token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refresh {
    /// The current time, in seconds since 1970.
    pub(crate) now: u64,
    /// When the next token expires, in seconds since 1970.
    pub(crate) expires_at: u64,
    /// The time, in seconds, in which the previous token may be used again unconditionally.
    pub(crate) grace: u64,
}

impl Database {
    /// Begins a sign-in, and deletes those that have expired. Returns `None` if the user was locked
    /// or given another password while this one was compared.
    pub(crate) async fn begin_sign_in(
        &self,
        new: NewSignIn,
    ) -> Result<Option<Holder>, DatabaseError> {
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
            // The first tokens replace none, so they start as seen.
            let begun = transaction.execute(
                "INSERT INTO sign_ins (id, user_id, serial, seen, refreshed_at, expires_at)
                 SELECT ?1, id, 0, 1, ?3, ?4 FROM users
                 WHERE id = ?2 AND password = ?5 AND locked = 0",
                (
                    new.id,
                    new.user,
                    seconds(new.now),
                    seconds(new.expires_at),
                    new.password.expose(),
                ),
            )?;
            transaction.commit()?;
            Ok((begun > 0).then_some(Holder {
                user: new.user,
                sign_in: new.id,
                serial: 0,
            }))
        })
        .await
    }

    /// Returns the user who holds a token, if the sign-in has not ended.
    pub(crate) async fn standing(&self, holder: Holder) -> Result<Standing, DatabaseError> {
        self.call(move |connection| standing(connection, holder))
            .await
    }

    /// Uses a refresh token. Each is valid once.
    ///
    /// The answer may be lost; then the client uses the same token again. So the previous token
    /// stays valid until a token of its successor comes back, which proves that the answer arrived.
    /// It also stays valid for a short time in any case, for windows of one browser that refresh at
    /// the same time. The answer is then the same successor again, so nobody gains by it.
    pub(crate) async fn refresh(
        &self,
        holder: Holder,
        refresh: Refresh,
    ) -> Result<Refreshed, DatabaseError> {
        self.call(move |connection| {
            // Immediate: no other connection can write between this read and the write that depends
            // on it.
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let refreshed = use_token(&transaction, holder, refresh)?;
            transaction.commit()?;
            Ok(refreshed)
        })
        .await
    }

    /// Returns those of these sign-ins that have ended.
    pub(crate) async fn ended(&self, sign_ins: Vec<i64>) -> Result<Vec<i64>, DatabaseError> {
        self.call(move |connection| {
            let mut query = connection.prepare("SELECT 1 FROM sign_ins WHERE id = ?1")?;
            let mut ended = Vec::new();
            for id in sign_ins {
                if !query.exists([id])? {
                    ended.push(id);
                }
            }
            Ok(ended)
        })
        .await
    }

    /// Ends a sign-in. Returns whether it existed.
    pub(crate) async fn end_sign_in(&self, id: i64) -> Result<bool, DatabaseError> {
        self.call(move |connection| end(connection, id))
            .await
            .map(|ended| ended > 0)
    }
}

fn standing(connection: &Connection, holder: Holder) -> rusqlite::Result<Standing> {
    let mut query = connection.prepare(&select("id = ?1"))?;
    let Some(user) = query.query_row([holder.user], read).optional()? else {
        return Ok(Standing::NoUser);
    };
    let Some(state) = state(connection, holder)? else {
        return Ok(Standing::Ended);
    };
    if holder.serial == state.serial && !state.seen {
        see(connection, holder)?;
    }
    Ok(Standing::Good(Box::new(user)))
}

/// The refresh state of a sign-in.
struct State {
    serial: i64,
    seen: bool,
    refreshed_at: i64,
}

fn state(connection: &Connection, holder: Holder) -> rusqlite::Result<Option<State>> {
    let mut query = connection.prepare(
        "SELECT serial, seen, refreshed_at FROM sign_ins WHERE id = ?1 AND user_id = ?2",
    )?;
    let state = query.query_row([holder.sign_in, holder.user], |row| {
        Ok(State {
            serial: row.get("serial")?,
            seen: row.get("seen")?,
            refreshed_at: row.get("refreshed_at")?,
        })
    });
    state.optional()
}

/// Records that a token with the latest serial was used.
fn see(connection: &Connection, holder: Holder) -> rusqlite::Result<()> {
    let mut update =
        connection.prepare("UPDATE sign_ins SET seen = 1 WHERE id = ?1 AND serial = ?2")?;
    update.execute([holder.sign_in, holder.serial]).map(drop)
}

fn use_token(
    connection: &Connection,
    holder: Holder,
    refresh: Refresh,
) -> rusqlite::Result<Refreshed> {
    let mut user = connection.prepare("SELECT 1 FROM users WHERE id = ?1")?;
    if !user.exists([holder.user])? {
        return Ok(Refreshed::NoUser);
    }
    let Some(state) = state(connection, holder)? else {
        return Ok(Refreshed::Ended);
    };
    let next = holder.serial.saturating_add(1);
    let graceful = seconds(refresh.now).saturating_sub(state.refreshed_at) < seconds(refresh.grace);
    if state.serial == holder.serial {
        let mut update = connection.prepare(
            "UPDATE sign_ins SET serial = ?2, seen = 0, refreshed_at = ?3, expires_at = ?4
             WHERE id = ?1",
        )?;
        let (now, expires_at) = (seconds(refresh.now), seconds(refresh.expires_at));
        update.execute((holder.sign_in, next, now, expires_at))?;
    } else if state.serial == next && (!state.seen || graceful) {
        let mut update = connection
            .prepare("UPDATE sign_ins SET expires_at = max(expires_at, ?2) WHERE id = ?1")?;
        update.execute((holder.sign_in, seconds(refresh.expires_at)))?;
    } else if holder.serial < state.serial {
        end(connection, holder.sign_in)?;
        return Ok(Refreshed::Reused);
    } else {
        // The serial is from the future: the database was restored from an older copy.
        return Ok(Refreshed::Ended);
    }
    Ok(Refreshed::Good(Holder {
        serial: next,
        ..holder
    }))
}

fn end(connection: &Connection, id: i64) -> rusqlite::Result<usize> {
    connection.execute("DELETE FROM sign_ins WHERE id = ?1", [id])
}
