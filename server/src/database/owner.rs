//! The lock that allows one server per database: each of two servers would count only its own
//! players and its own wrong passwords.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process;

use crate::error::StartError;
use crate::private_file;

/// The suffix of the file that a server locks, beside the database. The database itself is not
/// locked, since other programs use it meanwhile, to add a user or to make a copy.
const SUFFIX: &str = ".lock";

/// The maximum number of digits read; a process id has fewer.
const MOST_DIGITS: u64 = 20;

/// The right to serve a database. The operating system releases it when this is dropped, and when
/// the process ends in any way.
#[derive(Debug)]
pub(crate) struct Owner {
    _locked: File,
}

impl Owner {
    /// # Errors
    /// Returns an error if another server holds the lock, or if the file can't be created.
    pub(crate) fn claim(database: &Path) -> Result<Self, StartError> {
        let path = private_file::beside(&real(database), SUFFIX);
        let failed = |error| StartError::File(path.clone(), error);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| StartError::File(folder.into(), error))?;
        }
        private_file::touch(&path).map_err(failed)?;
        let options = OpenOptions::new().read(true).write(true).open(&path);
        let mut file = options.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StartError::DatabaseTaken {
                    path: database.to_owned(),
                    process: number_in(&file),
                });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        // A server that is refused reports this process id. On a full disk it may be missing.
        let _ = file
            .set_len(0)
            .and_then(|()| write!(file, "{}", process::id()));
        Ok(Self { _locked: file })
    }
}

/// Resolves symbolic links, so that every path to a file leads to the same lock.
fn real(database: &Path) -> PathBuf {
    database
        .canonicalize()
        .unwrap_or_else(|_| database.to_owned())
}

/// Returns the process id in the file, if it can be read: some systems don't let others read a
/// locked file.
fn number_in(file: &File) -> Option<u32> {
    let mut text = String::new();
    file.take(MOST_DIGITS).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::Owner;
    use crate::error::StartError;

    #[test]
    fn a_database_has_one_owner_at_a_time() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("data/db");
        let first = Owner::claim(&path).unwrap();
        let error = Owner::claim(&path).unwrap_err();
        let StartError::DatabaseTaken { process, .. } = error else {
            panic!("{error}");
        };
        if cfg!(unix) {
            assert_eq!(process, Some(std::process::id()));
        }
        drop(first);
        Owner::claim(&path).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_it_is_the_same() {
        let folder = TempDir::new().unwrap();
        let (path, link) = (folder.path().join("db"), folder.path().join("link"));
        std::fs::write(&path, "").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let _first = Owner::claim(&path).unwrap();
        let error = Owner::claim(&link).unwrap_err();
        assert!(matches!(error, StartError::DatabaseTaken { .. }), "{error}");
    }
}
