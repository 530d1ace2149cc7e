//! The browser engines, and how each is started.

use std::fmt;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::Paths;
use crate::http::{Http, LANGUAGE};
use crate::process::Guarded;
use crate::webdriver::Session;

/// The engine that runs the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// Blink.
    Chromium,
    /// Gecko.
    Firefox,
    WebKit,
}

/// A browser, with its driver and its display.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) session: Session,
    // The order of the fields is the order in which they are dropped.
    _driver: Guarded,
    _display: Option<Guarded>,
    _home: TempDir,
}

impl Engine {
    pub(crate) const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// Opens a new browser with an empty profile.
    pub(crate) fn open(self, paths: &Paths) -> Browser {
        let home = tempfile::tempdir().expect("a temporary folder");
        let display = (self == Self::WebKit).then(|| display(paths));
        let http = Http::new();
        let (driver, port) = Guarded::start_on_a_port(
            |port| {
                let mut command = Command::new("env");
                command
                    .arg(format!("HOME={}", home.path().display()))
                    .arg(format!("XDG_RUNTIME_DIR={}", home.path().display()))
                    .args([
                        "LANG=C.UTF-8",
                        "LANGUAGE=zh_CN",
                        "NO_AT_BRIDGE=1",
                        "GSETTINGS_BACKEND=memory",
                    ]);
                if let Some((_, display)) = &display {
                    command.arg(format!("DISPLAY=:{display}"));
                }
                command
                    .arg(match self {
                        Self::Chromium => &paths.chromedriver,
                        Self::Firefox => &paths.geckodriver,
                        Self::WebKit => &paths.webkitdriver,
                    })
                    .arg(format!("--port={port}"));
                command
            },
            |port| {
                http.fetch(&format!("http://127.0.0.1:{port}/status"))
                    .map(drop)
            },
        );
        let url = format!("http://127.0.0.1:{port}");
        Browser {
            session: Session::start(&url, &self.capabilities(paths)),
            _driver: driver,
            _display: display.map(|(display, _)| display),
            _home: home,
        }
    }

    fn capabilities(self, paths: &Paths) -> Value {
        match self {
            Self::Chromium => json!({
                "browserName": "chrome",
                "goog:chromeOptions": {
                    "binary": paths.chromium,
                    "args": [
                        "--headless=new",
                        "--no-sandbox",
                        "--no-proxy-server",
                        format!("--accept-lang={LANGUAGE}"),
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-dev-shm-usage",
                        "--disable-sync",
                        "--mute-audio",
                        "--no-first-run",
                        "--window-size=412,915",
                    ],
                },
            }),
            Self::Firefox => json!({
                "browserName": "firefox",
                "moz:firefoxOptions": {
                    "binary": paths.firefox,
                    "args": ["-headless", "--width=412", "--height=915"],
                    "prefs": {
                        "intl.accept_languages": LANGUAGE,
                        "network.proxy.type": 0,
                        // No network requests except those of the page.
                        "network.captive-portal-service.enabled": false,
                        "network.connectivity-service.enabled": false,
                        "services.settings.server": "http://127.0.0.1:9/",
                        "media.gmp-manager.updateEnabled": false,
                        "media.volume_scale": "0.0",
                    },
                },
            }),
            Self::WebKit => json!({
                "browserName": "MiniBrowser",
                "webkitgtk:browserOptions": {
                    "binary": paths.minibrowser,
                    "args": ["--automation"],
                },
            }),
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        })
    }
}

/// Starts a virtual display and returns its number.
fn display(paths: &Paths) -> (Guarded, u16) {
    let mut command = Command::new(&paths.display);
    command.args([
        "-displayfd",
        "1",
        "-screen",
        "0",
        "1440x1000x24",
        "-nolisten",
        "tcp",
    ]);
    Guarded::start(&command, |line| line.parse().ok())
}
