//! `cargo xtask package`: packages of the page, in `packages/<target>/`.

mod apicloud;
mod cdn;
mod index;
mod options;
mod settings;
pub(crate) mod tauri;
pub(crate) mod window;
mod zip;

use std::path::PathBuf;

use anyhow::{Result, ensure};

pub(crate) use options::Package;
use options::Target;

use crate::step::note;
use crate::tools::cache;
use crate::{page, workspace};

/// Builds the package and returns its folder.
pub(crate) fn package(options: &Package) -> Result<PathBuf> {
    page::build()?;
    let folder = folder(options)?;
    match options.target {
        Target::Apicloud => apicloud::package(options, &folder)?,
        Target::Cdn => cdn::package(options, &folder)?,
        Target::Tauri => tauri::package(options, &folder)?,
    }
    note(format_args!("the package is in {}", folder.display()));
    Ok(folder)
}

/// Builds the APICloud widget with the page's own settings.
pub(crate) fn widget() -> Result<PathBuf> {
    Ok(package(&Package::plain(Target::Apicloud))?.join(apicloud::WIDGET))
}

/// Creates the empty folder of this package. A folder given with `--out` is never emptied: it is
/// refused if it contains files.
fn folder(options: &Package) -> Result<PathBuf> {
    let own = || {
        workspace::root()
            .join("packages")
            .join(options.target.name())
    };
    let folder = options.out.clone().unwrap_or_else(own);
    if options.out.is_none() {
        cache::remove(&folder)?;
    }
    cache::make(&folder)?;
    ensure!(
        std::fs::read_dir(&folder)?.next().is_none(),
        "{} is not empty",
        folder.display()
    );
    Ok(folder)
}
