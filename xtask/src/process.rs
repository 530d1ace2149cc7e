//! Child processes, which end with this one.
//!
//! Each child leads a process group of its own, so Ctrl-C in a terminal reaches only this program.
//! It terminates every group and waits: no compiler, server or browser is left behind.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long a child may take to exit after it was asked to, before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// How long a server may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// The interval in which a child is polled.
const TICK: Duration = Duration::from_millis(50);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static CHILDREN: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Installs the handler that terminates the children on Ctrl-C, SIGTERM and SIGHUP.
pub(crate) fn end_children_on_signal() -> Result<()> {
    ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        for id in children().iter() {
            ask_to_end(*id);
        }
    })
    .context("could not listen for Ctrl-C")
}

/// Whether this program was asked to terminate.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Runs a command to its end with its output shown. An exit code other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = Running::start(command)?.wait()?;
    succeeded(command, status)
}

/// Runs a command to its end and returns its standard output. An exit code other than 0 is an error
/// with its standard error.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("could not start {}", shown(command)))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{} failed ({}): {}",
            shown(command),
            output.status,
            complaint.trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command to its end with standard error shown, and returns its standard output. An exit
/// code other than 0 is an error.
pub(crate) fn answer(command: &mut Command) -> Result<String> {
    let (status, text) = listen(command, |_| {})?;
    succeeded(command, status)?;
    Ok(text)
}

/// Runs a command to its end and returns its exit status and its standard output, of which it shows
/// the lines that `shows` accepts.
pub(crate) fn tee(
    command: &mut Command,
    mut shows: impl FnMut(&str) -> bool,
) -> Result<(ExitStatus, String)> {
    listen(command, |line| {
        if !shows(&String::from_utf8_lossy(line)) {
            return;
        }
        let mut stdout = std::io::stdout().lock();
        // What can't be shown is still read: the child must not block.
        let _ = stdout.write_all(line).and_then(|()| stdout.flush());
    })
}

fn listen(command: &mut Command, mut heard: impl FnMut(&[u8])) -> Result<(ExitStatus, String)> {
    let mut running = Running::start(command.stdout(Stdio::piped()))?;
    let mut text = String::new();
    if let Some(out) = running.child.stdout.take() {
        let mut out = BufReader::new(out);
        let mut line = Vec::new();
        while out
            .read_until(b'\n', &mut line)
            .context("could not read what it prints")?
            > 0
        {
            heard(&line);
            text.push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
    }
    Ok((running.wait()?, text))
}

/// A child process, which is terminated when this value is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    name: String,
    ended: bool,
}

impl Running {
    /// Starts it without input.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        Self::spawn(command.stdin(Stdio::null()))
    }

    /// Starts it with an input that closes when this program exits, even if it is killed.
    pub(crate) fn start_with_input(command: &mut Command) -> Result<Self> {
        Self::spawn(command.stdin(Stdio::piped()))
    }

    /// Like [`Self::start_with_input`], and waits for a line with this beginning. Returns the rest
    /// of that line.
    pub(crate) fn start_until(command: &mut Command, beginning: &str) -> Result<(Self, String)> {
        let mut running = Self::spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()))?;
        let out = running.child.stdout.take().context("its output is lost")?;
        let (line_seen, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                // Read on when nobody listens any more: the child must not block.
                let _ = line_seen.send(line);
            }
        });
        let deadline = Instant::now() + PATIENCE;
        loop {
            match lines.recv_timeout(TICK) {
                Ok(line) => {
                    if let Some(rest) = line.strip_prefix(beginning) {
                        return Ok((running, rest.to_owned()));
                    }
                }
                Err(_) if interrupted() => bail!("stopped while {} was starting", running.name),
                Err(_) if Instant::now() > deadline => {
                    bail!(
                        "{} is not ready after {} s",
                        running.name,
                        PATIENCE.as_secs()
                    )
                }
                Err(_) => running.must_run()?,
            }
        }
    }

    fn spawn(command: &mut Command) -> Result<Self> {
        if interrupted() {
            bail!("stopped before {} was started", shown(command));
        }
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command
            .spawn()
            .with_context(|| format!("could not start {}", shown(command)))?;
        children().push(child.id());
        if interrupted() {
            ask_to_end(child.id());
        }
        Ok(Self {
            child,
            name: shown(command),
            ended: false,
        })
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has exited, by itself or after Ctrl-C.
    pub(crate) fn wait(mut self) -> Result<ExitStatus> {
        let name = self.name.clone();
        let mut deadline = None;
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            if interrupted() && *deadline.get_or_insert(Instant::now() + GRACE) < Instant::now() {
                bail!("{name} did not end in time");
            }
            rest();
        }
    }

    /// Its exit status, if it has exited.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let status = self
            .child
            .try_wait()
            .with_context(|| format!("could not look after {}", self.name))?;
        if status.is_some() {
            self.ended = true;
            children().retain(|id| *id != self.child.id());
        }
        Ok(status)
    }

    /// Returns an error if it has exited.
    pub(crate) fn must_run(&mut self) -> Result<()> {
        match self.ended()? {
            None => Ok(()),
            Some(status) => bail!("{} ended by itself ({status})", self.name),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        ask_to_end(self.child.id());
        let deadline = Instant::now() + GRACE;
        while !matches!(self.ended(), Ok(Some(_)) | Err(_)) {
            if Instant::now() > deadline {
                kill(&mut self.child);
                let _ = self.child.wait();
                children().retain(|id| *id != self.child.id());
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

/// A port of 127.0.0.1 that is free at this moment.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Returns an error with `advice` if no server can listen on this port of 127.0.0.1.
pub(crate) fn port_is_free(port: u16, advice: &str) -> Result<()> {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!("port {port} of 127.0.0.1 is in use by another program. {advice}")
        }
        Err(error) => Err(error).with_context(|| format!("can't listen on port {port}. {advice}")),
    }
}

/// The command as one would type it, without the folder of its program.
fn shown(command: &Command) -> String {
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

fn succeeded(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(())
}

fn children() -> std::sync::MutexGuard<'static, Vec<u32>> {
    CHILDREN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(unix)]
fn ask_to_end(id: u32) {
    signal_group(id, nix::sys::signal::Signal::SIGTERM);
}

#[cfg(not(unix))]
fn ask_to_end(_id: u32) {
    // In a Windows console Ctrl-C reaches the children too.
}

#[cfg(unix)]
fn kill(child: &mut Child) {
    signal_group(child.id(), nix::sys::signal::Signal::SIGKILL);
}

#[cfg(not(unix))]
fn kill(child: &mut Child) {
    let _ = child.kill();
}

#[cfg(unix)]
fn signal_group(id: u32, signal: nix::sys::signal::Signal) {
    if let Ok(id) = i32::try_from(id) {
        // It may have ended in this very moment.
        let _ = nix::sys::signal::killpg(nix::unistd::Pid::from_raw(id), signal);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut sh = Command::new("sh");
        sh.args(["-c", script]);
        sh
    }

    #[test]
    fn a_failure_names_the_program_and_its_code() {
        let error = run(&mut sh("exit 3")).unwrap_err().to_string();
        assert!(
            error.contains("`sh -c exit 3` failed") && error.contains('3'),
            "{error}"
        );
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("no-such-program"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("no-such-program"), "{error}");
    }

    #[test]
    fn all_that_was_printed_is_returned() {
        let mut script = sh("printf 'a\\nb'; exit 1");
        let (status, text) = tee(&mut script, |_| false).unwrap();
        assert_eq!(text, "a\nb");
        assert_eq!(status.code(), Some(1));
    }

    #[test]
    fn an_answer_is_what_was_printed_and_needs_success() {
        assert_eq!(answer(&mut sh("echo 7")).unwrap(), "7\n");
        assert!(answer(&mut sh("echo 7; exit 1")).is_err());
    }

    #[test]
    fn a_dropped_child_ends_with_its_own_children() {
        let mut command = sh("sleep 1000 & echo $!; wait");
        let mut running = Running::start(command.stdout(Stdio::piped())).unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(running.child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        drop(running);
        // The pipe closes once the last of the group is gone.
        assert_eq!(out.read_line(&mut line).unwrap(), 0);
    }

    #[test]
    fn a_server_is_ready_when_it_says_so_and_ends_with_its_input() {
        let mut command = sh("echo loading; echo listening on here; cat");
        let (mut running, rest) = Running::start_until(&mut command, "listening on ").unwrap();
        assert_eq!(rest, "here");
        assert!(running.ended().unwrap().is_none());
        drop(running.child.stdin.take());
        assert!(running.wait().unwrap().success());
    }

    #[test]
    fn a_server_that_ends_is_not_waited_for() {
        let error = Running::start_until(&mut sh("exit 7"), "listening on ").unwrap_err();
        assert!(error.to_string().contains("ended by itself"), "{error}");
    }

    #[test]
    fn a_taken_port_is_said_with_advice() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = port_is_free(port, "Stop it.").unwrap_err().to_string();
        assert!(
            error.contains("in use") && error.ends_with("Stop it."),
            "{error}"
        );
    }
}
