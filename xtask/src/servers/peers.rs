//! Socket.IO servers that the client is tested with.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::process::Running;
use crate::step::step;
use crate::tools::{node, python};
use crate::{process, workspace};

/// Milliseconds until a server exits by itself.
const MAX_LIFE: &str = "3600000";

/// One of the servers.
#[derive(Clone, Copy, Debug)]
enum Peer {
    /// The reference implementation.
    Node,
    /// The reference implementation with connection state recovery.
    NodeWithRecovery,
    Flask,
    Asgi,
    Socketioxide,
}

/// Starts all servers. Returns each with its address and the environment variable from which the
/// tests read it.
pub(crate) fn start() -> Result<Vec<(Running, &'static str, String)>> {
    Peer::ALL.into_iter().map(Peer::start).collect()
}

impl Peer {
    const ALL: [Self; 5] = [
        Self::Node,
        Self::NodeWithRecovery,
        Self::Flask,
        Self::Asgi,
        Self::Socketioxide,
    ];

    fn start(self) -> Result<(Running, &'static str, String)> {
        // The tests contain the address at compile time: a fixed port avoids recompiling them.
        let port = self.port();
        let port = if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            port
        } else {
            0
        };
        let mut server = self.program()?;
        server.args(["--max-life", MAX_LIFE]);
        // Short enough for a test to wait for a heartbeat, long enough for a busy machine not to
        // miss one.
        server.args(["--ping-interval", self.ping_interval()]);
        server.args(["--ping-timeout", "2500"]);
        server.arg("--port").arg(port.to_string());
        let (running, address) = Running::start_until(&mut server, "listening on ")?;
        Ok((running, self.variable(), format!("http://{address}")))
    }

    fn program(self) -> Result<Command> {
        Ok(match self {
            Self::Node => node_server()?,
            Self::NodeWithRecovery => {
                let mut node = node_server()?;
                node.arg("--recovery");
                node
            }
            Self::Flask => python_server("flask_server.py")?,
            Self::Asgi => python_server("asgi_server.py")?,
            Self::Socketioxide => Command::new(build_example()?),
        })
    }

    /// Returns the interval between two heartbeats, in milliseconds.
    fn ping_interval(self) -> &'static str {
        match self {
            // python-engineio rounds to whole seconds in the handshake.
            Self::Flask | Self::Asgi => "1000",
            Self::Node | Self::NodeWithRecovery | Self::Socketioxide => "400",
        }
    }

    /// The port that the server listens on if it is free.
    fn port(self) -> u16 {
        match self {
            Self::Node => 5180,
            Self::NodeWithRecovery => 5181,
            Self::Flask => 5182,
            Self::Asgi => 5183,
            Self::Socketioxide => 5184,
        }
    }

    fn variable(self) -> &'static str {
        match self {
            Self::Node => "SOCKETIO_TEST_SERVER",
            Self::NodeWithRecovery => "SOCKETIO_TEST_RECOVERY_SERVER",
            Self::Flask => "SOCKETIO_TEST_FLASK_SERVER",
            Self::Asgi => "SOCKETIO_TEST_ASGI_SERVER",
            Self::Socketioxide => "SOCKETIO_TEST_SOCKETIOXIDE_SERVER",
        }
    }
}

fn node_server() -> Result<Command> {
    node::set_up()?;
    let mut node = Command::new("node");
    node.current_dir(workspace::root().join("tests/servers/node"));
    node.arg("server.mjs");
    Ok(node)
}

fn python_server(script: &str) -> Result<Command> {
    let mut python = Command::new(python::Environment::Tests.set_up()?);
    python.current_dir(workspace::root().join("tests/servers/python"));
    // `-B` writes no compiled files into the checkout.
    python.args(["-B", script]);
    Ok(python)
}

/// Builds the server on socketioxide, and returns the path of its program.
pub(crate) fn build_example() -> Result<PathBuf> {
    const NAME: &str = "test_server";
    step("the tests' server on socketioxide: building it", || {
        let mut cargo = workspace::cargo("build");
        cargo.args(["--package", workspace::SERVER, "--example", NAME]);
        process::run(&mut cargo)
    })?;
    let file = format!("{NAME}{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace::target()?.join("debug/examples").join(file))
}
