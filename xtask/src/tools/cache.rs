//! The cache of tools and environments, which runs and checkouts share.
//!
//! `$ORCHARD_CACHE`, else `$XDG_CACHE_HOME/orchard`, else `~/.cache/orchard`:
//!
//! ```text
//! tools/<name>-<version>   programs
//! python/<key>             virtual environments, by a hash of requirements.txt
//! npm/<key>                node_modules, by a hash of package-lock.json
//! target/<rustc>           what .ci/run builds
//! ```

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A folder of the cache.
pub(crate) fn dir(folder: &str) -> Result<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let root = match (set("ORCHARD_CACHE"), set("XDG_CACHE_HOME")) {
        (Some(own), _) => std::path::absolute(own)?,
        (None, Some(xdg)) => PathBuf::from(xdg).join("orchard"),
        (None, None) => std::env::home_dir()
            .context("there is no home folder to keep tools in: set ORCHARD_CACHE to a folder")?
            .join(".cache/orchard"),
    };
    Ok(root.join(folder))
}

/// Creates `dir` with the files that `work` writes, or not at all: an interrupted installation
/// leaves no folder that looks complete.
pub(crate) fn fill(dir: &Path, work: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let mut name = OsString::from(".");
    name.push(
        dir.file_name()
            .context("a folder of the cache needs a name")?,
    );
    name.push(format!(".{}", std::process::id()));
    let temporary = dir.with_file_name(name);
    remove(&temporary)?;
    make(&temporary)?;
    work(&temporary)?;
    remove(dir)?;
    std::fs::rename(&temporary, dir)
        .with_context(|| format!("could not move what was installed to {}", dir.display()))
}

/// Makes the folder and its parents.
pub(crate) fn make(dir: &Path) -> Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("could not make {}", dir.display()))
}

/// Removes the folder with its content, if it exists.
pub(crate) fn remove(dir: &Path) -> Result<()> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove {}", dir.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("orchard-xtask-{name}-{}", std::process::id()))
    }

    #[test]
    fn a_failed_install_leaves_no_folder() {
        let dir = scratch("failed");
        let result = fill(&dir, |temporary| {
            std::fs::write(temporary.join("half"), "")?;
            bail!("no network")
        });
        assert!(result.is_err());
        assert!(!dir.exists());
    }

    #[test]
    fn an_install_replaces_an_incomplete_one() {
        let dir = scratch("replaced");
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("half"), "").unwrap();
        fill(&dir, |temporary| {
            Ok(std::fs::write(temporary.join("whole"), "")?)
        })
        .unwrap();
        assert!(dir.join("whole").exists() && !dir.join("half").exists());
        remove(&dir).unwrap();
        assert!(!dir.exists());
        remove(&dir).unwrap();
    }
}
