//! Child processes that end with their test.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::wait::{PAUSE, wait_for};

/// How long a server or the driver may take until it is ready.
const START: Duration = Duration::from_secs(60);

/// How many bytes of what a child wrote are kept.
const KEPT: usize = 64 << 10;

/// A child process. It is killed when this value is dropped, or when this process is killed, and
/// with it whatever it started: a browser does not end with its driver.
#[derive(Debug)]
pub(crate) struct Guarded {
    child: Child,
    started: Instant,
    written: Arc<Mutex<Vec<u8>>>,
}

impl Guarded {
    /// Starts `program` and waits until `ready` finds something in a line that it writes.
    ///
    /// # Panics
    ///
    /// When it can't be started, ends, or is not ready in time, with what it wrote.
    pub(crate) fn start<T: Send + 'static>(
        program: &Command,
        ready: impl Fn(&str) -> Option<T> + Clone + Send + 'static,
    ) -> (Self, T) {
        let (found, finding) = mpsc::channel();
        let guarded = Self::spawn_and_read(program, ready, found);
        let program = program.get_program().to_string_lossy();

        match finding.recv_timeout(START) {
            Ok(value) => (guarded, value),
            Err(RecvTimeoutError::Timeout) => {
                panic!(
                    "{program} was not ready in {START:?}; it wrote:\n{}",
                    guarded.written()
                )
            }
            Err(RecvTimeoutError::Disconnected) => {
                panic!(
                    "{program} ended before it was ready; it wrote:\n{}",
                    guarded.written()
                )
            }
        }
    }

    /// Starts `program`, which does not say when it is ready.
    ///
    /// # Panics
    ///
    /// When it can't be started.
    pub(crate) fn spawn(program: &Command) -> Self {
        let (found, _) = mpsc::channel::<()>();
        Self::spawn_and_read(program, |_| None, found)
    }

    fn spawn_and_read<T: Send + 'static>(
        program: &Command,
        ready: impl Fn(&str) -> Option<T> + Clone + Send + 'static,
        found: mpsc::Sender<T>,
    ) -> Self {
        let mut child = watched(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                let program = program.get_program().to_string_lossy();
                panic!("can't start {program}: {error}")
            });
        let written = Arc::new(Mutex::new(Vec::new()));
        let stdout = child.stdout.take().expect("it is piped");
        let stderr = child.stderr.take().expect("it is piped");
        read_lines(stdout, Arc::clone(&written), ready.clone(), found.clone());
        read_lines(stderr, Arc::clone(&written), ready, found);
        Self {
            child,
            started: Instant::now(),
            written,
        }
    }

    /// Starts a program that has to be told a port, and waits until it answers there: on one that is free, and on another
    /// should somebody have taken that in between.
    ///
    /// # Panics
    ///
    /// When it can't be started, or is not ready in time, with what it wrote.
    pub(crate) fn start_on_a_port(
        program: impl Fn(u16) -> Command,
        ready: impl Fn(u16) -> Result<(), String>,
    ) -> (Self, u16) {
        wait_for("a program on a port of its own", || {
            let port = free_port();
            let mut guarded = Self::spawn(&program(port));
            loop {
                let answer = ready(port);
                if guarded.has_ended() {
                    return Err(format!("it ended, having written: {}", guarded.written()));
                }
                match answer {
                    Ok(()) => return Ok((guarded, port)),
                    Err(why) if guarded.started.elapsed() > START => {
                        panic!(
                            "{why}; not ready in {START:?}, it wrote: {}",
                            guarded.written()
                        )
                    }
                    Err(_) => thread::sleep(PAUSE),
                }
            }
        })
    }

    fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// The end of what it wrote.
    pub(crate) fn written(&self) -> String {
        String::from_utf8_lossy(&self.written.lock().expect("no reader panics")).into_owned()
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // It may have ended by itself: both errors say that there is nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on at this moment.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// The command, in a process group of its own that is killed when its standard input closes. That
/// happens however this process ends.
#[cfg(unix)]
fn watched(program: &Command) -> Command {
    use std::os::unix::process::CommandExt;

    const SCRIPT: &str = r#"
        exec 3<&0
        (cat <&3; kill -KILL 0) >/dev/null 2>&1 &
        exec "$@" 3<&-
    "#;
    let mut command = Command::new("sh");
    command
        .args(["-c", SCRIPT, "sh"])
        .arg(program.get_program())
        .args(program.get_args());
    command.process_group(0);
    command
}

/// The command as it is: elsewhere only a drop ends it.
#[cfg(not(unix))]
fn watched(program: &Command) -> Command {
    let mut command = Command::new(program.get_program());
    command.args(program.get_args());
    command
}

/// Keeps what comes out of a pipe, so that the child never blocks on a full one, and reports the
/// first line that `ready` accepts.
fn read_lines<T: Send + 'static>(
    pipe: impl Read + Send + 'static,
    written: Arc<Mutex<Vec<u8>>>,
    ready: impl Fn(&str) -> Option<T> + Send + 'static,
    found: mpsc::Sender<T>,
) {
    thread::spawn(move || {
        let mut found = Some(found);
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while matches!(pipe.read_until(b'\n', &mut line), Ok(1..)) {
            if let Some(value) = ready(String::from_utf8_lossy(&line).trim())
                && let Some(found) = found.take()
            {
                let _ = found.send(value);
            }
            let mut written = written.lock().expect("no reader panics");
            written.append(&mut line);
            let surplus = written.len().saturating_sub(KEPT);
            written.drain(..surplus);
        }
    });
}
