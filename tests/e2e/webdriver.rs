//! The small part of WebDriver that the tests need, over blocking HTTP.
//!
//! A client library would add an async runtime and lack what matters most here: the browser's logs,
//! the DevTools protocol and the network conditions are extensions of the driver.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::environment::Environment;
use crate::http::{Http, LANGUAGE};
use crate::process::Guarded;
use crate::wait::wait_for;

/// The key of an element's id in WebDriver's JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A chromedriver process, shared by all cases.
#[derive(Debug)]
pub(crate) struct Driver {
    url: String,
    _process: Guarded,
}

impl Driver {
    pub(crate) fn start(environment: &Environment) -> Self {
        let mut command = Command::new(&environment.chromedriver);
        command.arg("--port=0");
        let (process, port) = Guarded::start(&command, |line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        Self {
            url: format!("http://127.0.0.1:{port}"),
            _process: process,
        }
    }

    /// Opens a browser with an empty profile.
    pub(crate) fn open(&self, chromium: &Path) -> Session {
        let profile = tempfile::tempdir().expect("a temporary folder");
        let options = json!({
                "browserName": "chrome",
                "goog:chromeOptions": {
                    "binary": chromium,
                    "args": [
                        "--headless=new",
                        // Chromium's sandbox does not start for root in containers; the browser
                        // only loads pages of this machine.
                        "--no-sandbox",
                        "--no-proxy-server",
                        format!("--accept-lang={LANGUAGE}"),
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-dev-shm-usage",
                        // Two pages of the browser's own, which take more than half of the time
                        // that an empty browser takes to start.
                        "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
                        "--disable-sync",
                        // Draws glyphs in the same way with any system settings.
                        "--font-render-hinting=none",
                        "--disable-lcd-text",
                        "--force-color-profile=srgb",
                        "--hide-scrollbars",
                        "--mute-audio",
                        "--no-first-run",
                        "--window-size=412,915",
                        format!("--user-data-dir={}", profile.path().display()),
                    ],
                },
                "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        });
        let mut session = Session::start(&self.url, &options);
        session._profile = Some(profile);
        session
    }
}

/// A browser session. It is closed when this value is dropped.
#[derive(Debug)]
pub(crate) struct Session {
    url: String,
    http: Http,
    _profile: Option<TempDir>,
}

impl Session {
    /// Asks the driver at `url` for a browser with these capabilities.
    ///
    /// # Panics
    ///
    /// Panics with the driver's message if there is none.
    pub(crate) fn start(url: &str, capabilities: &Value) -> Self {
        let url = format!("{url}/session");
        let request = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let http = Http::new();
        let answer = http.post(&url, &request).expect("the driver answers");
        let Some(id) = answer["value"]["sessionId"].as_str() else {
            // The lines below the first are a stack trace.
            let message = answer["value"]["message"].as_str();
            let message = message
                .and_then(|message| message.lines().next())
                .map(str::to_owned);
            panic!(
                "no browser: {}",
                message.unwrap_or_else(|| answer.to_string())
            );
        };
        Self {
            url: format!("{url}/{id}"),
            http,
            _profile: None,
        }
    }

    pub(crate) fn visit(&self, url: &str) {
        self.command("url", &json!({ "url": url }));
    }

    pub(crate) fn reload(&self) {
        self.command("refresh", &json!({}));
    }

    /// Goes back in the history.
    pub(crate) fn back(&self) {
        self.command("back", &json!({}));
    }

    /// Opens an empty tab and switches to it.
    pub(crate) fn new_tab(&self) {
        let tab = self.command("window/new", &json!({ "type": "tab" }));
        self.switch_to(&tab["handle"]);
    }

    /// Opens a link in a new tab and switches to it: the tab has no history.
    pub(crate) fn open_in_new_tab(&self, url: &str) {
        self.run(&format!(
            "window.open({}, '_blank', 'noopener')",
            json!(url)
        ));
        let here = self.tab();
        let new = wait_for("the new tab", || {
            let tabs = self.query("window/handles");
            let new = tabs
                .as_array()
                .and_then(|tabs| tabs.iter().find(|tab| **tab != here));
            new.cloned().ok_or_else(|| tabs.to_string())
        });
        self.switch_to(&new);
    }

    /// Returns the current tab, for [`Session::switch_to`].
    pub(crate) fn tab(&self) -> Value {
        self.query("window")
    }

    pub(crate) fn switch_to(&self, tab: &Value) {
        self.command("window", &json!({ "handle": tab }));
    }

    pub(crate) fn url(&self) -> String {
        self.query("url").as_str().unwrap_or_default().to_owned()
    }

    /// Runs the body of a JavaScript function.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.run_with(script, &[])
    }

    /// Runs the body of a JavaScript function with `arguments`.
    pub(crate) fn run_with(&self, script: &str, arguments: &[Value]) -> Value {
        self.command(
            "execute/sync",
            &json!({ "script": script, "args": arguments }),
        )
    }

    /// Runs the body of a function that reports its result by calling the last of its `arguments`.
    pub(crate) fn run_async(&self, script: &str, arguments: &[Value]) -> Value {
        self.command(
            "execute/async",
            &json!({ "script": script, "args": arguments }),
        )
    }

    /// Runs `script` in every further page, before the scripts of the page.
    pub(crate) fn run_first(&self, script: &str) {
        let params = json!({ "source": script });
        self.devtools("Page.addScriptToEvaluateOnNewDocument", &params);
    }

    /// Changes the browser's preferred language, from the next page on.
    pub(crate) fn prefer_language(&self, language: &str) {
        let agent = self.run("return navigator.userAgent");
        let params = json!({ "userAgent": agent, "acceptLanguage": language });
        self.devtools("Emulation.setUserAgentOverride", &params);
    }

    /// Freezes the page, as a browser does with one in the background, or resumes it.
    pub(crate) fn freeze(&self, frozen: bool) {
        let state = if frozen { "frozen" } else { "active" };
        self.devtools("Page.setWebLifecycleState", &json!({ "state": state }));
    }

    /// Moves the page to a time zone in which the hour of the day is now `hour`.
    pub(crate) fn set_hour(&self, hour: i32) {
        let utc = self.run("return new Date().getUTCHours()");
        let utc = utc.as_i64().and_then(|utc| i32::try_from(utc).ok());
        let east = (hour - utc.expect("an hour") + 36) % 24 - 12;
        // The names of these zones have the opposite sign: they count the hours west of Greenwich.
        let params = json!({ "timezoneId": format!("Etc/GMT{:+}", -east) });
        self.devtools("Emulation.setTimezoneOverride", &params);
    }

    /// Resizes the page, in CSS pixels: a window can't be as narrow as a phone.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let params =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": true });
        self.devtools("Emulation.setDeviceMetricsOverride", &params);
    }

    /// Presses and releases a key. The focused element receives it.
    pub(crate) fn press(&self, key: &str) {
        let strokes = ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key }));
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.command("actions", &json!({ "actions": [keyboard] }));
    }

    /// Blocks all requests whose URL contains `part`.
    pub(crate) fn block(&self, part: &str) {
        self.devtools("Network.enable", &json!({}));
        let urls = [format!("*{part}*")];
        self.devtools("Network.setBlockedURLs", &json!({ "urls": urls }));
    }

    /// Blocks no requests any more.
    pub(crate) fn unblock(&self) {
        self.devtools("Network.setBlockedURLs", &json!({ "urls": [] }));
    }

    /// Returns the first element that the selector matches.
    pub(crate) fn find(&self, selector: &str) -> Result<Element<'_>, String> {
        let query = json!({ "using": "css selector", "value": selector });
        let element = self.try_command("element", &query)?;
        let id = element[ELEMENT]
            .as_str()
            .ok_or_else(|| element.to_string())?;
        Ok(Element {
            session: self,
            path: format!("element/{id}"),
        })
    }

    /// Disconnects the browser from its network, or connects it again.
    pub(crate) fn set_offline(&self, offline: bool) {
        let conditions = json!({ "offline": offline, "latency": 0, "download_throughput": -1, "upload_throughput": -1 });
        self.command(
            "chromium/network_conditions",
            &json!({ "network_conditions": conditions }),
        );
    }

    /// Sets the size of the page's window, in CSS pixels.
    pub(crate) fn set_size(&self, (width, height): (u32, u32)) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// Sets the preference for reduced motion, which stops the animations that respect it.
    pub(crate) fn reduce_motion(&self) {
        let features = json!([{ "name": "prefers-reduced-motion", "value": "reduce" }]);
        self.devtools(
            "Emulation.setEmulatedMedia",
            &json!({ "features": features }),
        );
    }

    /// Returns a screenshot of the rectangle `[x, y, width, height]` at a scale: PNG in base64.
    pub(crate) fn picture(&self, [x, y, width, height]: [f64; 4], scale: f64) -> String {
        let clip = json!({ "x": x, "y": y, "width": width, "height": height, "scale": scale });
        let mut answer = self.devtools("Page.captureScreenshot", &json!({ "clip": clip }));
        match answer["data"].take() {
            Value::String(picture) => picture,
            _ => panic!("no picture: {answer}"),
        }
    }

    /// Returns the entries of a log since the last call.
    pub(crate) fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.command("se/log", &json!({ "type": kind }));
        entries.as_array().cloned().unwrap_or_default()
    }

    /// Returns a screenshot of the page: PNG in base64.
    pub(crate) fn screenshot(&self) -> Result<String, String> {
        let answer = self.http.fetch(&format!("{}/screenshot", self.url))?;
        answer["value"]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| answer.to_string())
    }

    fn query(&self, path: &str) -> Value {
        let answer = self.http.fetch(&format!("{}/{path}", self.url));
        answer.unwrap_or_else(|error| panic!("WebDriver, {path}: {error}"))["value"].take()
    }

    fn devtools(&self, command: &str, params: &Value) -> Value {
        self.command(
            "goog/cdp/execute",
            &json!({ "cmd": command, "params": params }),
        )
    }

    fn command(&self, path: &str, body: &Value) -> Value {
        self.try_command(path, body)
            .unwrap_or_else(|error| panic!("WebDriver, {path}: {error}"))
    }

    fn try_command(&self, path: &str, body: &Value) -> Result<Value, String> {
        let mut answer = self.http.post(&format!("{}/{path}", self.url), body)?;
        let value = answer["value"].take();
        match (value["error"].as_str(), value["message"].as_str()) {
            (Some(error), Some(message)) => Err(format!(
                "{error}: {}",
                message.lines().next().unwrap_or_default()
            )),
            _ => Ok(value),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Without the driver there is no session to end.
        let _ = self.http.delete(&self.url);
    }
}

/// An element of the page.
#[derive(Debug)]
pub(crate) struct Element<'a> {
    session: &'a Session,
    path: String,
}

impl Element<'_> {
    pub(crate) fn click(&self) -> Result<(), String> {
        self.session
            .try_command(&format!("{}/click", self.path), &json!({}))
            .map(drop)
    }

    /// Clears the field and types the text.
    pub(crate) fn fill(&self, text: &str) -> Result<(), String> {
        self.session
            .try_command(&format!("{}/clear", self.path), &json!({}))?;
        let keys = json!({ "text": text });
        self.session
            .try_command(&format!("{}/value", self.path), &keys)
            .map(drop)
    }
}
