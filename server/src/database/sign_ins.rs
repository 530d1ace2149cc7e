//! Queries about sign-ins: what the tokens of a user stand for until they expire or are revoked.

use orchard_contract::Secret;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::handle::{Database, DatabaseError};
use super::users::{User, read, seconds, select};
use crate::tokens::Holder;

/// A sign-in that begins.
#[derive(Clone, Debug)]
pub(crate) struct NewSignIn {
    /// Random.
    pub(crate) id: i64,
    pub(crate) user: i64,
    /// The hash that the password was compared with.
    pub(crate) password: Secret,
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

/// What became of a refresh token that was used.
#[derive(Clone, Debug)]
pub(crate) enum Refreshed {
    /// The holder of the next tokens.
    Good(Holder),
    /// It had been used before, and its successor as well: one of the two who have it is not the user. The sign-in is revoked.
    Reused,
    /// The sign-in was revoked, or has expired.
    Ended,
    /// There is no such user any more.
    NoUser,
}

/// When a refresh token is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refresh {
    /// Seconds since 1970.
    pub(crate) now: u64,
    /// When the next one expires, in seconds since 1970.
    pub(crate) expires_at: u64,
    /// For how many seconds the one before may be used again in any case.
    pub(crate) grace: u64,
}

impl Database {
    /// Begins a sign-in, and forgets those that have expired; none if the user has been locked, or given another password,
    /// while this one was compared.
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
            // Nothing is before the first of its tokens, so there is nothing to be seen.
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

    /// The user who holds a token, if its sign-in still lasts.
    pub(crate) async fn standing(&self, holder: Holder) -> Result<Standing, DatabaseError> {
        self.call(move |connection| standing(connection, holder))
            .await
    }

    /// Uses a refresh token: each is good once.
    ///
    /// The answer to it may be lost, and then it is used again. So the one before the next may be, as long as no token of the
    /// next came back, which proves that its answer arrived; and shortly after in any case, for windows of one browser that
    /// refresh at once. The answer is then the same next one again, so that nobody gets ahead by it.
    pub(crate) async fn refresh(
        &self,
        holder: Holder,
        refresh: Refresh,
    ) -> Result<Refreshed, DatabaseError> {
        self.call(move |connection| {
            // Immediate: what is read is what is written upon, whoever else has the file open.
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let refreshed = use_token(&transaction, holder, refresh)?;
            transaction.commit()?;
            Ok(refreshed)
        })
        .await
    }

    /// Which of these sign-ins have ended.
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

    /// Ends a sign-in; whether there was one.
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

/// How far a sign-in has come.
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

/// A token with the last serial was used.
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
        // Of a database that was restored from an older copy.
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
