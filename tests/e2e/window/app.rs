//! The program, with its display, driver and server.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::Stage;
use crate::backend::{self, User};
use crate::environment::Environment;
use crate::failure;
use crate::http::Http;
use crate::page::Page;
use crate::process::Guarded;
use crate::wait::wait_for;
use crate::webdriver::Session;

/// The origin of the page in the window, which the server must allow.
const ORIGIN: &str = "tauri://localhost";

/// A player's device with the installed program, and the server of its settings.
#[derive(Debug)]
pub(crate) struct Device<'a> {
    pub(crate) user: User,
    pub(crate) server: String,
    stage: Stage<'a>,
    /// The player's home folder, which also holds the data that the page stores.
    home: TempDir,
    /// The X display, as in `DISPLAY`.
    display: String,
    _display: Guarded,
    _server: Guarded,
    _data: TempDir,
}

impl<'a> Device<'a> {
    /// Creates a device whose server allows the window's origin.
    pub(crate) fn new(stage: Stage<'a>) -> Self {
        Self::with(stage, &["--cors-origin", ORIGIN])
    }

    /// Creates a device with a server that has these options.
    pub(crate) fn with(stage: Stage<'a>, options: &[&str]) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let database = data.path().join("orchard.sqlite3");
        let mut command = Command::new(&stage.paths.server);
        command.args(["--api-only", "--listen", "127.0.0.1:0"]);
        command.args(options).arg("--database").arg(&database);
        let (server, port) = Guarded::start(&command, backend::port_of);
        let user = backend::demo_account(&stage.paths.server, &database);

        let mut command = Command::new(&stage.paths.display);
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
        device.set(&json!({}));
        device
    }

    /// Writes the player's settings: the server and Chinese, overridden by `changes`.
    pub(crate) fn set(&self, changes: &Value) {
        let mut settings = json!({ "socket_server": self.server, "language": "zh" });
        for (key, value) in changes.as_object().expect("an object") {
            settings[key] = value.clone();
        }
        self.write_settings(&settings.to_string());
    }

    pub(crate) fn write_settings(&self, text: &str) {
        let folder = self.home.path().join(".config/game.mofang.orchard");
        fs::create_dir_all(&folder).expect("a folder for the settings");
        fs::write(folder.join("settings.json"), text).expect("settings");
    }

    /// Opens the window.
    pub(crate) fn open(&self) -> Window<'a> {
        let http = Http::new();
        let (driver, port) = Guarded::start_on_a_port(
            |port| {
                let mut driver = self.command(&self.stage.paths.driver);
                driver.arg(format!("--port={port}"));
                driver
            },
            |port| {
                http.fetch(&format!("http://127.0.0.1:{port}/status"))
                    .map(drop)
            },
        );
        let url = format!("http://127.0.0.1:{port}");
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

    /// Runs the program and waits until it ends by itself. Otherwise it ends with its display.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let program = self.stage.paths.installed.program();
        let mut command = self.command(&program);
        command.args(arguments);
        let pipes = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().expect("the program can be started");
        wait_for("the program to end", || match child.try_wait() {
            Ok(Some(_)) => Ok(()),
            other => Err(format!("{other:?}")),
        });
        child.wait_with_output().expect("its output")
    }

    /// Returns the URLs that were passed to the player's browser, one per line.
    pub(crate) fn opened_in_browser(&self) -> String {
        fs::read_to_string(self.home.path().join("opened")).unwrap_or_default()
    }

    /// Returns the folder of the program's data.
    pub(crate) fn data(&self) -> PathBuf {
        self.home.path().join(".local/share/game.mofang.orchard")
    }

    /// Returns the command `program` for this device, with none of the environment variables of the
    /// tests.
    fn command(&self, program: &Path) -> Command {
        let home = self.home.path().display();
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new("env");
        command
            .arg("--ignore-environment")
            .arg(format!("PATH={home}/bin:{path}"))
            .arg(format!("HOME={home}"))
            .arg(format!("XDG_RUNTIME_DIR={home}"))
            .arg(format!("DISPLAY={}", self.display))
            .args([
                "LANG=C.UTF-8",
                "NO_AT_BRIDGE=1",
                "TAURI_WEBVIEW_AUTOMATION=true",
            ])
            .arg(program);
        command
    }

    /// Writes the programs of the device: a script that starts the program and records its process
    /// id, and a browser that only records the URLs.
    fn prepare(&self) {
        let home = self.home.path();
        let program = self.stage.paths.installed.program();
        let start = format!(
            "echo $$ > \"$HOME/process\"\nexec '{}' \"$@\"",
            program.display()
        );
        write_script(&self.starter(), &start);
        let bin = home.join("bin");
        fs::create_dir(&bin).expect("a folder for programs");
        write_script(&bin.join("xdg-open"), "echo \"$1\" >> \"$HOME/opened\"");
        // Without a graphics card, animations would take all of the processor.
        let gtk = home.join(".config/gtk-3.0");
        fs::create_dir_all(&gtk).expect("a folder for GTK's settings");
        let still = "[Settings]\ngtk-enable-animations=0\n";
        fs::write(gtk.join("settings.ini"), still).expect("GTK's settings");
    }

    fn starter(&self) -> PathBuf {
        self.home.path().join("start")
    }
}

/// The window and its page.
#[derive(Debug)]
pub(crate) struct Window<'a> {
    pub(crate) page: Page,
    case: &'a str,
    /// The process id of the program.
    process: String,
    /// The last field, so that the driver is dropped after its session.
    driver: Guarded,
}

impl Window<'_> {
    pub(crate) fn is_open(&self) -> bool {
        // An ended process remains as a zombie until its parent has read its status.
        let status = Path::new("/proc").join(&self.process).join("stat");
        fs::read_to_string(status).is_ok_and(|status| !status.contains(") Z "))
    }

    fn wait_until_closed(&self) {
        wait_for("the program to end", || {
            if self.is_open() {
                Err("it runs".into())
            } else {
                Ok(())
            }
        });
    }

    /// Closes the window as a player does, and waits until its data are stored.
    pub(crate) fn close(&self) {
        let back = wait_for("the back button", || self.page.find("back"));
        // The window may close before the driver answers.
        let _ = back.click();
        self.wait_until_closed();
    }

    /// Returns the errors that the page and its web view have reported since the window was opened:
    /// panics, and violations of the content security policy.
    pub(crate) fn errors(&self) -> Vec<String> {
        const MARK: &str = "end of the output";
        let marks = |written: &str| written.matches(MARK).count();
        let before = marks(&self.driver.written());
        self.page.session().run(&format!("console.log('{MARK}')"));
        let written = wait_for("the output of the program", || {
            let written = self.driver.written();
            let is_complete = marks(&written) > before;
            is_complete.then_some(written).ok_or("incomplete".into())
        });
        let lines = written.lines().filter(|line| is_error(line));
        lines.map(str::to_owned).collect()
    }

    /// Asserts that there were no errors.
    ///
    /// # Panics
    ///
    /// Panics with the errors if there were any.
    pub(crate) fn assert_no_errors(&self) {
        assert_eq!(self.errors(), [""; 0]);
    }

    /// Awaits a promise in the page. Returns its value, or its rejection in `error`.
    pub(crate) fn outcome(&self, promise: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];
            (async () => {promise})().then(done, (error) => done({{ error: String(error) }}));"
        );
        self.page.session().run_async(&script, &[])
    }
}

impl Drop for Window<'_> {
    /// Saves the evidence of a failed case.
    fn drop(&mut self) {
        if !thread::panicking() {
            return;
        }
        let folder = Environment::evidence().join(format!("window-{}", self.case));
        // The fault of the case is reported, even if the evidence can't be saved.
        let _ = fs::create_dir_all(&folder);
        let _ = fs::write(folder.join("program.log"), self.driver.written());
        if let Ok(picture) = self.page.session().screenshot()
            && let Ok(picture) = BASE64_STANDARD.decode(picture)
        {
            let _ = fs::write(folder.join("page.png"), picture);
        }
        failure::note(format!("the evidence is in {}", folder.display()));
    }
}

/// Returns whether WebKit prints this line for an error: source and level precede the text.
fn is_error(line: &str) -> bool {
    line.strip_prefix("CONSOLE ")
        .is_some_and(|line| line.split(' ').take(3).any(|word| word == "ERROR"))
}

fn write_script(file: &Path, script: &str) {
    fs::write(file, format!("#!/bin/sh\n{script}\n")).expect("a script");
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(file, executable).expect("a script that can be run");
}
