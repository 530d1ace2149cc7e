//! The page in its desktop window: the package for this system, installed, started on a virtual
//! display, and driven by WebKit's own driver against the default server.

mod app;
mod cases;
mod installed;

use std::path::PathBuf;
use std::sync::Arc;

use libtest_mimic::Trial;

use installed::Installed;

use crate::failure;

/// The paths that these tests need.
#[derive(Debug)]
struct Paths {
    /// The installed program.
    installed: Installed,
    /// The binary of the default server.
    server: PathBuf,
    driver: PathBuf,
    display: PathBuf,
}

impl Paths {
    fn prepare() -> Result<Self, String> {
        Ok(Self {
            installed: Installed::from(&path("ORCHARD_WINDOW_PACKAGE")?),
            server: path("ORCHARD_SERVER")?,
            driver: path("ORCHARD_WEBKIT_DRIVER")?,
            display: path("ORCHARD_XVFB")?,
        })
    }
}

/// The paths that a case needs, and its name.
#[derive(Clone, Copy, Debug)]
struct Stage<'a> {
    paths: &'a Paths,
    case: &'a str,
}

/// Returns whether these tests were requested, instead of those in Chromium.
pub(crate) fn requested() -> bool {
    std::env::var_os("ORCHARD_WINDOW_PACKAGE").is_some()
}

pub(crate) fn trials(only_list: bool) -> Vec<Trial> {
    let paths = if only_list {
        Err("the cases are only listed".to_owned())
    } else {
        Paths::prepare()
    };
    let paths = Arc::new(paths);
    cases::ALL
        .iter()
        .map(|&(name, run)| {
            let paths = Arc::clone(&paths);
            Trial::test(format!("window::{name}"), move || match &*paths {
                Ok(paths) => failure::of(|| {
                    run(Stage { paths, case: name });
                }),
                Err(missing) => Err(missing.as_str().into()),
            })
        })
        .collect()
}

fn path(variable: &str) -> Result<PathBuf, String> {
    let path = std::env::var_os(variable).map(PathBuf::from);
    let path = path.filter(|path| path.exists());
    path.ok_or_else(|| {
        format!("{variable} names no existing path: run `cargo xtask test --only tauri`")
    })
}
