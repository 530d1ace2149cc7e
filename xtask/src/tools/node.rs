//! npm packages of the tests, the bench, and the Tauri bundler.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::cache;
use crate::stamp::Stamp;
use crate::step::step;
use crate::{process, workspace};

/// Packages that are installed together, by one `package-lock.json`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Packages {
    /// For the Socket.IO server of the tests.
    Server,
    /// axe-core, and the gallery's font.
    Page,
    /// Lighthouse, for its own command.
    Lighthouse,
    /// The peers of the benchmarks, and the library that controls the browser.
    Bench,
    /// The Tauri bundler.
    Shell,
}

impl Packages {
    pub(crate) const ALL: [Self; 5] = [
        Self::Server,
        Self::Page,
        Self::Lighthouse,
        Self::Bench,
        Self::Shell,
    ];

    /// Installs exactly the packages of package-lock.json; returns the folder `node_modules`.
    pub(crate) fn set_up(self) -> Result<PathBuf> {
        let home = self.home()?;
        let modules = home.join("node_modules");
        if !modules.is_dir() {
            step(
                format_args!("Node: installing {}, once", self.what()),
                || cache::fill(&home, |temporary| self.install(temporary)),
            )?;
        }
        Ok(modules)
    }

    /// Returns the folder of the packages in the cache.
    pub(crate) fn home(self) -> Result<PathBuf> {
        let mut stamp = Stamp::default();
        stamp.contents(
            workspace::root(),
            &format!("{}/package-lock.json", self.folder()),
        )?;
        Ok(cache::dir("npm")?.join(stamp.key()))
    }

    /// Returns the folder of the `package.json` in the checkout.
    fn folder(self) -> &'static str {
        match self {
            Self::Server => "tests/servers/node",
            Self::Page => "tests/web",
            Self::Lighthouse => "tests/lighthouse",
            Self::Bench => "benches",
            Self::Shell => "tauri",
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::Server => "what the Socket.IO server needs",
            Self::Page => "what judges the page",
            Self::Lighthouse => "Lighthouse",
            Self::Bench => "what the bench needs",
            Self::Shell => "what packs the window",
        }
    }

    fn install(self, temporary: &Path) -> Result<()> {
        let folder = self.folder();
        for file in ["package.json", "package-lock.json"] {
            std::fs::copy(
                workspace::root().join(folder).join(file),
                temporary.join(file),
            )
            .with_context(|| format!("could not read {folder}/{file}"))?;
        }
        let mut npm = Command::new("npm");
        npm.current_dir(temporary);
        npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
        process::run(&mut npm).context("is Node.js installed? 18.20 or newer is wanted")
    }
}

/// Installs the packages of the Socket.IO server, and links them from its folder.
pub(crate) fn set_up() -> Result<PathBuf> {
    set_up_beside(Packages::Server)
}

/// Installs packages and links them from the folder of their `package.json`: Node's `import` finds
/// packages only in the script's folder and its parents.
pub(crate) fn set_up_beside(packages: Packages) -> Result<PathBuf> {
    let modules = packages.set_up()?;
    let folder = workspace::root().join(packages.folder());
    link(&modules, &folder.join("node_modules"))?;
    Ok(modules)
}

fn link(modules: &Path, beside: &Path) -> Result<()> {
    if std::fs::read_link(beside).is_ok_and(|to| to == modules) {
        return Ok(());
    }
    if beside.is_symlink() {
        std::fs::remove_file(beside)?;
    }
    cache::remove(beside)?;
    symlink(modules, beside).with_context(|| format!("could not link {}", beside.display()))
}

#[cfg(unix)]
fn symlink(to: &Path, from: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(to, from)
}

#[cfg(windows)]
fn symlink(to: &Path, from: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(to, from)
}
