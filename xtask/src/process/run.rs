//! Commands that run to their end.

use std::io::Write;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::RecvTimeoutError;

use anyhow::{Context, Result, bail, ensure};

use super::interrupt::interrupted;
use super::running::{Running, TICK, shown};

/// Runs a command to its end with its output shown. An exit code other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let name = shown(command);
    succeeded(&name, Running::start(command)?.wait()?)
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
    let name = shown(command);
    let (status, text) = listen(command, |_| {})?;
    succeeded(&name, status)?;
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
        // Keep reading even if the output can't be shown: the child must not block.
        let _ = stdout.write_all(line).and_then(|()| stdout.flush());
    })
}

/// Runs a command to its end, calls `on_line` with each line that it prints, and returns all of
/// them.
fn listen(command: &mut Command, mut on_line: impl FnMut(&[u8])) -> Result<(ExitStatus, String)> {
    let mut running = Running::start(command.stdout(Stdio::piped()))?;
    let lines = running.lines()?;
    let mut text = String::new();
    loop {
        match lines.recv_timeout(TICK) {
            Ok(line) => {
                on_line(&line);
                text.push_str(&String::from_utf8_lossy(&line));
            }
            Err(RecvTimeoutError::Timeout) if interrupted() => drop(running.ended()?),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok((running.wait()?, text)),
        }
    }
}

fn succeeded(name: &str, status: ExitStatus) -> Result<()> {
    ensure!(status.success(), "{name} failed ({status})");
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::process::sh;

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
    fn all_output_is_returned() {
        let mut script = sh("printf 'a\\nb'; exit 1");
        let (status, text) = tee(&mut script, |_| false).unwrap();
        assert_eq!(text, "a\nb");
        assert_eq!(status.code(), Some(1));
    }

    #[test]
    fn the_output_is_returned_only_on_success() {
        assert_eq!(answer(&mut sh("echo 7")).unwrap(), "7\n");
        assert!(answer(&mut sh("echo 7; exit 1")).is_err());
    }
}
