//! The servers that the page runs against.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::environment::Environment;
use crate::http::Http;
use crate::page::Page;
use crate::process::Guarded;
use crate::site::Site;

/// The time between two pushed counts, in milliseconds.
const PUSH_INTERVAL_MS: u32 = 200;

/// A server that implements the orchard's contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    /// The kind of server that the game uses, from `tests/servers/flask`.
    Flask,
    /// The default server of this project, from `server`.
    Default,
}

impl Backend {
    pub(crate) const ALL: [Self; 2] = [Self::Flask, Self::Default];
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flask => "flask",
            Self::Default => "default",
        })
    }
}

/// A user who may sign in.
#[derive(Clone, Debug, Default)]
pub(crate) struct User {
    pub(crate) account: String,
    pub(crate) password: String,
}

/// The options that a case sets for its server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Seconds until an access token expires.
    pub(crate) access_lifetime: u32,
}

/// A running server that serves the page.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) user: User,
    backend: Backend,
    options: Options,
    site: Site,
    /// Origins of other servers that its page may connect to.
    connect: Vec<String>,
    /// Whether Flask-SocketIO runs with `always_connect`: it accepts every CONNECT first, and
    /// disconnects the refused sockets afterwards.
    always_connect: bool,
    /// Whether the default server counts players, instead of pushing random numbers as Flask does.
    counts_players: bool,
    /// The folder of the database, which survives a restart as in the game.
    data: TempDir,
    port: u16,
    process: Option<Guarded>,
    http: Http,
}

impl Server {
    pub(crate) fn start(backend: Backend, environment: &Environment, options: Options) -> Self {
        let mut server = Self {
            user: User::default(),
            backend,
            options,
            site: Site::copy(&environment.dist),
            connect: Vec::new(),
            always_connect: false,
            counts_players: false,
            data: tempfile::tempdir().expect("a temporary folder"),
            // The system chooses a free port.
            port: 0,
            process: None,
            http: Http::new(),
        };
        server.launch(environment);
        server.user = match backend {
            Backend::Flask => flask_user(),
            Backend::Default => demo_account(&environment.server, &server.database()),
        };
        server
    }

    /// Kills the server, as a crash does, after `page` has loaded all that it requested: a picture
    /// that is missing would be an error in the console.
    pub(crate) fn kill(&mut self, page: &Page) {
        page.wait_for_requests();
        self.process = None;
    }

    /// Starts the server's process. After [`Server::kill`], it has the same port again.
    pub(crate) fn launch(&mut self, environment: &Environment) {
        let command = match self.backend {
            Backend::Flask => self.flask(environment),
            Backend::Default => self.default(environment),
        };
        let (process, port) = Guarded::start(&command, port_of);
        self.process = Some(process);
        self.port = port;
    }

    /// Allows the page to connect to these origins, too, from the next start on. Only the default
    /// server can do this.
    pub(crate) fn connect_to(&mut self, origins: &[&str]) {
        self.connect = origins.iter().map(|&origin| origin.to_owned()).collect();
    }

    /// Runs Flask-SocketIO with `always_connect` from the next start on: it accepts every CONNECT
    /// first, and disconnects the refused sockets afterwards.
    pub(crate) fn always_connect(&mut self) {
        self.always_connect = true;
    }

    /// Makes the default server count players from its next start on.
    pub(crate) fn count_players(&mut self) {
        self.counts_players = true;
    }

    /// Adds a user to the default server, which may be running.
    pub(crate) fn add_user(&self, environment: &Environment, account: &str, name: &str) -> User {
        let user = User {
            account: account.to_owned(),
            password: "orchard-e2e".into(),
        };
        let mut command = Command::new(&environment.server);
        command.args(["user", "add", account, "--nickname", name]);
        command.arg("--database").arg(self.database());
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut adding = command.spawn().expect("the server's binary runs");
        // The end of the pipe ends the password.
        let mut input = adding.stdin.take().expect("its standard input");
        input
            .write_all(user.password.as_bytes())
            .expect("it reads the password");
        drop(input);
        let added = adding.wait().expect("it ends");
        assert!(added.success(), "{account} is not added");
        user
    }

    /// Writes a copy of the page with some settings replaced.
    pub(crate) fn write_page(&self, path: &str, changes: &Value) {
        self.site.write_page(path, changes);
    }

    /// Returns the folder of the server's data.
    pub(crate) fn folder(&self) -> &Path {
        self.data.path()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Calls a method of `/api` and returns its result.
    pub(crate) fn call(&self, method: &str, params: &Value, token: Option<&str>) -> Value {
        let url = self.url("/api");
        let call = json!({ "jsonrpc": "2.0", "id": "e2e", "method": method, "params": params });
        let answer = match token {
            Some(token) => self.http.post_as(&url, token, &call),
            None => self.http.post(&url, &call),
        };
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))["result"].take()
    }

    /// Sends a request to the control interface of the Flask server.
    ///
    /// # Panics
    ///
    /// Panics on a server without this interface.
    pub(crate) fn control(&self, what: &str, body: &Value) {
        let answer = self.http.post(&self.url(&format!("/control/{what}")), body);
        let answer = answer.unwrap_or_else(|error| panic!("control {what}: {error}"));
        assert!(answer.get("error").is_none(), "control {what}: {answer}");
    }

    /// Returns what the Flask server has recorded.
    pub(crate) fn state(&self) -> Value {
        self.http
            .fetch(&self.url("/control/state"))
            .expect("the state of the test server")
    }

    /// Returns the end of the server's log.
    pub(crate) fn log(&self) -> String {
        self.process
            .as_ref()
            .map(Guarded::written)
            .unwrap_or_default()
    }

    fn flask(&self, environment: &Environment) -> Command {
        let user = flask_user();
        let mut command = Command::new(&environment.python);
        command
            .arg(Environment::tests().join("servers/flask/app.py"))
            .arg("--dist")
            .arg(self.site.path())
            .args(["--content-security-policy", documented_policy()])
            .args(["--port", &self.port.to_string()])
            .args(self.always_connect.then_some("--always-connect"))
            .args(["--account", &user.account, "--password", &user.password])
            .args([
                "--push-interval",
                &(f64::from(PUSH_INTERVAL_MS) / 1000.0).to_string(),
            ])
            .args([
                "--access-lifetime",
                &self.options.access_lifetime.to_string(),
            ]);
        command
    }

    fn default(&self, environment: &Environment) -> Command {
        let mut command = Command::new(&environment.server);
        command
            .args(["--listen", &format!("127.0.0.1:{}", self.port)])
            .arg("--dist")
            .arg(self.site.path())
            .arg("--database")
            .arg(self.database())
            // Random counts as Flask's, except in the cases about counting: the others need a
            // steady stream of counts.
            .args((!self.counts_players).then_some("--demo-count"))
            .args(["--push-interval-ms", &PUSH_INTERVAL_MS.to_string()])
            .args(
                self.connect
                    .iter()
                    .flat_map(|origin| ["--connect-origin", origin]),
            )
            .args([
                "--access-token-seconds",
                &self.options.access_lifetime.to_string(),
            ]);
        command
    }

    fn database(&self) -> PathBuf {
        self.data.path().join("orchard.sqlite3")
    }
}

/// Reads the account that the default server created together with its database.
pub(crate) fn demo_account(server: &Path, database: &Path) -> User {
    let mut command = Command::new(server);
    command.arg("demo-account").arg("--database").arg(database);
    let output = command.output().expect("the server's binary runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let field = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name));
        value
            .unwrap_or_else(|| panic!("no {name} in {text:?}, {output:?}"))
            .trim()
            .to_owned()
    };
    User {
        account: field("account:"),
        password: field("password:"),
    }
}

/// Returns the port in the line that a server prints when it is ready.
pub(crate) fn port_of(line: &str) -> Option<u16> {
    let (_, address) = line.split_once("listening")?;
    let (_, port) = address.split_once("127.0.0.1:")?;
    port.split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// Returns the content security policy that the documentation recommends to hosts; the default
/// server sends the same.
pub(crate) fn documented_policy() -> &'static str {
    include_str!("../../docs/hosting.md")
        .lines()
        .find_map(|line| line.strip_prefix("Content-Security-Policy: "))
        .expect("docs/hosting.md has a policy")
}

fn flask_user() -> User {
    User {
        account: "13800138000".into(),
        password: "orchard-e2e".into(),
    }
}
