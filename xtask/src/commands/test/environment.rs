//! The environment variables of the tests in `tests/`: paths of the built page, servers and
//! browsers.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;

use crate::page::{self, gallery};
use crate::servers::orchard_server;
use crate::tools::node::Packages;
use crate::tools::{self, browser, engines, node, python, webkit};
use crate::{package, workspace};

/// Variables for the tests.
type Variables = Vec<(&'static str, OsString)>;

/// Builds and installs what the end-to-end tests need, and returns the variables with its paths.
pub(crate) fn set_up() -> Result<Variables> {
    let modules = node::set_up()?;
    // Builds the page, too.
    let widget = package::widget()?;
    let mut variables = with(workspace::dist())?;
    variables.push(("ORCHARD_WIDGET", widget.into()));
    variables.push(("ORCHARD_NODE_MODULES", modules.into()));
    let trunk = format!("trunk{}", std::env::consts::EXE_SUFFIX);
    let trunk = tools::trunk().set_up()?.join(trunk);
    variables.push(("ORCHARD_TRUNK", trunk.into()));
    Ok(variables)
}

/// Like [`set_up`], for the gallery, which compares with the accepted pictures or accepts new ones.
pub(crate) fn for_gallery(accept: bool) -> Result<Variables> {
    let mut variables = with(gallery::build()?)?;
    let what = if accept { "accept" } else { "compare" };
    variables.push(("ORCHARD_GALLERY", what.into()));
    Ok(variables)
}

/// Like [`set_up`], for the CDN package in each browser engine.
pub(crate) fn for_engines() -> Result<Variables> {
    let browser = browser::set_up()?;
    let engines = engines::set_up()?;
    let nginx = engines::set_up_nginx()?;
    page::build()?;
    let xtask = workspace::program()?;
    Ok(vec![
        ("ORCHARD_ENGINES", "all".into()),
        ("ORCHARD_XTASK", xtask.into()),
        ("ORCHARD_SERVER", orchard_server::build()?.into()),
        ("ORCHARD_NGINX", nginx.program.into()),
        ("ORCHARD_NGINX_BROTLI", nginx.brotli.into()),
        ("ORCHARD_CHROMIUM", browser.chromium.into()),
        ("ORCHARD_CHROMEDRIVER", browser.driver.into()),
        ("ORCHARD_FIREFOX", engines.firefox.into()),
        ("ORCHARD_GECKODRIVER", engines.geckodriver.into()),
        ("ORCHARD_MINIBROWSER", engines.minibrowser.into()),
        ("ORCHARD_WEBKIT_DRIVER", engines.webkitdriver.into()),
        ("ORCHARD_XVFB", engines.display.into()),
    ])
}

/// Like [`set_up`], for the Tauri window: its package and its WebDriver.
pub(crate) fn for_window() -> Result<Variables> {
    let driver = webkit::set_up_driver()?;
    browser::set_up_font()?;
    Ok(vec![
        ("ORCHARD_WINDOW_PACKAGE", package::tauri::plain()?.into()),
        ("ORCHARD_SERVER", orchard_server::build()?.into()),
        ("ORCHARD_WEBKIT_DRIVER", driver.driver.into()),
        ("ORCHARD_XVFB", driver.xvfb.into()),
    ])
}

fn with(dist: PathBuf) -> Result<Variables> {
    let browser = browser::set_up()?;
    let judges = Packages::Page.set_up()?;
    Ok(vec![
        ("ORCHARD_DIST", dist.into()),
        ("ORCHARD_SERVER", orchard_server::build()?.into()),
        (
            "ORCHARD_PYTHON",
            python::Environment::Tests.set_up()?.into(),
        ),
        ("ORCHARD_AXE", judges.join("axe-core/axe.min.js").into()),
        ("ORCHARD_CHROMIUM", browser.chromium.into()),
        ("ORCHARD_CHROMEDRIVER", browser.driver.into()),
    ])
}
