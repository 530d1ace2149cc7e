//! WebKitGTK, for the page in a window of its own: what the window is built with, and what its tests drive it by.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::apt::apt_install;
use super::path::program;
use crate::process;
use crate::step::step;

/// What the window's program is linked with, as pkg-config calls it.
const LIBRARY: &str = "webkit2gtk-4.1";

const LIBRARY_ADVICE: &str = "to get it by hand: install WebKitGTK 4.1 with what programs are built with \
    (Debian: apt-get install libwebkit2gtk-4.1-dev pkg-config)";

const DRIVER_ADVICE: &str = "to get them by hand: install WebKitGTK's driver and Xvfb \
    (Debian: apt-get install webkit2gtk-driver xvfb), or say where they are with ORCHARD_WEBKIT_DRIVER and ORCHARD_XVFB";

/// What drives the window, and the display that it is shown on.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) driver: PathBuf,
    pub(crate) xvfb: PathBuf,
}

/// The version of the library at hand.
pub(crate) fn library() -> Option<String> {
    let version = process::output(Command::new("pkg-config").args(["--modversion", LIBRARY]));
    version.ok().map(|version| version.trim().to_owned())
}

/// Makes sure that the library is there; installed from the system's packages where that is allowed.
pub(crate) fn set_up_library() -> Result<()> {
    if library().is_some() {
        return Ok(());
    }
    step(
        "WebKitGTK: installing it from the system's packages, once",
        || apt_install(&["libwebkit2gtk-4.1-dev", "pkg-config"]).context(LIBRARY_ADVICE),
    )?;
    library().map(drop).context(LIBRARY_ADVICE)
}

/// The driver and the display at hand; installed from the system's packages where that is allowed.
pub(crate) fn set_up_driver() -> Result<Driver> {
    if let Some(driver) = driver() {
        return Ok(driver);
    }
    step(
        "WebKitGTK's driver and Xvfb: installing them from the system's packages, once",
        || apt_install(&["webkit2gtk-driver", "xvfb"]).context(DRIVER_ADVICE),
    )?;
    driver().context(DRIVER_ADVICE)
}

/// The driver and the display at hand, if both are.
fn driver() -> Option<Driver> {
    Some(Driver {
        driver: program("ORCHARD_WEBKIT_DRIVER", &["WebKitWebDriver"])?,
        xvfb: program("ORCHARD_XVFB", &["Xvfb"])?,
    })
}
