//! WebKitGTK for the Tauri window: the library to build it with, and the driver for its tests.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::apt::apt_install;
use super::path::program;
use crate::process;
use crate::step::step;

/// The library that the window's program is linked with, by its pkg-config name.
const LIBRARY: &str = "webkit2gtk-4.1";

const LIBRARY_ADVICE: &str = "to get it by hand: install WebKitGTK 4.1 with what programs are built with \
    (Debian: apt-get install libwebkit2gtk-4.1-dev pkg-config)";

const DRIVER_ADVICE: &str = "to get them by hand: install WebKitGTK's driver and Xvfb \
    (Debian: apt-get install webkit2gtk-driver xvfb), or say where they are with ORCHARD_WEBKIT_DRIVER and ORCHARD_XVFB";

/// The window's WebDriver, and the display that it is shown on.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) driver: PathBuf,
    pub(crate) xvfb: PathBuf,
}

/// Returns the version of the library, if it is installed.
pub(crate) fn library() -> Option<String> {
    let version = process::output(Command::new("pkg-config").args(["--modversion", LIBRARY]));
    version.ok().map(|version| version.trim().to_owned())
}

/// Installs the library from the system's packages if it is missing, where that is allowed.
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

/// Finds driver and display, or installs them from the system's packages where that is allowed.
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

/// Finds driver and display.
fn driver() -> Option<Driver> {
    Some(Driver {
        driver: program("ORCHARD_WEBKIT_DRIVER", &["WebKitWebDriver"])?,
        xvfb: program("ORCHARD_XVFB", &["Xvfb"])?,
    })
}
