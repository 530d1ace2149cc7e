//! The Tauri program in `tauri/`, which has its own workspace and target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::step::step;
use crate::tools::node::Packages;
use crate::tools::{cache, webkit};
use crate::{process, stamp, workspace};

/// The folder of the program in the checkout.
const FOLDER: &str = "tauri";

/// Extensions of compressed copies for web servers; the program compresses its assets itself.
const COMPRESSED: [&str; 2] = ["br", "gz"];

/// Returns a cargo command for the program.
pub(crate) fn cargo(subcommand: &str) -> Result<Command> {
    let mut cargo = workspace::cargo(subcommand);
    cargo
        .current_dir(folder())
        .env("CARGO_TARGET_DIR", target()?);
    Ok(cargo)
}

/// Installs the libraries that it is compiled with, and makes a placeholder of the page if needed.
pub(crate) fn set_up() -> Result<()> {
    webkit::set_up_library()?;
    let page = page();
    if !page.join("index.html").exists() {
        // An incomplete page, but all that the compiler needs.
        cache::make(&page)?;
        copy(
            &workspace::root().join("index.html"),
            &page.join("index.html"),
        )?;
    }
    Ok(())
}

/// Builds the package of this system from `dist/`, with this `index.html`. Returns its path.
pub(crate) fn package(index: &str) -> Result<PathBuf> {
    ensure!(
        cfg!(target_os = "linux"),
        "the window's package is made on Linux only, so far"
    );
    webkit::set_up_library()?;
    let tauri = Packages::Shell.set_up()?.join(".bin/tauri");
    stage(index)?;
    let packages = target()?.join("release/bundle/deb");
    cache::remove(&packages)?;
    step("the window: building and packing it", || {
        let mut command = Command::new(tauri);
        command
            .current_dir(folder())
            .env("CARGO_TARGET_DIR", target()?)
            .args(["build", "--bundles", "deb", "--ci"]);
        if std::env::var_os("CI").is_some() {
            command.args(["--", "--locked"]);
        }
        process::run(&mut command)
    })?;
    let files = stamp::files(&packages)?;
    let mut packages = files
        .into_iter()
        .filter(|file| has_extension(file, &["deb"]));
    packages
        .next()
        .context("the window was built, but no package of it was made")
}

/// Copies the built page to where the program embeds it from. Unchanged files are not touched, or
/// they would be compiled again.
fn stage(index: &str) -> Result<()> {
    let (from, to) = (workspace::dist(), page());
    let mut wanted = Vec::new();
    for file in stamp::files(&from)? {
        if has_extension(&file, &COMPRESSED) {
            continue;
        }
        let name = file.strip_prefix(&from).unwrap_or(&file).to_owned();
        let content = if name == Path::new("index.html") {
            index.as_bytes().to_vec()
        } else {
            std::fs::read(&file).with_context(|| format!("could not read {}", file.display()))?
        };
        let target = to.join(&name);
        if std::fs::read(&target).ok().as_deref() != Some(&content) {
            cache::make(target.parent().unwrap_or(&to))?;
            std::fs::write(&target, content)
                .with_context(|| format!("could not write {}", target.display()))?;
        }
        wanted.push(target);
    }
    for file in stamp::files(&to)? {
        if !wanted.contains(&file) {
            std::fs::remove_file(&file)
                .with_context(|| format!("could not remove {}", file.display()))?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::copy(from, to).with_context(|| format!("could not write {}", to.display()))?;
    Ok(())
}

fn has_extension(file: &Path, extensions: &[&str]) -> bool {
    let extension = file.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| extensions.contains(&extension))
}

fn folder() -> PathBuf {
    workspace::root().join(FOLDER)
}

/// Returns the folder of the embedded page.
fn page() -> PathBuf {
    folder().join("page")
}

fn target() -> Result<PathBuf> {
    Ok(workspace::target()?.join(FOLDER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_has_the_workspace_s_version() {
        let manifest = std::fs::read_to_string(folder().join("Cargo.toml")).unwrap();
        let version = concat!("\nversion = \"", env!("CARGO_PKG_VERSION"), "\"\n");
        assert!(
            manifest.contains(version),
            "set{version}in tauri/Cargo.toml"
        );
    }

    #[test]
    fn the_tauri_command_has_the_minor_version_of_the_library() {
        let lock = folder().join("Cargo.lock");
        let library = crate::tools::lockfile::locked_version(&lock, "tauri").unwrap();
        let minor = |version: &str| version.rsplit_once('.').map(|(minor, _)| minor.to_owned());
        let package = std::fs::read_to_string(folder().join("package.json")).unwrap();
        let wanted = format!("\"@tauri-apps/cli\": \"{}.", minor(&library).unwrap());
        assert!(
            package.contains(&wanted),
            "tauri/package.json lacks {wanted}"
        );
    }

    #[test]
    fn compressed_copies_are_omitted() {
        assert!(has_extension(Path::new("a/page.wasm.br"), &COMPRESSED));
        assert!(!has_extension(Path::new("a/page.wasm"), &COMPRESSED));
    }
}
