//! What builds the page: the WebAssembly target, trunk, wasm-bindgen and wasm-opt.

pub(crate) mod browser;
pub(crate) mod cache;
pub(crate) mod engines;
pub(crate) mod lockfile;
pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod webkit;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::step::step;
use crate::workspace::{self, WASM};

/// A program that the cache can hold, in the one version that is wanted.
#[derive(Debug)]
pub(crate) struct Tool {
    /// The package that brings it, and its name in the cache.
    package: &'static str,
    /// The package's version.
    package_version: String,
    /// The programs that it must bring.
    programs: &'static [&'static str],
    /// The version that these print.
    pub(crate) version: String,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// Built by `cargo install`. What it names as locked may not be in the registry any more.
    Cargo { locked: bool },
    /// Installed by npm.
    Npm,
}

/// Every tool that builds the page.
pub(crate) fn all() -> Result<[Tool; 4]> {
    Ok([trunk(), wasm_bindgen()?, wasm_opt(), esbuild()])
}

/// What builds the page, and serves it while it is worked on.
pub(crate) fn trunk() -> Tool {
    Tool {
        package: "trunk",
        package_version: "0.21.14".to_owned(),
        programs: &["trunk"],
        version: "0.21.14".to_owned(),
        source: Source::Cargo { locked: true },
    }
}

/// Of the very version in Cargo.lock: the program and the crate must understand each other.
pub(crate) fn wasm_bindgen() -> Result<Tool> {
    let lock = workspace::root().join("Cargo.lock");
    let version = lockfile::locked_version(&lock, "wasm-bindgen")?;
    Ok(Tool {
        package: "wasm-bindgen-cli",
        package_version: version.clone(),
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        version,
        source: Source::Cargo { locked: false },
    })
}

pub(crate) fn wasm_opt() -> Tool {
    Tool {
        package: "binaryen",
        package_version: "132.0.0".to_owned(),
        programs: &["wasm-opt"],
        version: "132".to_owned(),
        source: Source::Npm,
    }
}

/// What makes one small script of what wasm-bindgen writes.
pub(crate) fn esbuild() -> Tool {
    Tool {
        package: "esbuild",
        package_version: "0.28.2".to_owned(),
        programs: &["esbuild"],
        version: "0.28.2".to_owned(),
        source: Source::Npm,
    }
}

/// What runs libFuzzer. Only `cargo xtask fuzz` needs it.
pub(crate) fn cargo_fuzz() -> Tool {
    Tool {
        package: "cargo-fuzz",
        package_version: "0.13.2".to_owned(),
        programs: &["cargo-fuzz"],
        version: "0.13.2".to_owned(),
        source: Source::Cargo { locked: true },
    }
}

/// What drives Firefox. Only the tests need it.
pub(crate) fn geckodriver() -> Tool {
    Tool {
        package: "geckodriver",
        package_version: "0.37.1".to_owned(),
        programs: &["geckodriver"],
        version: "0.37.1".to_owned(),
        source: Source::Cargo { locked: true },
    }
}

impl Tool {
    /// The name to show.
    pub(crate) fn name(&self) -> &'static str {
        self.programs.first().copied().unwrap_or(self.package)
    }

    /// Its folder in the cache.
    pub(crate) fn home(&self) -> Result<PathBuf> {
        Ok(cache::dir("tools")?.join(format!("{}-{}", self.package, self.package_version)))
    }

    /// The folder of its programs, if the wanted version is in the cache or on `PATH`.
    pub(crate) fn found(&self) -> Result<Option<PathBuf>> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let cached = self.home()?.join(self.source.programs());
        Ok(std::iter::once(cached)
            .chain(std::env::split_paths(&path))
            .find(|dir| self.is_in(dir)))
    }

    /// The folder of its programs; installs it where it is missing.
    pub(crate) fn set_up(&self) -> Result<PathBuf> {
        if let Some(dir) = self.found()? {
            return Ok(dir);
        }
        let home = self.home()?;
        step(
            format_args!("{} {}: {}", self.name(), self.version, self.source.effort()),
            || cache::fill(&home, |root| self.install(root)).with_context(|| self.advice()),
        )?;
        let dir = home.join(self.source.programs());
        anyhow::ensure!(
            self.is_in(&dir),
            "{} was installed, but does not run",
            self.name()
        );
        Ok(dir)
    }

    /// Its program, to be given arguments; installs it where it is missing.
    pub(crate) fn command(&self) -> Result<Command> {
        let folder = self.set_up()?;
        let mut command = Command::new(folder.join(self.name()));
        command.env("PATH", path_with(&[folder])?);
        Ok(command)
    }

    /// How to get it by hand.
    pub(crate) fn advice(&self) -> String {
        let (package, version) = (self.package, &self.package_version);
        match self.source {
            Source::Cargo { locked: true } => {
                format!("to get it by hand: cargo install --locked {package}@{version}")
            }
            Source::Cargo { locked: false } => {
                format!("to get it by hand: cargo install {package}@{version}")
            }
            Source::Npm => format!(
                "to get it by hand: install Node.js with npm, then npm install --global {package}@{version}"
            ),
        }
    }

    fn install(&self, root: &Path) -> Result<()> {
        let package = format!("{}@{}", self.package, self.package_version);
        let mut command = match self.source {
            Source::Cargo { locked } => {
                let mut cargo = Command::new("cargo");
                cargo
                    .args(["install", "--quiet", "--root"])
                    .arg(root)
                    .arg(package);
                if locked {
                    cargo.arg("--locked");
                }
                // It is built elsewhere, by its own rules, and sooner rather than faster: it works for a second or two.
                cargo.env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS");
                cargo.env("CARGO_PROFILE_RELEASE_LTO", "off");
                cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
                cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
                cargo
            }
            Source::Npm => {
                let mut npm = Command::new("npm");
                npm.args([
                    "install",
                    "--no-audit",
                    "--no-fund",
                    "--loglevel=error",
                    "--prefix",
                ]);
                npm.arg(root).arg(package);
                npm
            }
        };
        // Outside the checkout, whose settings are not meant for it.
        process::run(command.current_dir(root))
    }

    fn is_in(&self, dir: &Path) -> bool {
        self.programs.iter().all(|program| {
            let printed = process::output(Command::new(dir.join(program)).arg("--version"));
            printed.is_ok_and(|printed| says(&printed, &self.version))
        })
    }
}

impl Source {
    /// Where the programs are inside the tool's folder.
    fn programs(&self) -> &'static str {
        match self {
            Self::Cargo { .. } => "bin",
            Self::Npm => "node_modules/.bin",
        }
    }

    fn effort(&self) -> &'static str {
        match self {
            Self::Cargo { .. } => "building it with cargo, once; this takes some minutes",
            Self::Npm => "installing it with npm, once",
        }
    }
}

/// Makes sure that the compiler can build for browsers.
pub(crate) fn set_up_wasm_target() -> Result<()> {
    if has_wasm_target()? {
        return Ok(());
    }
    step(
        format_args!("the target {WASM}: adding it with rustup, once"),
        || {
            let mut rustup = Command::new("rustup");
            rustup
                .current_dir(workspace::root())
                .args(["target", "add", WASM]);
            process::run(&mut rustup).with_context(|| {
                format!(
                    "to get it by hand: rustup target add {WASM}, or your system's package of it"
                )
            })
        },
    )
}

/// Whether the compiler can build for browsers.
pub(crate) fn has_wasm_target() -> Result<bool> {
    let mut rustc = Command::new("rustc");
    rustc
        .current_dir(workspace::root())
        .args(["--print", "target-libdir", "--target", WASM]);
    let printed = process::output(&mut rustc).context("is Rust installed? See rustup.rs")?;
    Ok(Path::new(printed.trim()).is_dir())
}

/// `PATH` with these folders before it.
pub(crate) fn path_with(first: &[PathBuf]) -> Result<OsString> {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(first.iter().cloned().chain(std::env::split_paths(&rest)))
        .context("a folder of the tools can't stand in PATH")
}

/// Whether one of the printed words is the version.
fn says(printed: &str, version: &str) -> bool {
    printed.split_whitespace().any(|word| word == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_whole_word() {
        assert!(says("wasm-opt version 132 (version_132)\n", "132"));
        assert!(says("trunk 0.21.14\n", "0.21.14"));
        assert!(!says("trunk 0.21.14-beta.1\n", "0.21.14"));
        assert!(!says("wasm-bindgen 0.2.130\n", "0.2.13"));
    }

    #[test]
    fn trunk_is_told_the_version_of_wasm_opt() {
        let trunk = std::fs::read_to_string(workspace::root().join("Trunk.toml")).unwrap();
        let wanted = format!("wasm_opt = \"version_{}\"", wasm_opt().version);
        assert!(trunk.contains(&wanted), "Trunk.toml lacks {wanted}");
    }
}
