//! The servers that are recorded, and how each is started.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// A server in one of its configurations.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Kind {
    Node,
    Flask,
    /// With `always_connect`.
    FlaskAlways,
    /// With `namespaces='*'`.
    FlaskAny,
    Asgi,
    AsgiAlways,
    AsgiAny,
    Socketioxide,
}

/// The options of a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// The interval of heartbeats, and the time limit for the reply, in milliseconds.
    pub(crate) heartbeat: (u32, u32),
    /// The maximal size of a message to the server, in bytes.
    pub(crate) max_bytes: Option<u32>,
}

impl Options {
    pub(crate) const DEFAULT: Self = Self {
        heartbeat: (25_000, 20_000),
        max_bytes: None,
    };
}

impl Kind {
    pub(crate) const ALL: [Self; 8] = [
        Self::Node,
        Self::Flask,
        Self::FlaskAlways,
        Self::FlaskAny,
        Self::Asgi,
        Self::AsgiAlways,
        Self::AsgiAny,
        Self::Socketioxide,
    ];

    /// Returns the name of its file of recordings.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Flask => "flask",
            Self::FlaskAlways => "flask-always-connect",
            Self::FlaskAny => "flask-any-namespace",
            Self::Asgi => "asgi",
            Self::AsgiAlways => "asgi-always-connect",
            Self::AsgiAny => "asgi-any-namespace",
            Self::Socketioxide => "socketioxide",
        }
    }

    pub(crate) fn is_python(self) -> bool {
        !matches!(self, Self::Node | Self::Socketioxide)
    }

    pub(crate) fn accepts_any_namespace(self) -> bool {
        matches!(self, Self::FlaskAny | Self::AsgiAny)
    }

    fn is_flask(self) -> bool {
        matches!(self, Self::Flask | Self::FlaskAlways | Self::FlaskAny)
    }

    /// Returns the text at the top of its recordings.
    pub(crate) fn preamble(self) -> Result<String> {
        let what = match self {
            Self::Node => format!("socket.io {} on Node.js", npm("socket.io")?),
            Self::Socketioxide => {
                let version = |name| locked(name);
                format!(
                    "socketioxide {} (engineioxide {}) on axum {}",
                    version("socketioxide")?,
                    version("engineioxide")?,
                    version("axum")?
                )
            }
            _ if self.is_flask() => format!(
                "Flask-SocketIO {} (python-socketio {}, python-engineio {}) in threads, on Werkzeug {}",
                pip("Flask-SocketIO")?,
                pip("python-socketio")?,
                pip("python-engineio")?,
                pip("Werkzeug")?
            ),
            _ => format!(
                "python-socketio {} (python-engineio {}) under ASGI, on uvicorn {} with wsproto {}",
                pip("python-socketio")?,
                pip("python-engineio")?,
                pip("uvicorn")?,
                pip("wsproto")?
            ),
        };
        let with = match self {
            Self::FlaskAlways | Self::AsgiAlways => ", with `always_connect=True`",
            Self::FlaskAny | Self::AsgiAny => ", with `namespaces='*'`",
            _ => "",
        };
        Ok(format!(
            "# {what}{with}.\n\
             #\n\
             # Written by `cargo xtask record`; transcript.rs describes the format. Ids are numbered in the order\n\
             # of their first occurrence. Heartbeats are omitted, except in the recordings about them.\n"
        ))
    }

    /// Returns the command of the server, which prints its address.
    pub(crate) fn program(self, options: Options, port: u16) -> Result<Command> {
        let mut program = match self {
            Self::Node => {
                let mut node = Command::new("node");
                node.current_dir(root()?.join("tests/servers/node"));
                node.arg("server.mjs");
                node
            }
            Self::Socketioxide => {
                let mut server = Command::new(given("RECORDER_SOCKETIOXIDE")?);
                // A backtrace would delay a handler that panics.
                server.env("RUST_BACKTRACE", "0");
                server
            }
            _ => {
                let mut python = Command::new(given("RECORDER_PYTHON")?);
                python.current_dir(root()?.join("tests/servers/python"));
                // `-B`: write no compiled files into the checkout.
                python.arg("-B").arg(match self.is_flask() {
                    true => "flask_server.py",
                    false => "asgi_server.py",
                });
                python
            }
        };
        match self {
            Self::FlaskAlways | Self::AsgiAlways => _ = program.arg("--always-connect"),
            Self::FlaskAny | Self::AsgiAny => _ = program.arg("--any-namespace"),
            _ => {}
        }
        let (interval, timeout) = options.heartbeat;
        program.args(["--ping-interval", &interval.to_string()]);
        program.args(["--ping-timeout", &timeout.to_string()]);
        program.args(["--port", &port.to_string()]);
        if let Some(bytes) = options.max_bytes {
            program.args(["--max-bytes", &bytes.to_string()]);
        }
        Ok(program)
    }
}

/// Returns the root of the checkout.
pub(crate) fn root() -> Result<PathBuf> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").context("cargo is to run this program")?;
    Ok(Path::new(&package).join("../.."))
}

fn given(variable: &str) -> Result<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from);
    path.with_context(|| format!("{variable} is not set: run `cargo xtask record`"))
}

fn pip(package: &str) -> Result<String> {
    version(
        "tests/servers/flask/requirements.txt",
        &format!("{package}=="),
        '\n',
    )
}

fn npm(package: &str) -> Result<String> {
    version(
        "tests/servers/node/package.json",
        &format!("\"{package}\": \""),
        '"',
    )
}

fn locked(package: &str) -> Result<String> {
    let before = format!("name = \"{package}\"\nversion = \"");
    version("Cargo.lock", &before, '"')
}

/// Returns the text of a file between `before` and the next `after`.
fn version(file: &str, before: &str, after: char) -> Result<String> {
    let text = fs::read_to_string(root()?.join(file)).with_context(|| format!("no {file}"))?;
    let version = text.split_once(before).map(|(_, rest)| rest);
    match version.and_then(|rest| rest.split(after).next()) {
        Some(version) => Ok(version.to_owned()),
        None => bail!("{file} has no `{}`", before.trim()),
    }
}
