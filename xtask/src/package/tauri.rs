//! The page in a window of its own, as a package of this system.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::index;
use super::options::{Package, Target};
use crate::package::window;
use crate::page;

/// Leaves the package in `room`.
pub(super) fn package(options: &Package, room: &Path) -> Result<()> {
    let built = build(options)?;
    let file = room.join(built.file_name().context("a package has a name")?);
    std::fs::copy(&built, &file).with_context(|| format!("could not write {}", file.display()))?;
    Ok(())
}

/// The package with the page's own settings, for the tests: where it is.
pub(crate) fn plain() -> Result<PathBuf> {
    page::build()?;
    build(&Package::plain(Target::Tauri))
}

/// Builds the package of the page in `dist/`.
fn build(options: &Package) -> Result<PathBuf> {
    window::package(&index::index(options, &[("host", "tauri")])?.html)
}
