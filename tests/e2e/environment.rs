//! The paths of files and programs, which `cargo xtask test` passes in environment variables.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The paths that the tests need.
#[derive(Debug)]
pub(crate) struct Environment {
    /// The release build of the page, or the gallery.
    pub(crate) dist: PathBuf,
    /// The binary of the default server.
    pub(crate) server: PathBuf,
    /// A Python with `tests/servers/flask/requirements.txt` installed.
    pub(crate) python: PathBuf,
    pub(crate) chromedriver: PathBuf,
    pub(crate) chromium: PathBuf,
    /// The source of axe-core.
    pub(crate) axe: String,
}

impl Environment {
    pub(crate) fn read() -> Result<Self, String> {
        Ok(Self {
            dist: path("ORCHARD_DIST")?,
            server: path("ORCHARD_SERVER")?,
            python: path("ORCHARD_PYTHON")?,
            chromedriver: path("ORCHARD_CHROMEDRIVER")?,
            chromium: path("ORCHARD_CHROMIUM")?,
            axe: text("ORCHARD_AXE")?,
        })
    }

    /// Returns the page as an APICloud app packages it: a folder with `html/orchard.html` in it.
    pub(crate) fn widget() -> PathBuf {
        path("ORCHARD_WIDGET").unwrap_or_else(|missing| panic!("{missing}"))
    }

    /// Returns the program that serves the page during development.
    pub(crate) fn trunk() -> PathBuf {
        path("ORCHARD_TRUNK").unwrap_or_else(|missing| panic!("{missing}"))
    }

    /// Returns the folder of the tests and their servers.
    pub(crate) fn tests() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
    }

    /// Returns the folder for the evidence of failed cases; each of several rounds has its own.
    pub(crate) fn evidence() -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("e2e");
        match env::var("ORCHARD_ROUND") {
            Ok(round) => folder.join(format!("round-{round}")),
            Err(_) => folder,
        }
    }
}

fn path(variable: &str) -> Result<PathBuf, String> {
    let path = env::var_os(variable)
        .map(PathBuf::from)
        .ok_or_else(|| format!("{variable} is not set: run `cargo xtask test`"))?;
    if !path.exists() {
        let path = path.display();
        return Err(format!(
            "{variable}: there is no {path}: run `cargo xtask test`"
        ));
    }
    Ok(path)
}

fn text(variable: &str) -> Result<String, String> {
    let path = path(variable)?;
    fs::read_to_string(&path).map_err(|error| format!("{variable}: {}: {error}", path.display()))
}
