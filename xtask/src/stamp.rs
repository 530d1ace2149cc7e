//! Fingerprints of files, to leave out work that is done.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A fingerprint of everything fed to it, in the order it was fed.
///
/// It tells changes, not attacks. That it may differ after an update of Rust only means one build more.
#[derive(Debug, Default)]
pub(crate) struct Stamp(DefaultHasher);

impl Stamp {
    /// Feeds a text.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        text.hash(&mut self.0);
        self
    }

    /// Feeds what is in a file.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        bytes.hash(&mut self.0);
        self
    }

    /// Feeds the names and contents of a file, or of all files in a folder. What is not there counts as such.
    pub(crate) fn contents(&mut self, root: &Path, path: &str) -> Result<&mut Self> {
        for file in files(&root.join(path))? {
            let bytes = std::fs::read(&file)
                .with_context(|| format!("could not read {}", file.display()))?;
            file.strip_prefix(root).unwrap_or(&file).hash(&mut self.0);
            bytes.hash(&mut self.0);
        }
        Ok(self)
    }

    /// Feeds the names, sizes and times of all files in a folder, which is quicker.
    pub(crate) fn outline(&mut self, dir: &Path) -> Result<&mut Self> {
        for file in files(dir)? {
            let about = file.metadata()?;
            (
                file.strip_prefix(dir).unwrap_or(&file),
                about.len(),
                about.modified()?,
            )
                .hash(&mut self.0);
        }
        Ok(self)
    }

    /// The fingerprint, as part of a file's name.
    pub(crate) fn key(&self) -> String {
        format!("{:016x}", self.0.finish())
    }
}

/// The files in a folder and below, in a fixed order; the file itself, if it is one; none, if nothing is there.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    collect(path, &mut found).with_context(|| format!("could not look into {}", path.display()))?;
    found.sort();
    Ok(found)
}

fn collect(path: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            collect(&entry?.path(), found)?;
        }
    } else if path.is_file() {
        found.push(path.to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let dir =
                std::env::temp_dir().join(format!("orchard-stamp-{name}-{}", std::process::id()));
            std::fs::create_dir_all(dir.join("src/deep")).unwrap();
            Self(dir)
        }

        fn write(&self, path: &str, text: &str) {
            std::fs::write(self.0.join(path), text).unwrap();
        }

        fn key(&self) -> String {
            let mut stamp = Stamp::default();
            stamp
                .contents(&self.0, "src")
                .unwrap()
                .contents(&self.0, "absent")
                .unwrap()
                .key()
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_changed_byte_changes_the_key_and_the_same_bytes_do_not() {
        let scratch = Scratch::new("bytes");
        scratch.write("src/deep/a.rs", "1");
        let first = scratch.key();
        scratch.write("src/deep/a.rs", "2");
        assert_ne!(scratch.key(), first);
        scratch.write("src/deep/a.rs", "1");
        assert_eq!(scratch.key(), first);
    }

    #[test]
    fn a_moved_file_changes_the_key() {
        let scratch = Scratch::new("moved");
        scratch.write("src/a.rs", "1");
        let first = scratch.key();
        std::fs::rename(scratch.0.join("src/a.rs"), scratch.0.join("src/b.rs")).unwrap();
        assert_ne!(scratch.key(), first);
    }

    #[test]
    fn the_outline_sees_a_removed_file() {
        let scratch = Scratch::new("outline");
        scratch.write("src/a.rs", "1");
        let outline = || Stamp::default().outline(&scratch.0).unwrap().key();
        let first = outline();
        assert_eq!(outline(), first);
        std::fs::remove_file(scratch.0.join("src/a.rs")).unwrap();
        assert_ne!(outline(), first);
    }
}
