//! The thread that runs the queries, and the handle by which they reach it.

use std::error::Error;
use std::fmt;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::{check, migrations};
use crate::error::StartError;
use crate::private_file;

/// How many queries may wait; whoever comes later waits for a place.
const QUEUE: usize = 256;

/// A query that has no answer after this long has failed: nobody waits for ever on a disk.
const PATIENCE: Duration = Duration::from_secs(10);

type Query = Box<dyn FnOnce(&mut Connection) + Send>;

#[derive(Clone, Debug)]
pub(crate) struct Database {
    queries: mpsc::Sender<Query>,
}

impl Database {
    /// Opens the file, made if it is missing, and brings it to the newest version. Before that it is looked through for damage,
    /// for at most `check`.
    pub(crate) fn open(path: &Path, check: Duration) -> Result<Self, StartError> {
        let failed = |error| StartError::Database(path.to_owned(), error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| StartError::File(folder.into(), error))?;
        }
        // SQLite would let everybody read it.
        private_file::touch(path).map_err(|error| StartError::File(path.to_owned(), error))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        check::run(&connection, path, check)?;
        prepare(&connection).map_err(failed)?;
        migrations::run(&mut connection, path)?;
        let (queries, queue) = mpsc::channel(QUEUE);
        thread::Builder::new()
            .name("database".into())
            .spawn(move || answer(connection, queue))
            .map_err(StartError::Runtime)?;
        Ok(Self { queries })
    }

    /// Whether the database still answers.
    pub(crate) async fn ping(&self) -> Result<(), DatabaseError> {
        self.call(|connection| connection.query_row("SELECT 1", (), |_| Ok(())))
            .await
    }

    /// Moves all that was written into the one file: what SQLite keeps beside it may be forgotten in a copy.
    pub(crate) async fn settle(&self) -> Result<(), DatabaseError> {
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        self.call(|connection| connection.query_row(checkpoint, (), |_| Ok(())))
            .await
    }

    pub(super) async fn call<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let (answer, answered) = oneshot::channel();
        let query = move |connection: &mut Connection| {
            // The caller may have given up.
            let _ = answer.send(query(connection));
        };
        let asked = async {
            let sent = self.queries.send(Box::new(query)).await;
            sent.map_err(|_| DatabaseError::Ended)?;
            answered.await.map_err(|_| DatabaseError::Ended)
        };
        timeout(PATIENCE, asked)
            .await
            .map_err(|_| DatabaseError::TooSlow)??
            .map_err(DatabaseError::Query)
    }
}

/// Until the last [`Database`] is dropped.
fn answer(mut connection: Connection, mut queue: mpsc::Receiver<Query>) {
    while let Some(query) = queue.blocking_recv() {
        // A query that panicked has left no half-done work: SQLite rolls it back.
        if panic::catch_unwind(AssertUnwindSafe(|| query(&mut connection))).is_err() {
            tracing::error!("a query of the database panicked");
        }
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    // Readers don't wait for the writer.
    connection.query_row("PRAGMA journal_mode = WAL", (), |_| Ok(()))?;
    connection.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;")
}

/// Why a query has no answer.
#[derive(Debug)]
pub(crate) enum DatabaseError {
    /// It has panicked, or the server is about to end.
    Ended,
    Query(rusqlite::Error),
    TooSlow,
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("a query has not run to its end"),
            Self::Query(error) => write!(f, "the database refuses a query: {error}"),
            Self::TooSlow => write!(
                f,
                "the database has not answered for {} s: is its disk at work?",
                PATIENCE.as_secs()
            ),
        }
    }
}

impl Error for DatabaseError {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tempfile::TempDir;

    use super::{Database, DatabaseError};

    #[tokio::test]
    async fn a_query_that_panics_costs_no_other() {
        let folder = TempDir::new().unwrap();
        let database = Database::open(&folder.path().join("db"), Duration::ZERO).unwrap();
        let panics = database.call(|_| -> rusqlite::Result<()> { panic!("for the test") });
        assert!(matches!(panics.await, Err(DatabaseError::Ended)));
        database.ping().await.unwrap();
    }
}
