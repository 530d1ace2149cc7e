//! The search path of programs.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// Finds a program: the one that the variable names, otherwise the first of `names` that exists.
pub(crate) fn program(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(variable).filter(|named| !named.is_empty()) {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    // Joining an absolute path to a folder returns the absolute path.
    names.iter().find_map(|name| {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        folders
            .iter()
            .map(|folder| folder.join(&name))
            .find(|program| program.is_file())
    })
}

/// Returns `PATH` with these folders prepended.
pub(crate) fn path_with(first: &[PathBuf]) -> Result<OsString> {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(first.iter().cloned().chain(std::env::split_paths(&rest)))
        .context("a folder of the tools can't stand in PATH")
}
