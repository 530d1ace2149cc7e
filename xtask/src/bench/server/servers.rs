//! Starts the servers to be compared.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::case::{Case, Side};
use crate::bench::harness::installed;
use crate::process::{Running, free_port};
use crate::servers::orchard_server;
use crate::tools::cache;
use crate::tools::node;
use crate::tools::python::Environment;
use crate::workspace;

/// Runs a program with a given limit of file descriptors, or with the highest that this machine
/// allows.
const LIMITED: &str = r#"ulimit -n "${1:-$(ulimit -Hn)}" && shift && exec "$@""#;

/// Paths of the servers' programs and environments.
#[derive(Debug)]
pub(super) struct Servers {
    ours: PathBuf,
    modules: PathBuf,
    python: PathBuf,
    data: PathBuf,
}

/// A server that runs until this value is dropped.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) running: Running,
    pub(super) address: String,
    /// Name and password of the account that clients sign in with, if the server has accounts.
    pub(super) account: Option<(String, String)>,
}

impl Servers {
    pub(super) fn set_up() -> Result<Self> {
        let data = workspace::target()?.join("bench/server");
        cache::remove(&data)?;
        Ok(Self {
            ours: orchard_server::build()?,
            modules: node::set_up()?,
            python: Environment::Load.set_up()?,
            data,
        })
    }

    pub(super) fn start(&self, side: Side, case: &Case, quick: bool) -> Result<Started> {
        // Quick mode shortens the heartbeats as well.
        let heartbeat = case.heartbeat.map(|it| if quick { it / 5 } else { it });
        match side {
            Side::Ours => self.start_ours(case, heartbeat),
            Side::Node => {
                let mut node = limited(case.descriptors, "node");
                node.current_dir(workspace::root().join("tests/servers/node"));
                start_peer(node.args(["--expose-gc", "orchard.mjs"]), heartbeat)
            }
            Side::Flask => {
                let mut python = limited(case.descriptors, &self.python);
                python.current_dir(workspace::root().join("tests/servers/gevent"));
                // `-B` writes no compiled files into the checkout.
                start_peer(python.args(["-B", "orchard.py"]), heartbeat)
            }
        }
    }

    fn start_ours(&self, case: &Case, heartbeat: Option<u32>) -> Result<Started> {
        let mut command = limited(case.descriptors, &self.ours);
        command.args(["--api-only", "--guests"]).args(case.ours);
        if let Some(heartbeat) = heartbeat {
            let heartbeat = heartbeat.to_string();
            command.args(["--ping-interval-ms", &heartbeat]);
            command.args(["--ping-timeout-ms", &heartbeat]);
        }
        let port = free_port()?;
        let running = orchard_server::start_aside(&mut command, port, &self.data)?;
        Ok(Started {
            running,
            address: format!("127.0.0.1:{port}"),
            account: Some(orchard_server::demo_account_aside(&self.ours, &self.data)?),
        })
    }

    /// Returns name and version of a peer; `None` for ours.
    pub(super) fn peer(&self, side: Side) -> Result<Option<(String, String)>> {
        Ok(match side {
            Side::Ours => None,
            Side::Node => Some(installed(&self.modules, "socket.io")?),
            Side::Flask => {
                let version = |package| Environment::Load.version_of(package);
                Some((
                    "Flask-SocketIO + gevent".to_owned(),
                    format!("{} + {}", version("Flask-SocketIO")?, version("gevent")?),
                ))
            }
        })
    }
}

fn start_peer(command: &mut Command, heartbeat: Option<u32>) -> Result<Started> {
    if let Some(heartbeat) = heartbeat {
        let heartbeat = heartbeat.to_string();
        command.args(["--ping-interval", &heartbeat]);
        command.args(["--ping-timeout", &heartbeat]);
    }
    let (running, address) = Running::start_until(command, "listening on ")?;
    Ok(Started {
        running,
        address,
        account: None,
    })
}

fn limited(descriptors: Option<u32>, program: impl AsRef<Path>) -> Command {
    let mut shell = Command::new("sh");
    let descriptors = descriptors.map_or_else(String::new, |number| number.to_string());
    shell.args(["-c", LIMITED, "sh", &descriptors]);
    shell.arg(program.as_ref());
    shell
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::process;

    #[test]
    fn a_server_has_the_descriptors_that_it_is_given() {
        let limit = |descriptors| {
            let mut command = limited(descriptors, "sh");
            let printed = process::output(command.args(["-c", "ulimit -n"]));
            printed.unwrap().trim().to_owned()
        };
        assert_eq!(limit(Some(256)), "256");
        let most = process::output(Command::new("sh").args(["-c", "ulimit -Hn"]));
        assert_eq!(limit(None), most.unwrap().trim());
    }
}
