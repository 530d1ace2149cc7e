//! Chromium and its driver, for the tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::apt::{apt_install, may_install};
use super::path::program;
use crate::process;
use crate::step::step;

const ADVICE: &str = "to get them by hand: install Chromium (or Chrome) and the ChromeDriver of the same version \
    (Debian: apt-get install chromium chromium-driver; macOS: brew install --cask chromium chromedriver), \
    or say where they are with ORCHARD_CHROMIUM and ORCHARD_CHROMEDRIVER";

/// A browser and its WebDriver.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Debian's smallest font with Chinese. Without one, screenshots of failures show boxes for
/// letters.
const FONT: &str = "fonts-wqy-microhei";

/// Finds the browser, or installs it from the system's packages where this is allowed.
pub(crate) fn set_up() -> Result<Browser> {
    set_up_font()?;
    if let Some(browser) = found() {
        return Ok(browser);
    }
    step(
        "Chromium and its driver: installing them from the system's packages, once",
        || apt_install(&["chromium", "chromium-driver"]).context(ADVICE),
    )?;
    found().context(ADVICE)
}

/// Installs the font where that is allowed. No test depends on it.
pub(crate) fn set_up_font() -> Result<()> {
    if !may_install() || has_chinese_font() {
        return Ok(());
    }
    step(
        "a Chinese font: installing it from the system's packages, once",
        || apt_install(&["fontconfig", FONT]),
    )
}

fn has_chinese_font() -> bool {
    process::output(Command::new("fc-list").arg(":lang=zh"))
        .is_ok_and(|list| !list.trim().is_empty())
}

/// Finds the browser and its driver.
pub(crate) fn found() -> Option<Browser> {
    let chromium = program(
        "ORCHARD_CHROMIUM",
        &[
            "chromium",
            "chromium-browser",
            "google-chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        ],
    );
    let driver = program("ORCHARD_CHROMEDRIVER", &["chromedriver"]);
    Some(Browser {
        chromium: chromium?,
        driver: driver?,
    })
}

/// The `webdriver.json` of wasm-bindgen's test runner: the browser and its flags.
pub(crate) fn capabilities(chromium: &Path) -> String {
    // Root needs `--no-sandbox`. The other flags disable network requests of the browser that no
    // test needs.
    let args = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        // Two pages of the browser's own, which make it start more slowly.
        "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
        "--disable-sync",
        "--no-first-run",
        // Tests share a machine: a window in the background must not be throttled.
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
    ];
    let args = args.map(|arg| format!("\"{arg}\"")).join(", ");
    let binary = chromium
        .to_string_lossy()
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    format!("{{ \"goog:chromeOptions\": {{ \"binary\": \"{binary}\", \"args\": [{args}] }} }}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_s_path_is_quoted_as_json() {
        let json = capabilities(Path::new(r#"C:\a "b"\chrome.exe"#));
        assert!(
            json.contains(r#""binary": "C:\\a \"b\"\\chrome.exe""#),
            "{json}"
        );
    }
}
