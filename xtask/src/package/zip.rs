//! Zip archives.

use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::{Context, Result};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::stamp::files;

/// Writes all files of `folder` into the archive `file`, under the folder's own name. The same
/// files result in the same bytes.
pub(super) fn write(folder: &Path, file: &Path) -> Result<()> {
    let archive =
        File::create(file).with_context(|| format!("could not write {}", file.display()))?;
    let mut archive = ZipWriter::new(archive);
    let above = folder.parent().unwrap_or(folder);
    for path in files(folder)? {
        let name = path
            .strip_prefix(above)?
            .to_string_lossy()
            .replace('\\', "/");
        archive.start_file(name, SimpleFileOptions::default())?;
        let mut content =
            File::open(&path).with_context(|| format!("could not read {}", path.display()))?;
        io::copy(&mut content, &mut archive)?;
    }
    archive.finish()?;
    Ok(())
}
