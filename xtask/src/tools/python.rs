//! Python environments: for the Flask servers of tests and bench, and for typos.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{apt, cache};
use crate::stamp::Stamp;
use crate::step::step;
use crate::{process, workspace};

const ADVICE: &str = "to get it by hand: install Python 3.10 or newer with venv and pip \
    (Debian: apt-get install python3-venv)";

/// Packages that are installed together, by one `requirements.txt`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Environment {
    /// For the servers of the tests.
    Tests,
    /// For the peer of the default server in the benchmarks.
    Load,
    /// typos, the spelling checker.
    Spelling,
}

impl Environment {
    pub(crate) const ALL: [Self; 3] = [Self::Tests, Self::Load, Self::Spelling];

    /// Installs exactly the packages of the requirements; returns the environment's interpreter.
    pub(crate) fn set_up(self) -> Result<PathBuf> {
        let home = self.home()?;
        let python = interpreter(&home);
        let whole = home.join("whole");
        if !whole.exists() {
            step(
                format_args!("Python: installing {}, once", self.what()),
                || {
                    cache::remove(&home)?;
                    create(&home)?;
                    let mut pip = Command::new(&python);
                    pip.args([
                        "-m",
                        "pip",
                        "install",
                        "--quiet",
                        "--no-input",
                        "--disable-pip-version-check",
                    ]);
                    process::run(pip.arg("--requirement").arg(self.file()))?;
                    // An environment can't be moved: this file, written last, marks a complete one.
                    std::fs::write(&whole, "").context("could not finish the environment")
                },
            )?;
        }
        Ok(python)
    }

    /// Returns a command that runs a program of the environment.
    pub(crate) fn command(self, program: &str) -> Result<Command> {
        let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
        Ok(Command::new(self.set_up()?.with_file_name(file)))
    }

    /// Returns the environment's folder in the cache.
    pub(crate) fn home(self) -> Result<PathBuf> {
        let mut stamp = Stamp::default();
        stamp
            .contents(workspace::root(), self.requirements())?
            .text(&version()?);
        Ok(cache::dir("python")?.join(stamp.key()))
    }

    /// Returns the version of a package in the environment.
    pub(crate) fn version_of(self, package: &str) -> Result<String> {
        let file = self.file();
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("could not read {}", file.display()))?;
        let mut pins = text.lines().filter_map(|line| line.split_once("=="));
        pins.find(|(name, _)| *name == package)
            .map(|(_, version)| version.trim().to_owned())
            .with_context(|| format!("{} does not name {package}", file.display()))
    }

    fn file(self) -> PathBuf {
        workspace::root().join(self.requirements())
    }

    fn requirements(self) -> &'static str {
        match self {
            Self::Tests => "tests/servers/flask/requirements.txt",
            Self::Load => "tests/servers/gevent/requirements.txt",
            Self::Spelling => "tests/spelling/requirements.txt",
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::Tests => "what the Flask server needs",
            Self::Load => "what the bench's Flask server needs",
            Self::Spelling => "what looks for misspelt words",
        }
    }
}

/// Returns the version of the system's Python.
pub(crate) fn version() -> Result<String> {
    let mut python = Command::new(system_python());
    let version = process::output(python.args(["-c", "import sys; print(sys.version)"]));
    Ok(version.context(ADVICE)?.trim().to_owned())
}

fn create(home: &Path) -> Result<()> {
    let venv = || {
        let mut python = Command::new(system_python());
        process::run(python.args(["-m", "venv"]).arg(home))
    };
    // On Debian, venv is a package of its own.
    venv()
        .or_else(|_| {
            apt::apt_install(&["python3-venv"])?;
            cache::remove(home)?;
            venv()
        })
        .context(ADVICE)
}

fn system_python() -> &'static str {
    if cfg!(windows) { "python" } else { "python3" }
}

fn interpreter(home: &Path) -> PathBuf {
    home.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_requirements_name_versions() {
        let version = Environment::Load.version_of("gevent").unwrap();
        assert!(version.starts_with(|first: char| first.is_ascii_digit()));
        assert!(Environment::Tests.version_of("gevent").is_err());
    }
}
