//! A child process that runs beside this one.

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
#[cfg(unix)]
use process_wrap::std::ProcessGroup;
use process_wrap::std::{ChildWrapper, CommandWrap};

use super::interrupt::interrupted;

/// How long a child may take to exit after it was asked to, before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// How long a server may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// The interval in which a child is polled.
pub(super) const TICK: Duration = Duration::from_millis(50);

/// A child process, which is terminated when this value is dropped, and with it the processes that
/// it started.
#[derive(Debug)]
pub(crate) struct Running {
    child: Box<dyn ChildWrapper>,
    name: String,
    /// When to kill it, if it was asked to exit.
    deadline: Option<Instant>,
    exited: bool,
}

impl Running {
    /// Starts the command without input.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        Self::spawn(command.stdin(Stdio::null()))
    }

    /// Starts the command with an input that closes when this program exits, even if it is killed.
    pub(crate) fn start_with_input(command: &mut Command) -> Result<Self> {
        Self::spawn(command.stdin(Stdio::piped()))
    }

    /// Like [`Self::start_with_input`], and waits for a line with this beginning. Returns the rest
    /// of that line.
    pub(crate) fn start_until(command: &mut Command, beginning: &str) -> Result<(Self, String)> {
        let mut running = Self::start_with_input(command.stdout(Stdio::piped()))?;
        let lines = running.lines()?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match lines.recv_timeout(TICK) {
                Ok(line) => {
                    let line = String::from_utf8_lossy(&line);
                    if let Some(rest) = line.strip_prefix(beginning) {
                        return Ok((running, rest.trim_end().to_owned()));
                    }
                }
                Err(_) if interrupted() => bail!("stopped while {} was starting", running.name),
                Err(_) if Instant::now() > deadline => {
                    let seconds = PATIENCE.as_secs();
                    bail!("{} is not ready after {seconds} s", running.name)
                }
                Err(RecvTimeoutError::Disconnected) => {
                    running.must_run()?;
                    rest();
                }
                Err(RecvTimeoutError::Timeout) => running.must_run()?,
            }
        }
    }

    /// Spawns the child. This uses up the command.
    fn spawn(command: &mut Command) -> Result<Self> {
        let name = shown(command);
        ensure!(!interrupted(), "stopped before {name} was started");
        let mut command = CommandWrap::from(std::mem::replace(command, Command::new("")));
        #[cfg(unix)]
        command.wrap(ProcessGroup::leader());
        let child = command
            .spawn()
            .with_context(|| format!("could not start {name}"))?;
        Ok(Self {
            child,
            name,
            deadline: None,
            exited: false,
        })
    }

    /// The lines of its piped output, with their ends, until that closes. They are read even if the
    /// receiver is gone: the child must not block.
    pub(super) fn lines(&mut self) -> Result<Receiver<Vec<u8>>> {
        let out = self.child.stdout().take();
        let mut out = BufReader::new(out.context("its output is not piped")?);
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = Vec::new();
            while matches!(out.read_until(b'\n', &mut line), Ok(1..)) {
                let _ = sender.send(std::mem::take(&mut line));
            }
        });
        Ok(lines)
    }

    /// Returns the process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the child has exited, by itself or after Ctrl-C.
    pub(crate) fn wait(mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            rest();
        }
    }

    /// Returns the exit status, if the child has exited. After Ctrl-C, asks it to exit; returns an
    /// error if it does not do so in time.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let status = self
            .child
            .try_wait()
            .with_context(|| format!("could not wait for {}", self.name))?;
        self.exited |= status.is_some();
        if status.is_none() && interrupted() && self.terminate() < Instant::now() {
            bail!("{} did not exit in time", self.name);
        }
        Ok(status)
    }

    /// Returns an error if the child has exited.
    pub(crate) fn must_run(&mut self) -> Result<()> {
        match self.ended()? {
            None => Ok(()),
            Some(status) => bail!("{} ended by itself ({status})", self.name),
        }
    }

    /// Asks the child to exit, unless it has been asked before. Returns the deadline after which to
    /// kill it.
    fn terminate(&mut self) -> Instant {
        *self.deadline.get_or_insert_with(|| {
            // The child may have exited at this moment. On Windows, Ctrl-C reaches it as well.
            #[cfg(unix)]
            let _ = self.child.signal(nix::sys::signal::Signal::SIGTERM as i32);
            Instant::now() + GRACE
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.exited {
            return;
        }
        let deadline = self.terminate();
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() > deadline {
                let _ = self.child.kill();
                return;
            }
            rest();
        }
    }
}

/// Sleeps until the next poll.
pub(crate) fn rest() {
    std::thread::sleep(TICK);
}

/// Formats the command as typed, without the folder of its program.
pub(super) fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut line = program
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    format!("`{line}`")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::process::sh;

    #[test]
    fn a_dropped_child_ends_with_its_own_children() {
        let mut command = sh("sleep 1000 & echo started; wait");
        let mut running = Running::start(command.stdout(Stdio::piped())).unwrap();
        let lines = running.lines().unwrap();
        assert_eq!(lines.recv().unwrap(), b"started\n");
        drop(running);
        // The pipe closes once the last process of the group has exited.
        assert_eq!(
            lines.recv_timeout(PATIENCE),
            Err(RecvTimeoutError::Disconnected)
        );
    }

    #[test]
    fn a_server_is_ready_when_it_says_so_and_ends_with_its_input() {
        let mut command = sh("echo loading; echo listening on here; cat");
        let (mut running, rest) = Running::start_until(&mut command, "listening on ").unwrap();
        assert_eq!(rest, "here");
        assert!(running.ended().unwrap().is_none());
        drop(running.child.stdin().take());
        assert!(running.wait().unwrap().success());
    }

    #[test]
    fn a_server_that_ends_is_not_waited_for() {
        let error = Running::start_until(&mut sh("exit 7"), "listening on ").unwrap_err();
        assert!(error.to_string().contains("ended by itself"), "{error}");
    }
}
