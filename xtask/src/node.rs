//! The npm packages that the Node server of the tests runs on.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::stamp::Stamp;
use crate::step::step;
use crate::{cache, process, workspace};

const SERVER: &str = "tests/servers/node";

/// The folder `node_modules` with exactly what package-lock.json says, linked to from the server's folder.
pub(crate) fn set_up() -> Result<PathBuf> {
    let home = home()?;
    let modules = home.join("node_modules");
    let server = workspace::root().join(SERVER);
    if !modules.is_dir() {
        step(
            "Node: installing what the Socket.IO server needs, once",
            || {
                cache::fill(&home, |temporary| {
                    for file in ["package.json", "package-lock.json"] {
                        std::fs::copy(server.join(file), temporary.join(file))
                            .with_context(|| format!("could not read {SERVER}/{file}"))?;
                    }
                    let mut npm = Command::new("npm");
                    npm.current_dir(temporary);
                    npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
                    process::run(&mut npm).context("is Node.js installed? 18 or newer is wanted")
                })
            },
        )?;
    }
    link(&modules, &server.join("node_modules"))?;
    Ok(modules)
}

/// Its folder in the cache, by what is to be in it.
pub(crate) fn home() -> Result<PathBuf> {
    let mut stamp = Stamp::default();
    stamp.contents(workspace::root(), &format!("{SERVER}/package-lock.json"))?;
    Ok(cache::dir("npm")?.join(stamp.key()))
}

/// Node's `import` looks for packages beside the script only.
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
