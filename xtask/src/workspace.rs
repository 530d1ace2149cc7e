//! Paths in this checkout, and its packages by the platform they run on.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result};

/// The page's package, at the root of the workspace.
pub(crate) const PAGE: &str = "orchard";

/// The default server's package, and the name of its program.
pub(crate) const SERVER: &str = "orchard-server";

/// The crates that run only in a browser.
pub(crate) const BROWSER_CRATES: [&str; 2] = ["socketio-web", "leptos-socketio"];

/// The compilation target for browsers.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The root of the checkout that cargo runs this program for. It may have been built in another
/// one: checkouts can share a target folder.
pub(crate) fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let here = std::env::var_os("CARGO_MANIFEST_DIR");
        let here = here.map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        here.parent().map(Path::to_path_buf).unwrap_or(here)
    })
}

/// The folder of the release page.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// Cargo's target folder. The path of this program is two levels below it.
pub(crate) fn target() -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
        return Ok(root().join(dir));
    }
    let me = program()?;
    let target = me
        .ancestors()
        .nth(2)
        .context("this program is not in Cargo's target folder")?;
    Ok(target.to_owned())
}

/// Returns the path of this program.
pub(crate) fn program() -> Result<PathBuf> {
    let path = std::env::current_exe().context("could not find where this program is")?;
    Ok(as_it_is_now(path))
}

/// Removes the suffix that Linux appends to the path of a program whose file a build has replaced
/// since, as this program's own tests do.
fn as_it_is_now(path: PathBuf) -> PathBuf {
    match path
        .to_str()
        .and_then(|path| path.strip_suffix(" (deleted)"))
    {
        Some(path) => path.into(),
        None => path,
    }
}

/// Returns a cargo command in the root of the checkout. In CI, an outdated Cargo.lock is an error.
pub(crate) fn cargo(subcommand: &str) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root()).arg(subcommand);
    if std::env::var_os("CI").is_some() && subcommand != "fmt" {
        cargo.arg("--locked");
    }
    cargo
}

/// The version of the compiler.
pub(crate) fn rustc_version() -> Result<String> {
    let mut rustc = Command::new("rustc");
    rustc.current_dir(root()).arg("--version");
    Ok(crate::process::output(&mut rustc)?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::as_it_is_now;

    #[test]
    fn a_replaced_program_keeps_its_path() {
        for path in ["target/debug/xtask", "target/debug/xtask (deleted)"] {
            let found = as_it_is_now(path.into());
            assert_eq!(found.to_str(), Some("target/debug/xtask"));
        }
    }
}
