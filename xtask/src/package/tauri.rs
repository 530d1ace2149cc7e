//! The package of the Tauri window.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::index;
use super::options::{Package, Target};
use crate::package::window;
use crate::page;

/// Writes the package into `folder`.
pub(super) fn package(options: &Package, folder: &Path) -> Result<()> {
    let built = build(options)?;
    let file = folder.join(built.file_name().context("a package has a name")?);
    std::fs::copy(&built, &file).with_context(|| format!("could not write {}", file.display()))?;
    Ok(())
}

/// Builds the package with the page's own settings, for the tests; returns its path.
pub(crate) fn plain() -> Result<PathBuf> {
    page::build()?;
    build(&Package::plain(Target::Tauri))
}

/// Builds the package of the page in `dist/`.
fn build(options: &Package) -> Result<PathBuf> {
    window::package(&index::index(options, &[("host", "tauri")])?.html)
}
