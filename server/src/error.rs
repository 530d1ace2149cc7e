use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a server doesn't start, or stops by itself: one line, which says what to do about it.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// Another program listens on this address.
    AddressTaken(SocketAddr),
    /// The system doesn't let the server listen on this address.
    Bind(SocketAddr, io::Error),
    /// SQLite can't open the file, or the file is not a database.
    Database(PathBuf, rusqlite::Error),
    /// The database is damaged. The text is SQLite's description of the damage.
    DatabaseDamaged(PathBuf, String),
    /// Another server is using the database.
    DatabaseTaken {
        /// The database.
        path: PathBuf,
        /// The process id of that server, if it is known.
        process: Option<u32>,
    },
    /// The schema of the database is newer than this program.
    DatabaseTooNew {
        /// The database.
        path: PathBuf,
        /// The schema version of the database.
        found: i64,
        /// The newest schema version that this program knows.
        known: i64,
    },
    /// A file beside the database can't be read or written.
    File(PathBuf, io::Error),
    /// The key file does not contain a key.
    KeyDamaged(PathBuf),
    /// There is no page to serve.
    NoPage(PathBuf),
    /// There is no demo account, or its password is not known.
    NoDemoAccount(PathBuf),
    /// A password can't be hashed.
    Password(String),
    /// There is no user with this account name.
    NoSuchAccount(String),
    /// There is already a user with this account name.
    AccountTaken(String),
    /// A value given for a user is not valid.
    Unusable(&'static str),
    /// The password can't be read.
    Input(io::Error),
    /// The database can't be read.
    Query(PathBuf, String),
    /// The system provides no random numbers.
    Random(getrandom::Error),
    /// The system provides no threads or timers.
    Runtime(io::Error),
    /// Accepting connections has failed.
    Serve(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddressTaken(address) => write!(
                f,
                "{address} is taken by another program: stop that one, or choose another address \
                 with --listen"
            ),
            Self::Bind(address, error) => {
                write!(
                    f,
                    "can't listen on {address}: {error}; choose another with --listen"
                )
            }
            Self::Database(path, error) => write!(
                f,
                "can't open the database {}: {error}; check the file and its folder, or choose \
                 another with --database",
                path.display()
            ),
            Self::DatabaseDamaged(path, details) => write!(
                f,
                "the database {0} is damaged ({details}): put a copy in its place, save what \
                 `sqlite3 {0} .recover` finds, or choose another with --database",
                path.display()
            ),
            Self::DatabaseTaken { path, process } => {
                write!(f, "the database {} is served by another ", path.display())?;
                match process {
                    Some(number) => write!(f, "server (process {number})")?,
                    None => f.write_str("server")?,
                }
                f.write_str(": stop that one, or choose another database with --database")
            }
            Self::DatabaseTooNew { path, found, known } => write!(
                f,
                "the database {} has version {found}, and this program knows {known} at most: \
                 start a newer program, or choose another with --database",
                path.display()
            ),
            Self::File(path, error) => write!(
                f,
                "can't use {}: {error}; check the file and its folder, or choose another place \
                 with --database",
                path.display()
            ),
            Self::KeyDamaged(path) => write!(
                f,
                "{} holds no key: restore it, or delete it and everybody has to sign in again",
                path.display()
            ),
            Self::NoPage(path) => write!(
                f,
                "there is no index.html in {}: build the page with `cargo xtask build`, name its \
                 folder with --dist, or leave it out with --api-only",
                path.display()
            ),
            Self::NoDemoAccount(path) => write!(
                f,
                "there is no demo account beside {}: start the server once with that --database",
                path.display()
            ),
            Self::Password(error) => write!(f, "can't hash a password: {error}"),
            Self::NoSuchAccount(account) => write!(
                f,
                "there is no account {account:?}: `orchard-server user list` shows all"
            ),
            Self::AccountTaken(account) => write!(
                f,
                "there is an account {account:?} already: choose another, or set its password \
                 with `orchard-server user password`"
            ),
            Self::Unusable(why) => f.write_str(why),
            Self::Input(error) => write!(
                f,
                "can't read the password: {error}; type it at a terminal, or give it as the first \
                 line of standard input"
            ),
            Self::Query(path, error) => write!(
                f,
                "can't read the database {}: {error}; check the file and its disk, or choose \
                 another with --database",
                path.display()
            ),
            Self::Random(error) => write!(f, "the system gives no random numbers: {error}"),
            Self::Runtime(error) => write!(f, "the system gives no threads or timers: {error}"),
            Self::Serve(error) => write!(f, "can't go on serving: {error}"),
        }
    }
}

// The messages of the sources are part of the line, so there is no `source`.
impl Error for StartError {}
