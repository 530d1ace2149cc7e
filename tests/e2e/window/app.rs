//! The running program, its display, its driver and its server.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::Stage;
use crate::backend::{self, User};
use crate::environment::Environment;
use crate::http::Http;
use crate::page::Page;
use crate::process::Guarded;
use crate::wait::wait_for;
use crate::webdriver::Session;

/// What a window's page comes from: the server must allow it.
const ORIGIN: &str = "tauri://localhost";

/// A player's device with the program on it, and the server that its settings name.
#[derive(Debug)]
pub(crate) struct Device<'a> {
    pub(crate) user: User,
    pub(crate) server: String,
    stage: Stage<'a>,
    /// The player's own folder. What is kept on the device is in it.
    home: TempDir,
    /// As X calls it.
    display: String,
    _display: Guarded,
    _server: Guarded,
    _data: TempDir,
}

impl<'a> Device<'a> {
    pub(crate) fn new(stage: Stage<'a>) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let database = data.path().join("orchard.sqlite3");
        let mut command = Command::new(&stage.surroundings.server);
        command.args([
            "--api-only",
            "--listen",
            "127.0.0.1:0",
            "--cors-origin",
            ORIGIN,
        ]);
        command.arg("--database").arg(&database);
        let (server, port) = Guarded::start(&command, backend::port_of);
        let user = backend::demo_account(&stage.surroundings.server, &database);

        let mut command = Command::new(&stage.surroundings.display);
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "800x1000x24",
            "-nolisten",
            "tcp",
        ]);
        let (xvfb, display) = Guarded::start(&command, |line| line.parse::<u16>().ok());
        let device = Self {
            user,
            server: format!("http://127.0.0.1:{port}"),
            stage,
            home: tempfile::tempdir().expect("a temporary folder"),
            display: format!(":{display}"),
            _display: xvfb,
            _server: server,
            _data: data,
        };
        device.prepare();
        device
    }

    /// Opens the window.
    pub(crate) fn open(&self) -> Window<'a> {
        let port = free_port();
        let mut driver = Command::new("env");
        driver
            .arg("--ignore-environment")
            .arg(format!(
                "PATH={}",
                std::env::var("PATH").unwrap_or_default()
            ))
            .arg(format!("HOME={}", self.home.path().display()))
            .arg(format!("XDG_RUNTIME_DIR={}", self.home.path().display()))
            .arg(format!("DISPLAY={}", self.display))
            .args([
                "LANG=C.UTF-8",
                "NO_AT_BRIDGE=1",
                "TAURI_WEBVIEW_AUTOMATION=true",
            ])
            .arg(&self.stage.surroundings.driver)
            .arg(format!("--port={port}"));
        let driver = Guarded::spawn(&driver);
        let url = format!("http://127.0.0.1:{port}");
        let http = Http::new();
        wait_for("the driver", || http.fetch(&format!("{url}/status")));
        let options = json!({ "binary": self.starter(), "args": [] });
        let session = Session::start(&url, &json!({ "webkitgtk:browserOptions": options }));
        let process = fs::read_to_string(self.home.path().join("process"));
        Window {
            page: Page::unrecorded(session),
            case: self.stage.case,
            process: process.expect("the program was started").trim().to_owned(),
            driver,
        }
    }

    /// The folder that the program keeps its things in.
    pub(crate) fn kept(&self) -> PathBuf {
        self.home.path().join(".local/share/game.mofang.orchard")
    }

    /// Writes the settings, and a script that starts the program and leaves its number behind.
    fn prepare(&self) {
        let config = self.home.path().join(".config/game.mofang.orchard");
        fs::create_dir_all(&config).expect("a folder for the settings");
        let settings = json!({ "socket_server": self.server, "language": "zh" });
        fs::write(config.join("settings.json"), settings.to_string()).expect("settings");
        let program = self.stage.surroundings.installed.program();
        let script = format!(
            "#!/bin/sh\necho $$ > \"$HOME/process\"\nexec '{}' \"$@\"\n",
            program.display()
        );
        fs::write(self.starter(), script).expect("a script");
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(self.starter(), executable).expect("a script that can be run");
    }

    fn starter(&self) -> PathBuf {
        self.home.path().join("start")
    }
}

/// The window, and the page in it.
#[derive(Debug)]
pub(crate) struct Window<'a> {
    pub(crate) page: Page,
    case: &'a str,
    /// The program's number.
    process: String,
    /// Last: it is ended when nobody uses it any more.
    driver: Guarded,
}

impl Window<'_> {
    pub(crate) fn is_open(&self) -> bool {
        // Who has ended may still be there, until its parent has looked.
        let status = Path::new("/proc").join(&self.process).join("stat");
        fs::read_to_string(status).is_ok_and(|status| !status.contains(") Z "))
    }

    pub(crate) fn wait_until_closed(&self) {
        wait_for("the program to end", || {
            if self.is_open() {
                Err("it runs".into())
            } else {
                Ok(())
            }
        });
    }

    /// Closes it as a player does, and waits until all is kept.
    pub(crate) fn close(&self) {
        self.page.click("back");
        self.wait_until_closed();
    }

    /// What a promise in the page becomes: its value, or in `error` what it was refused with.
    pub(crate) fn outcome(&self, promise: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];
            (async () => {promise})().then(done, (error) => done({{ error: String(error) }}));"
        );
        self.page.session().run_async(&script, &[])
    }
}

impl Drop for Window<'_> {
    /// Leaves behind what a failed case saw.
    fn drop(&mut self) {
        if !thread::panicking() {
            return;
        }
        let folder = Environment::evidence().join(format!("window-{}", self.case));
        // Whatever is wrong with the folder, the first fault is the one to tell.
        let _ = fs::create_dir_all(&folder);
        let _ = fs::write(folder.join("program.log"), self.driver.written());
        if let Ok(picture) = self.page.session().screenshot()
            && let Ok(picture) = BASE64_STANDARD.decode(picture)
        {
            let _ = fs::write(folder.join("page.png"), picture);
        }
        eprintln!("what the case saw is in {}", folder.display());
    }
}

/// A port that nobody listens on at the moment.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("a port").port()
}
