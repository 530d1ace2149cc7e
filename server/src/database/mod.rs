//! One SQLite file. Queries run on threads where blocking is allowed.

mod migrations;
mod users;

use std::error::Error;
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::StartError;
use crate::private_file;

pub(crate) use users::{NewUser, User};

#[derive(Clone)]
pub(crate) struct Database {
    connection: Arc<Mutex<Connection>>,
}

impl Database {
    /// Opens the file, made if it is missing, and brings it to the newest version.
    pub(crate) fn open(path: &Path) -> Result<Self, StartError> {
        let failed = |error| StartError::Database(path.to_owned(), error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| StartError::File(folder.into(), error))?;
        }
        // SQLite would let everybody read it.
        private_file::touch(path).map_err(|error| StartError::File(path.to_owned(), error))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        prepare(&connection).map_err(failed)?;
        migrations::run(&mut connection, path)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// Whether the database still answers.
    pub(crate) async fn ping(&self) -> Result<(), DatabaseError> {
        self.call(|connection| connection.query_row("SELECT 1", (), |_| Ok(())))
            .await
    }

    async fn call<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let connection = Arc::clone(&self.connection);
        tokio::task::spawn_blocking(move || {
            // A query that panicked has left no half-done work: SQLite rolls it back.
            query(&connection.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .map_err(DatabaseError::Task)?
        .map_err(DatabaseError::Query)
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
    Query(rusqlite::Error),
    Task(tokio::task::JoinError),
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Query(error) => write!(f, "the database refuses a query: {error}"),
            Self::Task(error) => write!(f, "a query has not run to its end: {error}"),
        }
    }
}

impl Error for DatabaseError {}
