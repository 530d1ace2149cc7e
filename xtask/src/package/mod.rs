//! `cargo xtask package`: the page as one of the places wants it that it is used in, in `packages/<name>/`.

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

/// Leaves the package in the folder of its name, and returns that.
pub(crate) fn package(options: &Package) -> Result<PathBuf> {
    page::build()?;
    let room = room(options)?;
    match options.target {
        Target::Apicloud => apicloud::package(options, &room)?,
        Target::Cdn => cdn::package(options, &room)?,
        Target::Tauri => tauri::package(options, &room)?,
    }
    note(format_args!("the package is in {}", room.display()));
    Ok(room)
}

/// The widget for APICloud, with the page's own settings.
pub(crate) fn widget() -> Result<PathBuf> {
    Ok(package(&Package::plain(Target::Apicloud))?.join(apicloud::WIDGET))
}

/// The empty folder for this package. One that was named is not emptied: it may hold what somebody needs.
fn room(options: &Package) -> Result<PathBuf> {
    let own = || {
        workspace::root()
            .join("packages")
            .join(options.target.name())
    };
    let room = options.out.clone().unwrap_or_else(own);
    if options.out.is_none() {
        cache::remove(&room)?;
    }
    cache::make(&room)?;
    ensure!(
        std::fs::read_dir(&room)?.next().is_none(),
        "{} is not empty",
        room.display()
    );
    Ok(room)
}
