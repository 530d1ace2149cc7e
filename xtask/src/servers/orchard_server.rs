//! Builds and starts the default server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::{self, Running};
use crate::step::step;
use crate::workspace::{self, SERVER};

/// How long a server may take until it responds.
const PATIENCE: Duration = Duration::from_secs(30);

/// Builds the server, and returns the path of its program.
pub(crate) fn build() -> Result<PathBuf> {
    step("the server: building it", || {
        let mut cargo = workspace::cargo("build");
        cargo.args(["--profile", "server", "--package", SERVER]);
        process::run(&mut cargo)
    })?;
    program()
}

/// Returns the path of the program, which may not exist yet.
pub(crate) fn program() -> Result<PathBuf> {
    let name = format!("{SERVER}{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace::target()?.join("server").join(name))
}

/// Starts the server on a port of 127.0.0.1, with the page in `dist` or without a page, and waits
/// until it responds.
pub(crate) fn start(program: &Path, port: u16, dist: Option<&Path>) -> Result<Running> {
    let mut command = Command::new(program);
    match dist {
        Some(dist) => command.arg("--dist").arg(dist),
        None => command.arg("--api-only"),
    };
    start_command(&mut command, port)
}

/// Starts a server with its own database, in the folder `data`.
pub(crate) fn start_aside(command: &mut Command, port: u16, data: &Path) -> Result<Running> {
    command.args(["--log", "warn", "--database"]);
    command.arg(database(data));
    // The demo account that it prints is not needed.
    command.stdout(std::process::Stdio::null());
    start_command(command, port)
}

/// Returns the database of a server started with [`start_aside`].
fn database(data: &Path) -> PathBuf {
    data.join("orchard.sqlite3")
}

fn start_command(command: &mut Command, port: u16) -> Result<Running> {
    command.current_dir(workspace::root());
    command.arg("--listen").arg(format!("127.0.0.1:{port}"));
    let mut running = Running::start(command)?;
    wait_until(&mut running, || answers(port, "/healthz"))?;
    Ok(running)
}

/// The text about the demo account, if an earlier start has created it. The start that creates it
/// prints it.
pub(crate) fn demo_account(program: &Path) -> Option<String> {
    let mut command = Command::new(program);
    process::output(command.current_dir(workspace::root()).arg("demo-account")).ok()
}

/// Returns name and password of the demo account of a server started with [`start_aside`].
pub(crate) fn demo_account_aside(program: &Path, data: &Path) -> Result<(String, String)> {
    let mut command = Command::new(program);
    command.arg("demo-account").arg("--database");
    let printed = process::output(command.arg(database(data)))?;
    let field = |name| {
        let value = printed
            .lines()
            .find_map(|line| line.trim().strip_prefix(name));
        value
            .map(|value| value.trim().to_owned())
            .with_context(|| format!("the server's demo account has no `{name}`"))
    };
    Ok((field("account:")?, field("password:")?))
}

/// Waits until `ready` returns true. Returns an error if the server exits before.
fn wait_until(running: &mut Running, ready: impl Fn() -> bool) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while !ready() {
        running.must_run()?;
        if process::interrupted() {
            bail!("stopped while the server was starting");
        }
        if Instant::now() > deadline {
            bail!(
                "the server does not answer after {} seconds",
                PATIENCE.as_secs()
            );
        }
        process::rest();
    }
    running.must_run()
}

/// Returns whether 127.0.0.1 responds to a GET of this path with status 200.
fn answers(port: u16, path: &str) -> bool {
    status(port, path).is_ok_and(|line| line.split(' ').nth(1) == Some("200"))
}

fn status(port: u16, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let patience = Some(Duration::from_secs(2));
    stream.set_read_timeout(patience)?;
    stream.set_write_timeout(patience)?;
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream.take(1024)).read_line(&mut line)?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn serve_once(answer: &'static str) -> u16 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 512];
            let _ = stream.read(&mut request).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        });
        port
    }

    #[test]
    fn only_status_200_counts_as_an_answer() {
        assert!(answers(serve_once("HTTP/1.1 200 OK\r\n\r\nok"), "/healthz"));
        assert!(!answers(
            serve_once("HTTP/1.1 503 Busy\r\n\r\n200"),
            "/healthz"
        ));
        assert!(!answers(serve_once(""), "/healthz"));
    }

    #[test]
    fn a_closed_port_is_no_answer() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        assert!(!answers(port, "/healthz"));
    }
}
