//! Firefox, WebKitGTK and nginx, for the tests of the page in several browser engines.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::apt::{apt_download, apt_install};
use super::path::program;
use super::{cache, geckodriver};
use crate::process;
use crate::step::step;

const ADVICE: &str = "to get them by hand (Debian): apt-get install firefox-esr webkit2gtk-driver xvfb; \
    or say where they are with ORCHARD_FIREFOX, ORCHARD_MINIBROWSER, ORCHARD_WEBKIT_DRIVER and ORCHARD_XVFB";

const NGINX_ADVICE: &str =
    "to get it by hand (Debian): apt-get install nginx libnginx-mod-http-brotli-static";

/// Paths of WebKitGTK's own test browser, which is not on `PATH`.
const MINIBROWSERS: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/webkit2gtk-4.1/MiniBrowser",
];

/// The nginx module that serves `.br` files, relative to the root of the installation.
const BROTLI: &str = "usr/lib/nginx/modules/ngx_http_brotli_static_module.so";

/// Browsers, their WebDrivers, and the display.
#[derive(Debug)]
pub(crate) struct Engines {
    pub(crate) firefox: PathBuf,
    pub(crate) geckodriver: PathBuf,
    pub(crate) minibrowser: PathBuf,
    pub(crate) webkitdriver: PathBuf,
    pub(crate) display: PathBuf,
}

/// Finds the browsers, or installs them from the system's packages where that is allowed.
pub(crate) fn set_up() -> Result<Engines> {
    geckodriver().set_up()?;
    if let Some(engines) = found()? {
        return Ok(engines);
    }
    step(
        "Firefox and WebKitGTK: installing them from the system's packages, once",
        || apt_install(&["firefox-esr", "webkit2gtk-driver", "xvfb"]).context(ADVICE),
    )?;
    found()?.context(ADVICE)
}

/// Finds the browsers, if all are installed.
fn found() -> Result<Option<Engines>> {
    let [firefox, geckodriver, minibrowser, webkitdriver, display] = parts()?.map(|(_, it)| it);
    let all = || {
        Some(Engines {
            firefox: firefox?,
            geckodriver: geckodriver?,
            minibrowser: minibrowser?,
            webkitdriver: webkitdriver?,
            display: display?,
        })
    };
    Ok(all())
}

/// Returns the name of each part, and its path if it is installed.
pub(crate) fn parts() -> Result<[(&'static str, Option<PathBuf>); 5]> {
    let driver = geckodriver().found()?;
    Ok([
        (
            "Firefox",
            program("ORCHARD_FIREFOX", &["firefox-esr", "firefox"]),
        ),
        ("geckodriver", driver.map(|dir| dir.join("geckodriver"))),
        ("MiniBrowser", program("ORCHARD_MINIBROWSER", &MINIBROWSERS)),
        (
            "WebKitWebDriver",
            program("ORCHARD_WEBKIT_DRIVER", &["WebKitWebDriver"]),
        ),
        ("Xvfb", program("ORCHARD_XVFB", &["Xvfb"])),
    ])
}

/// nginx and its brotli module.
#[derive(Debug)]
pub(crate) struct Nginx {
    pub(crate) program: PathBuf,
    pub(crate) brotli: PathBuf,
}

/// Finds nginx with its module.
pub(crate) fn nginx() -> Result<Option<Nginx>> {
    Ok(Nginx::below(Path::new("/")).or(Nginx::below(&nginx_home()?)))
}

/// Finds nginx, or unpacks Debian's package into the cache: installing it would start a server.
pub(crate) fn set_up_nginx() -> Result<Nginx> {
    if let Some(nginx) = nginx()? {
        return Ok(nginx);
    }
    step("nginx: unpacking the system's packages of it, once", || {
        cache::fill(&nginx_home()?, unpack_nginx).context(NGINX_ADVICE)
    })?;
    nginx()?.context(NGINX_ADVICE)
}

/// Returns the folder of nginx in the cache.
pub(crate) fn nginx_home() -> Result<PathBuf> {
    Ok(cache::dir("tools")?.join("nginx-debian"))
}

impl Nginx {
    fn below(root: &Path) -> Option<Self> {
        let nginx = Self {
            program: root.join("usr/sbin/nginx"),
            brotli: root.join(BROTLI),
        };
        (nginx.program.is_file() && nginx.brotli.is_file()).then_some(nginx)
    }
}

fn unpack_nginx(root: &Path) -> Result<()> {
    apt_download(&["nginx", "libnginx-mod-http-brotli-static"], root)?;
    let packages = crate::stamp::files(root)?;
    ensure!(packages.len() == 2, "apt-get left {packages:?}");
    for package in packages {
        let mut dpkg = Command::new("dpkg-deb");
        process::run(dpkg.arg("--extract").arg(&package).arg(root))?;
        std::fs::remove_file(&package)?;
    }
    Ok(())
}
