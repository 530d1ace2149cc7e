//! What the tests in `tests/` are handed: the built page, the server, the browser, and what other servers run on.

use std::ffi::OsString;

use anyhow::Result;

use crate::{browser, node, page, python, server, workspace};

/// Sets all of it up, and returns the variables that say where it is.
pub(crate) fn set_up() -> Result<Vec<(&'static str, OsString)>> {
    let browser = browser::set_up()?;
    let python = python::set_up()?;
    let modules = node::set_up()?;
    page::build()?;
    let server = server::build()?;
    Ok(vec![
        ("ORCHARD_DIST", workspace::dist().into()),
        ("ORCHARD_SERVER", server.into()),
        ("ORCHARD_PYTHON", python.into()),
        ("ORCHARD_NODE_MODULES", modules.into()),
        ("ORCHARD_CHROMIUM", browser.chromium.into()),
        ("ORCHARD_CHROMEDRIVER", browser.driver.into()),
    ])
}
