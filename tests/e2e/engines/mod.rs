//! The page from a CDN, in each browser engine: its package is served by nginx below a path, and
//! its server has another origin.
//!
//! Only Chromium's driver can run a script before the page does and report the WebSocket frames. To
//! observe all three engines in the same way, the recorder is added to the page's own folder, as a
//! script that its policy allows.

mod cases;
mod cdn;
mod engine;
mod files;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use libtest_mimic::Trial;

use cdn::Cdn;
use engine::Engine;

use crate::failure;

/// The paths that these tests need.
#[derive(Debug)]
pub(crate) struct Paths {
    /// The binary of the default server.
    server: PathBuf,
    /// The program that makes the package.
    xtask: PathBuf,
    nginx: PathBuf,
    /// The nginx module that sends the brotli copies.
    brotli: PathBuf,
    chromium: PathBuf,
    chromedriver: PathBuf,
    firefox: PathBuf,
    geckodriver: PathBuf,
    minibrowser: PathBuf,
    webkitdriver: PathBuf,
    display: PathBuf,
}

impl Paths {
    fn read() -> Result<Self, String> {
        Ok(Self {
            server: path("ORCHARD_SERVER")?,
            xtask: path("ORCHARD_XTASK")?,
            nginx: path("ORCHARD_NGINX")?,
            brotli: path("ORCHARD_NGINX_BROTLI")?,
            chromium: path("ORCHARD_CHROMIUM")?,
            chromedriver: path("ORCHARD_CHROMEDRIVER")?,
            firefox: path("ORCHARD_FIREFOX")?,
            geckodriver: path("ORCHARD_GECKODRIVER")?,
            minibrowser: path("ORCHARD_MINIBROWSER")?,
            webkitdriver: path("ORCHARD_WEBKIT_DRIVER")?,
            display: path("ORCHARD_XVFB")?,
        })
    }
}

/// Returns whether these tests were requested, instead of those in Chromium alone.
pub(crate) fn requested() -> bool {
    std::env::var_os("ORCHARD_ENGINES").is_some()
}

pub(crate) fn trials(only_list: bool) -> Vec<Trial> {
    let cdn = if only_list {
        Err("the cases are only listed".to_owned())
    } else {
        Paths::read().map(Cdn::start)
    };
    let cdn = Arc::new(cdn);
    let trial = |name: String, run: Box<dyn Fn(&Cdn) + Send>| {
        let cdn = Arc::clone(&cdn);
        Trial::test(name, move || match &*cdn {
            Ok(cdn) => failure::of(|| run(cdn)),
            Err(missing) => Err(missing.as_str().into()),
        })
    };
    let files = files::ALL
        .iter()
        .map(|&(name, run)| trial(format!("nginx::{name}"), Box::new(run)));
    let pages = Engine::ALL.into_iter().flat_map(|engine| {
        cases::ALL.iter().map(move |&(name, run)| {
            let run = move |cdn: &Cdn| cases::run(cdn, engine, name, run);
            (format!("{engine}::{name}"), run)
        })
    });
    let pages = pages.map(|(name, run)| trial(name, Box::new(run)));
    files.chain(pages).collect()
}

fn path(variable: &str) -> Result<PathBuf, String> {
    let path = std::env::var_os(variable).map(PathBuf::from);
    let path = path.filter(|path| Path::exists(path));
    path.ok_or_else(|| {
        format!("{variable} names no existing path: run `cargo xtask test --only engines`")
    })
}
