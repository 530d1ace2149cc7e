//! A program that is installed if it is missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::cache;
use super::path::path_with;
use crate::process;
use crate::step::{note, step};

/// A program in one pinned version, which can be installed into the cache.
#[derive(Debug)]
pub(crate) struct Tool {
    /// The package that contains it, which also names its folder in the cache.
    pub(super) package: &'static str,
    /// The package's version.
    pub(super) package_version: String,
    /// The programs in the package that are needed.
    pub(super) programs: &'static [&'static str],
    /// The version that these programs report.
    pub(crate) version: String,
    pub(super) source: Source,
}

/// Where a program comes from.
#[derive(Debug)]
pub(super) enum Source {
    /// crates.io: prebuilt by `cargo binstall` where that is at hand, else built by `cargo
    /// install`.
    Cargo {
        /// With its own Cargo.lock. A version locked there may no longer be in the registry.
        locked: bool,
        /// With its default features, which a build by hand has in any case.
        default_features: bool,
        /// The packages that do most of its work, so that they are optimized.
        optimized: &'static [&'static str],
    },
    /// Installed by npm.
    Npm,
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

    /// The folder of its programs, if this version is in the cache or on `PATH`.
    pub(crate) fn found(&self) -> Result<Option<PathBuf>> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let cached = self.home()?.join(self.source.programs());
        Ok(std::iter::once(cached)
            .chain(std::env::split_paths(&path))
            .find(|dir| self.is_in(dir)))
    }

    /// Installs it if it is missing; returns the folder of its programs.
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

    /// A command that runs it; installs it if it is missing.
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
            Source::Cargo { locked, .. } => {
                let locked = if locked { "--locked " } else { "" };
                format!("to get it by hand: cargo install {locked}{package}@{version}")
            }
            Source::Npm => format!(
                "to get it by hand: install Node.js with npm, then npm install --global {package}@{version}"
            ),
        }
    }

    fn install(&self, root: &Path) -> Result<()> {
        let package = format!("{}@{}", self.package, self.package_version);
        let mut command = match self.source {
            Source::Cargo {
                locked,
                default_features,
                optimized,
            } => {
                if has_binstall() {
                    match process::run(binstall(root, &package).current_dir(root)) {
                        Ok(()) => return Ok(()),
                        Err(error) => note(format_args!("{error:#}: building {package} instead")),
                    }
                }
                let mut cargo = Command::new("cargo");
                cargo.args(["install", "--quiet", &package, "--root"]);
                cargo.arg(root);
                for package in optimized {
                    let level = format!("profile.release.package.{package}.opt-level=1");
                    cargo.args(["--config", &level]);
                }
                for program in self.programs {
                    cargo.args(["--bin", program]);
                }
                if locked {
                    cargo.arg("--locked");
                }
                if !default_features {
                    cargo.arg("--no-default-features");
                }
                // Build it with its own settings, and in less time instead of for speed: it runs
                // for a few seconds.
                cargo.env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS");
                cargo.env("CARGO_PROFILE_RELEASE_LTO", "off");
                cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
                cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
                cargo
            }
            Source::Npm => {
                let mut npm = Command::new("npm");
                npm.args(["install", "--no-audit", "--no-fund", "--loglevel=error"]);
                npm.arg("--prefix").arg(root).arg(package);
                npm
            }
        };
        // Run it outside the checkout, whose settings do not apply to it.
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

/// Returns whether `cargo binstall`, which downloads prebuilt programs, is installed.
fn has_binstall() -> bool {
    process::output(Command::new("cargo").args(["binstall", "-V"])).is_ok()
}

/// Downloads a package's programs and never builds them: the code here does that, and faster.
fn binstall(root: &Path, package: &str) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args([
        "binstall",
        "--no-confirm",
        "--disable-telemetry",
        "--no-track",
    ]);
    cargo.args(["--log-level", "warn", "--disable-strategies", "compile"]);
    cargo.arg("--root").arg(root).arg(package);
    cargo
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
}
