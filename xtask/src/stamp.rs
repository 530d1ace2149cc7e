//! Fingerprints of files, to skip work that is already done.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use xxhash_rust::xxh3::Xxh3Default;

/// A 64-bit XXH3 fingerprint of everything fed to it, in that order.
///
/// The same input has the same fingerprint on each machine and with each compiler, so files with it
/// in their names stay cached. It detects changes, not attacks.
#[derive(Default)]
pub(crate) struct Stamp(Xxh3Default);

impl Stamp {
    /// Feeds a text.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// Feeds bytes and their length, so that two inputs differ from their concatenation.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// Feeds the names and contents of a file, or of all files in a folder. A missing file has a
    /// fingerprint, too.
    pub(crate) fn contents(&mut self, root: &Path, path: &str) -> Result<&mut Self> {
        for file in files(&root.join(path))? {
            let bytes = std::fs::read(&file)
                .with_context(|| format!("could not read {}", file.display()))?;
            self.name(&file, root).bytes(&bytes);
        }
        Ok(self)
    }

    /// Feeds the names, sizes and modification times of all files in a folder, which is faster.
    pub(crate) fn outline(&mut self, dir: &Path) -> Result<&mut Self> {
        for file in files(dir)? {
            let about = file.metadata()?;
            self.name(&file, dir)
                .bytes(&about.len().to_le_bytes())
                .bytes(&nanoseconds(about.modified()?).to_le_bytes());
        }
        Ok(self)
    }

    /// Returns the fingerprint as text, for the name of a file.
    pub(crate) fn key(&self) -> String {
        format!("{:016x}", self.0.digest())
    }

    /// Feeds the name of a file, relative to a folder.
    fn name(&mut self, file: &Path, folder: &Path) -> &mut Self {
        let name = file.strip_prefix(folder).unwrap_or(file);
        self.bytes(name.as_os_str().as_encoded_bytes())
    }
}

/// Returns the duration since 1970; earlier times count as 1970.
fn nanoseconds(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos())
}

/// Returns the files in a folder, recursively and in a fixed order; the file itself, if `path` is
/// one; nothing, if it does not exist.
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
    fn a_fingerprint_is_the_same_wherever_it_is_taken() {
        // The fingerprint of the empty input in the specification of XXH3.
        assert_eq!(Stamp::default().key(), "2d06800538d394c2");
        assert_eq!(
            Stamp::default().text("a").text("b").key(),
            "f60759a5e1ff0d49"
        );
    }

    #[test]
    fn boundaries_between_inputs_are_part_of_the_fingerprint() {
        let joined = Stamp::default().text("ab").key();
        assert_ne!(Stamp::default().text("a").text("b").key(), joined);
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
