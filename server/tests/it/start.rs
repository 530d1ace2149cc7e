//! The program: start, failures to start, and shutdown.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;

use orchard_server::DemoAccount;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{DEADLINE, TestServer, Wire, access_token, connect};

pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orchard-server"));
    command
        .env_clear()
        .current_dir(folder)
        .arg("--api-only")
        .args(["--listen", "127.0.0.1:0"]);
    command
}

/// Asserts that the program fails at once, with code 1 and one line that contains these words.
pub(crate) fn assert_fails(output: &Output, words: &[&str]) {
    let line = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    for word in words {
        assert!(line.contains(word), "{word} is in: {line}");
    }
}

#[test]
fn a_taken_port_is_named() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = program(folder.path())
        .args(["--listen", &address])
        .output()
        .unwrap();
    assert_fails(&output, &[&address, "taken", "--listen"]);
    assert!(
        !folder.path().join("data").exists(),
        "nothing has been made"
    );
}

#[test]
fn a_missing_page_is_named() {
    let folder = TempDir::new().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_orchard-server"))
        .env_clear()
        .current_dir(folder.path())
        .args(["--listen", "127.0.0.1:0", "--dist", "no-such-folder"])
        .output()
        .unwrap();
    assert_fails(&output, &["no-such-folder", "--dist", "--api-only"]);
}

#[test]
fn a_database_that_cannot_be_opened_is_named() {
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("text"),
        "this is no database, by far".repeat(100),
    )
    .unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    for name in ["text", "folder", "text/below"] {
        let output = program(folder.path())
            .args(["--database", name])
            .output()
            .unwrap();
        assert_fails(&output, &["text".min(name), "--database"]);
    }
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("newer.sqlite3");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let output = program(folder.path())
        .args(["--database", "newer.sqlite3"])
        .output()
        .unwrap();
    assert_fails(&output, &["newer.sqlite3", "99", "--database"]);
}

#[test]
fn a_damaged_key_is_refused() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("db.key"), "short").unwrap();
    let output = program(folder.path())
        .args(["--database", "db", "--log", "error"])
        .output()
        .unwrap();
    assert_fails(&output, &["db.key"]);
}

#[test]
fn without_a_demo_account_none_is_printed() {
    let folder = TempDir::new().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_orchard-server"))
        .env_clear()
        .current_dir(folder.path())
        .arg("demo-account")
        .output()
        .unwrap();
    assert_fails(&output, &["demo account"]);
}

#[test]
fn help_explains_every_setting() {
    let folder = TempDir::new().unwrap();
    let output = program(folder.path()).arg("--help").output().unwrap();
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    for word in [
        "--listen",
        "ORCHARD_LISTEN",
        "--dist",
        "--database",
        "--cors-origin",
        "demo",
    ] {
        assert!(help.contains(word), "{word}");
    }
}

/// A running program, which is killed when this is dropped.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: String,
    /// The lines logged after the start.
    log: mpsc::Receiver<String>,
}

impl Running {
    pub(crate) fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    pub(crate) fn start_with(folder: &Path, flags: &[&str]) -> Self {
        let mut command = program(folder);
        command.args(flags);
        Self::spawn(command)
    }

    /// Starts a server with a page.
    pub(crate) fn start_page(folder: &Path, flags: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orchard-server"));
        command.env_clear().current_dir(folder);
        command.args(["--listen", "127.0.0.1:0"]).args(flags);
        Self::spawn(command)
    }

    /// Starts a server with a limit of open files.
    #[cfg(unix)]
    pub(crate) fn start_limited(folder: &Path, files: usize) -> Self {
        let mut command = Command::new("sh");
        command.env_clear().current_dir(folder);
        let script = format!("ulimit -n {files} && exec \"$0\" \"$@\"");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_orchard-server")]);
        command.args(["--api-only", "--listen", "127.0.0.1:0"]);
        Self::spawn(command)
    }

    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command
            .args(["--log-format", "json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (sender, log) = mpsc::channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let address = loop {
            let line = log.recv_timeout(DEADLINE).expect("it listens");
            let line: serde_json::Value = serde_json::from_str(&line).expect("a line is JSON");
            if line["message"] == "listening" {
                break line["address"].as_str().unwrap().to_owned();
            }
        };
        Self {
            child,
            address,
            log,
        }
    }

    /// Returns an access token of the demo account saved in the server's folder.
    pub(crate) async fn token(&self, folder: &Path) -> String {
        let demo = DemoAccount::load(&folder.join("data/orchard.sqlite3")).unwrap();
        let http = reqwest::Client::builder()
            .timeout(DEADLINE)
            .build()
            .unwrap();
        let params = json!({"account": demo.account, "password": demo.password.expose()});
        let call = json!({"jsonrpc": "2.0", "method": "User.login", "params": params, "id": 1});
        let request = http.post(format!("{}/api", self.address)).json(&call);
        let answer: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
        access_token(&answer["result"])
    }

    /// Returns the memory in KiB: the resident set, and its peak.
    #[cfg(target_os = "linux")]
    pub(crate) fn memory(&self) -> (u64, u64) {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.unwrap().trim().trim_end_matches(" kB");
            number.parse().unwrap()
        };
        (field("VmRSS:"), field("VmHWM:"))
    }

    /// Reads the log until `many` lines contain these words, and returns it.
    pub(crate) fn log_until(&self, many: usize, words: &str) -> Vec<String> {
        let mut lines = Vec::new();
        let mut found = 0;
        while found < many {
            let line = self.log.recv_timeout(DEADLINE).expect("it is logged");
            found += usize::from(line.contains(words));
            lines.push(line);
        }
        lines
    }

    /// Kills the program. Returns the rest of the log.
    pub(crate) fn end(&mut self) -> Vec<String> {
        let _ = self.child.kill();
        self.log.iter().collect()
    }

    /// Stops the program. Returns the lines logged since the last read.
    pub(crate) fn stop(mut self) -> Vec<String> {
        assert!(self.kill("-TERM"), "it runs");
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        self.log.iter().collect()
    }

    /// Sends a signal to the program.
    pub(crate) fn kill(&self, signal: &str) -> bool {
        let process = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &process]).status();
        sent.unwrap().success()
    }

    /// Sends a signal. Returns the exit code and the standard output.
    fn signal(mut self, signal: &str) -> (Option<i32>, String) {
        assert!(self.kill(signal));
        let (sender, receiver) = mpsc::channel();
        let mut output = self.child.stdout.take().unwrap();
        thread::spawn(move || {
            let mut text = String::new();
            let _ = output.read_to_string(&mut text);
            let _ = sender.send(text);
        });
        let printed = receiver.recv_timeout(DEADLINE).expect("it ends");
        (self.child.wait().unwrap().code(), printed)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
#[test]
fn the_first_start_prints_the_demo_account_and_keeps_it() {
    use std::os::unix::fs::PermissionsExt;

    let folder = TempDir::new().unwrap();
    let (code, first) = Running::start(folder.path()).signal("-TERM");
    assert_eq!(code, Some(0));
    let (code, second) = Running::start(folder.path()).signal("-INT");
    assert_eq!(
        (code, second.as_str()),
        (Some(0), ""),
        "only the first start prints it"
    );

    let output = Command::new(env!("CARGO_BIN_EXE_orchard-server"))
        .env_clear()
        .current_dir(folder.path())
        .arg("demo-account")
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let password = printed
        .lines()
        .find_map(|line| line.strip_prefix("password: "))
        .unwrap();
    assert_eq!(password.len(), 12);
    assert!(first.contains(password), "{first}");
    assert!(printed.contains("account: demo"), "{printed}");

    for name in [
        "orchard.sqlite3",
        "orchard.sqlite3.key",
        "orchard.sqlite3.demo-account",
    ] {
        let mode = fs::metadata(folder.path().join("data").join(name))
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_token_remains_valid_after_a_restart() {
    let folder = TempDir::new().unwrap();
    let key = |folder: &Path| fs::read(folder.join("data/orchard.sqlite3.key")).unwrap();
    Running::start(folder.path()).signal("-TERM");
    let first = key(folder.path());
    Running::start(folder.path()).signal("-TERM");
    assert_eq!(first, key(folder.path()));
    assert_eq!(first.len(), 32);
}

#[test]
fn it_stops_while_clients_are_connected() {
    let folder = TempDir::new().unwrap();
    let running = Running::start(folder.path());
    let address = running.address.strip_prefix("http://").unwrap().to_owned();
    let idle = std::net::TcpStream::connect(&address).unwrap();
    let (code, _) = running.signal("-TERM");
    assert_eq!(code, Some(0));
    drop(idle);
}

#[tokio::test]
async fn secrets_are_never_logged() {
    let folder = TempDir::new().unwrap();
    let mut running = Running::start_with(folder.path(), &["--log", "trace"]);
    let demo = DemoAccount::load(&folder.path().join("data/orchard.sqlite3")).unwrap();
    let password = demo.password.expose();
    let http = reqwest::Client::builder()
        .timeout(DEADLINE)
        .build()
        .unwrap();
    let url = format!("{}/api", running.address);
    let call =
        |method, params| json!({"jsonrpc": "2.0", "method": method, "params": params, "id": 1});

    let params = json!({"account": "demo", "password": password});
    let response = http
        .post(&url)
        .json(&call("User.login", params))
        .send()
        .await
        .unwrap();
    let answer: serde_json::Value = response.json().await.unwrap();
    let token = answer["result"]["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    for (method, header) in [
        ("User.info", &token),
        ("User.refresh", &token),
        ("User.no", &token),
    ] {
        let request = http.post(&url).json(&call(method, json!({})));
        request
            .header("Authorization", format!("jwt {header}"))
            .send()
            .await
            .unwrap();
    }
    let mut wire = Wire::connect(running.address.strip_prefix("http://").unwrap()).await;
    wire.send(&connect(&token)).await;
    assert!(wire.text().await.starts_with("40/mofang,{"));

    let log = running.end();
    assert!(
        log.iter().any(|line| line.contains("User.refresh")),
        "calls are logged"
    );
    for line in &log {
        assert!(!line.contains(&token) && !line.contains(password), "{line}");
    }
}

#[tokio::test]
async fn two_servers_do_not_share_their_sockets() {
    let one = TestServer::start(&[]).await;
    let two = TestServer::start(&[]).await;
    let (mut here, _) = Wire::join(&one).await;
    let (_there, _) = Wire::join(&two).await;
    assert_eq!(here.until_now().await, [""; 0]);
    one.stop().await;
    two.stop().await;
}
