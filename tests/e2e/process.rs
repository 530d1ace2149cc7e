//! Child processes that end with their test.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::wait::{PAUSE, wait_for};

/// The time limit for the start of a server or driver.
const START: Duration = Duration::from_secs(60);

/// The number of bytes of a child's output that are stored.
const MAX_OUTPUT: usize = 64 << 10;

/// A child process. It is killed together with its own children when this value is dropped or this
/// process is killed: a browser does not end with its driver.
#[derive(Debug)]
pub(crate) struct Guarded {
    child: Child,
    started: Instant,
    written: Arc<Mutex<Vec<u8>>>,
}

impl Guarded {
    /// Starts `program` and waits until `ready` returns a value for a line of its output.
    ///
    /// # Panics
    ///
    /// Panics with the output if the program can't be started, ends, or is not ready in time.
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

    /// Starts `program`, which does not report that it is ready.
    ///
    /// # Panics
    ///
    /// Panics if the program can't be started.
    pub(crate) fn spawn(program: &Command) -> Self {
        let (found, _) = mpsc::channel::<()>();
        Self::spawn_and_read(program, |_| None, found)
    }

    fn spawn_and_read<T: Send + 'static>(
        program: &Command,
        ready: impl Fn(&str) -> Option<T> + Clone + Send + 'static,
        found: mpsc::Sender<T>,
    ) -> Self {
        let mut child = guarded_command(program)
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

    /// Starts a program that needs a port as an argument, and waits until it answers there. Tries
    /// another free port if another process takes the first one.
    ///
    /// # Panics
    ///
    /// Panics with the output if the program can't be started or is not ready in time.
    pub(crate) fn start_on_a_port(
        program: impl Fn(u16) -> Command,
        ready: impl Fn(u16) -> Result<(), String>,
    ) -> (Self, u16) {
        wait_for("a program on its own port", || {
            let port = free_port();
            let mut guarded = Self::spawn(&program(port));
            loop {
                let answer = ready(port);
                if guarded.has_ended() {
                    return Err(format!("it ended; it wrote: {}", guarded.written()));
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

    /// Returns the end of the program's output.
    pub(crate) fn written(&self) -> String {
        String::from_utf8_lossy(&self.written.lock().expect("no reader panics")).into_owned()
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // It may have ended already: then both calls fail, and nothing is left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns a port that is free at this moment.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// Returns the command in its own process group, which is killed when its standard input closes.
/// That happens however this process ends.
#[cfg(unix)]
fn guarded_command(program: &Command) -> Command {
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

/// Returns the command unchanged: on other systems the child is only killed on drop.
#[cfg(not(unix))]
fn guarded_command(program: &Command) -> Command {
    let mut command = Command::new(program.get_program());
    command.args(program.get_args());
    command
}

/// Reads a pipe to its end, so that the child never blocks on a full pipe. Stores the end of the
/// output, and reports the first line that `ready` accepts.
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
            let surplus = written.len().saturating_sub(MAX_OUTPUT);
            written.drain(..surplus);
        }
    });
}
