//! A running server.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::servers::{Kind, Options};

const PATIENCE: Duration = Duration::from_secs(60);

/// A server process. It is killed when this value is dropped, and ends by itself when this program
/// ends, which closes its standard input.
#[derive(Debug)]
pub(crate) struct Server {
    kind: Kind,
    options: Options,
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(kind: Kind, options: Options) -> Result<Self> {
        let (child, address) = spawn(kind, options, 0)?;
        Ok(Self {
            kind,
            options,
            child,
            address,
        })
    }

    /// Restarts the server on the same port.
    pub(crate) fn restart(&mut self) -> Result<()> {
        self.kill()?;
        (self.child, self.address) = spawn(self.kind, self.options, self.address.port())?;
        Ok(())
    }

    pub(crate) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends SIGTERM, as a service manager does.
    pub(crate) fn terminate(&self) -> Result<()> {
        let status = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()?;
        match status.success() {
            true => Ok(()),
            false => bail!("the server could not be stopped"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.kill();
    }
}

fn spawn(kind: Kind, options: Options, port: u16) -> Result<(Child, SocketAddr)> {
    let mut program = kind.program(options, port)?;
    program.stdin(Stdio::piped()).stdout(Stdio::piped());
    // Discards the messages of handlers that throw.
    program.stderr(Stdio::null());
    let mut child = program
        .spawn()
        .with_context(|| format!("could not start {}", kind.name()))?;
    let out = child.stdout.take().context("its output is lost")?;
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            // Keep reading when nobody receives the lines any more: the server must not block.
            let _ = sender.send(line);
        }
    });
    let address = loop {
        let Ok(line) = lines.recv_timeout(PATIENCE) else {
            let _ = child.kill();
            let _ = child.wait();
            bail!("{} did not say where it listens", kind.name());
        };
        if let Some(address) = line.strip_prefix("listening on ") {
            break address.parse();
        }
    };
    Ok((child, address.context("it listens at no address")?))
}
