//! The integrity check at the start, so that the operator finds the damage and not the first
//! player.

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use crate::error::StartError;

/// Checks the file for at most `limit`. What is not checked by then counts as undamaged.
pub(super) fn run(connection: &Connection, path: &Path, limit: Duration) -> Result<(), StartError> {
    if limit.is_zero() {
        return Ok(());
    }
    let found = within(limit, connection, || {
        connection.query_row("PRAGMA quick_check(1)", (), |row| row.get::<_, String>(0))
    });
    let details = match found? {
        Ok(word) if word == "ok" => return Ok(()),
        Ok(details) => details,
        Err(error) => match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => {
                let seconds = limit.as_secs();
                tracing::warn!(seconds, "the database is too large to be checked in time");
                return Ok(());
            }
            Some(ErrorCode::DatabaseCorrupt) => error.to_string(),
            _ => return Err(StartError::Database(path.to_owned(), error)),
        },
    };
    // SQLite's message can have several lines.
    let details = details.split_whitespace().collect::<Vec<_>>().join(" ");
    Err(StartError::DatabaseDamaged(path.to_owned(), details))
}

/// Runs `work`, and interrupts the query of the connection when the time is over.
fn within<T>(
    limit: Duration,
    connection: &Connection,
    work: impl FnOnce() -> T,
) -> Result<T, StartError> {
    let interrupt = connection.get_interrupt_handle();
    let (done, waiting) = mpsc::channel::<()>();
    let watch = move || {
        if waiting.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            interrupt.interrupt();
        }
    };
    let watching = thread::Builder::new()
        .name("database check".into())
        .spawn(watch)
        .map_err(StartError::Runtime)?;
    let outcome = work();
    drop(done);
    // Join the thread, so that it does not interrupt the next query.
    let _ = watching.join();
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::time::Duration;

    use rusqlite::Connection;
    use tempfile::TempDir;

    use super::run;
    use crate::error::StartError;

    const LONG: Duration = Duration::from_secs(60);

    /// A database of some hundred pages.
    fn filled(path: &Path) -> Connection {
        let connection = Connection::open(path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE t (x TEXT UNIQUE);
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
                 INSERT INTO t SELECT printf('%0100d', i) FROM n;",
            )
            .unwrap();
        connection
    }

    #[test]
    fn a_page_that_was_overwritten_is_found() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("db");
        let connection = filled(&path);
        run(&connection, &path, LONG).unwrap();
        drop(connection);
        let mut bytes = fs::read(&path).unwrap();
        for byte in &mut bytes[20 * 4096..24 * 4096] {
            *byte = 0x55;
        }
        fs::write(&path, bytes).unwrap();
        let connection = Connection::open(&path).unwrap();
        let error = run(&connection, &path, LONG).unwrap_err();
        assert!(matches!(error, StartError::DatabaseDamaged(..)), "{error}");
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
        run(&connection, &path, Duration::ZERO).expect("it is not looked at");
    }

    #[test]
    fn the_check_has_a_time_limit() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("db");
        let connection = filled(&path);
        run(&connection, &path, Duration::from_nanos(1)).unwrap();
        let count = "SELECT count(*) FROM t";
        let count: i64 = connection.query_row(count, (), |row| row.get(0)).unwrap();
        assert_eq!(count, 5000, "the next query is not interrupted");
    }
}
