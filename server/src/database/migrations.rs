//! The schema migrations of the database.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::error::StartError;

/// One migration per version, in order. A released migration is never changed: add another.
const STEPS: &[&str] = &[
    // 1: users
    "CREATE TABLE users (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        account     TEXT    NOT NULL UNIQUE COLLATE NOCASE,
        password    TEXT    NOT NULL, -- argon2, as a PHC string
        mobile      TEXT    NOT NULL DEFAULT '',
        nickname    TEXT    NOT NULL,
        avatar      TEXT    NOT NULL DEFAULT '',
        money       INTEGER NOT NULL DEFAULT 0, -- hundredths
        credit      INTEGER NOT NULL DEFAULT 0,
        created_at  INTEGER NOT NULL -- seconds since 1970
    ) STRICT;",
    // 2: sign-ins; times are in seconds since 1970
    "CREATE TABLE sign_ins (
        id           INTEGER PRIMARY KEY, -- random, so that no later sign-in gets it again
        user_id      INTEGER NOT NULL,
        serial       INTEGER NOT NULL, -- of the refresh token that is to be used next
        seen         INTEGER NOT NULL, -- 1 once a token with that serial was used
        refreshed_at INTEGER NOT NULL,
        expires_at   INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX sign_ins_by_user ON sign_ins (user_id, refreshed_at);
    CREATE INDEX sign_ins_by_expiry ON sign_ins (expires_at);",
    // 3: notices
    "CREATE TABLE notices (
        number   INTEGER PRIMARY KEY,
        text     TEXT    NOT NULL,
        id       TEXT, -- the mark that the sender's page gave it
        nickname TEXT    NOT NULL,
        at       INTEGER NOT NULL -- milliseconds since 1970
    ) STRICT;",
    // 4: users who may not sign in
    "ALTER TABLE users ADD COLUMN locked INTEGER NOT NULL DEFAULT 0;",
];

/// Runs the missing migrations in one transaction.
pub(super) fn run(connection: &mut Connection, path: &Path) -> Result<(), StartError> {
    let failed = |error| StartError::Database(path.to_owned(), error);
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    // Immediate: if two programs start at once, one waits until the other is done.
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    let found: i64 = transaction
        .query_row("PRAGMA user_version", (), |row| row.get(0))
        .map_err(failed)?;
    let missing = usize::try_from(found)
        .ok()
        .and_then(|done| STEPS.get(done..));
    let Some(missing) = missing else {
        return Err(StartError::DatabaseTooNew {
            path: path.to_owned(),
            found,
            known,
        });
    };
    if missing.is_empty() {
        return Ok(());
    }
    for step in missing {
        transaction.execute_batch(step).map_err(failed)?;
    }
    transaction
        .pragma_update(None, "user_version", known)
        .map_err(failed)?;
    transaction.commit().map_err(failed)?;
    tracing::info!(from = found, to = known, "database migrated");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rusqlite::Connection;

    use super::{STEPS, run};
    use crate::error::StartError;

    fn version(connection: &Connection) -> i64 {
        connection
            .query_row("PRAGMA user_version", (), |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn steps_run_once() {
        let mut connection = Connection::open_in_memory().unwrap();
        run(&mut connection, Path::new("x")).unwrap();
        run(&mut connection, Path::new("x")).unwrap();
        assert_eq!(version(&connection), STEPS.len() as i64);
        connection
            .query_row("SELECT count(*) FROM users", (), |_| Ok(()))
            .unwrap();
    }

    #[test]
    fn a_step_that_fails_leaves_the_database_as_it_was() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE users (theirs TEXT)")
            .unwrap();
        let error = run(&mut connection, Path::new("x")).unwrap_err();
        assert!(matches!(error, StartError::Database(..)), "{error}");
        assert_eq!(version(&connection), 0);
        connection
            .query_row("SELECT count(theirs) FROM users", (), |_| Ok(()))
            .unwrap();
    }

    #[test]
    fn a_newer_database_is_refused_and_not_changed() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let error = run(&mut connection, Path::new("x")).unwrap_err();
        assert!(
            matches!(error, StartError::DatabaseTooNew { found: 99, .. }),
            "{error}"
        );
        assert_eq!(version(&connection), 99);
    }
}
