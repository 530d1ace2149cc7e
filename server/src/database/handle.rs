//! The thread that runs the queries, and the handle through which callers reach it.

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

/// The capacity of the queue of queries; when it is full, callers wait.
const QUEUE: usize = 256;

/// The time after which a query without an answer fails: nothing waits forever for a disk.
const PATIENCE: Duration = Duration::from_secs(10);

type Query = Box<dyn FnOnce(&mut Connection) + Send>;

#[derive(Clone, Debug)]
pub(crate) struct Database {
    queries: mpsc::Sender<Query>,
}

impl Database {
    /// Opens the file, creates it if it is missing, and migrates it to the newest version. Before
    /// that, checks it for damage, for at most `check`.
    pub(crate) fn open(path: &Path, check: Duration) -> Result<Self, StartError> {
        let failed = |error| StartError::Database(path.to_owned(), error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| StartError::File(folder.into(), error))?;
        }
        // SQLite would create the file readable by everyone.
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

    /// Returns an error if the database does not answer.
    pub(crate) async fn ping(&self) -> Result<(), DatabaseError> {
        self.call(|connection| connection.query_row("SELECT 1", (), |_| Ok(())))
            .await
    }

    /// Checkpoints the write-ahead log into the database file, so that a copy of this one file is
    /// complete.
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
            // The caller may have stopped waiting.
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

/// Runs queries until the last [`Database`] is dropped.
fn answer(mut connection: Connection, mut queue: mpsc::Receiver<Query>) {
    while let Some(query) = queue.blocking_recv() {
        // A query that panicked leaves no partial changes: SQLite rolls them back.
        if panic::catch_unwind(AssertUnwindSafe(|| query(&mut connection))).is_err() {
            tracing::error!("a query of the database panicked");
        }
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    // In WAL mode readers don't wait for the writer.
    connection.query_row("PRAGMA journal_mode = WAL", (), |_| Ok(()))?;
    connection.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;")
}

/// Why a query has no result.
#[derive(Debug)]
pub(crate) enum DatabaseError {
    /// The query has panicked, or the server is shutting down.
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
    async fn a_query_that_panics_affects_no_other() {
        let folder = TempDir::new().unwrap();
        let database = Database::open(&folder.path().join("db"), Duration::ZERO).unwrap();
        let panics = database.call(|_| -> rusqlite::Result<()> { panic!("for the test") });
        assert!(matches!(panics.await, Err(DatabaseError::Ended)));
        database.ping().await.unwrap();
    }
}
