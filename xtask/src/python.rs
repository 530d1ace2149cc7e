//! The Python environment that the Flask server of the tests runs in.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::stamp::Stamp;
use crate::step::step;
use crate::{browser, cache, process, workspace};

const REQUIREMENTS: &str = "tests/servers/flask/requirements.txt";

const ADVICE: &str = "to get it by hand: install Python 3.10 or newer with venv and pip \
    (Debian: apt-get install python3-venv)";

/// The interpreter of an environment with exactly what the requirements say.
pub(crate) fn set_up() -> Result<PathBuf> {
    let home = home()?;
    let python = interpreter(&home);
    let whole = home.join("whole");
    if !whole.exists() {
        step(
            "Python: installing what the Flask server needs, once",
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
                process::run(
                    pip.arg("--requirement")
                        .arg(workspace::root().join(REQUIREMENTS)),
                )?;
                // An environment can't be moved: this file, written last, tells one that was interrupted.
                std::fs::write(&whole, "").context("could not finish the environment")
            },
        )?;
    }
    Ok(python)
}

/// The environment's folder in the cache, by what is to be in it.
pub(crate) fn home() -> Result<PathBuf> {
    let mut stamp = Stamp::default();
    stamp
        .contents(workspace::root(), REQUIREMENTS)?
        .text(&version()?);
    Ok(cache::dir("python")?.join(stamp.key()))
}

/// What the system's Python says of itself.
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
    // Debian's Python comes without venv.
    venv()
        .or_else(|_| {
            browser::apt_install(&["python3-venv"])?;
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
