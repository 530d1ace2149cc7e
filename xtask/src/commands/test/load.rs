//! All cores kept busy from outside, for tests that must not depend on how quick a machine is.

use std::hint::black_box;
use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result};

use crate::process::Running;

/// The command of this program that does it.
pub(crate) const COMMAND: &str = "keep-busy";

/// Starts it, in a process of its own, until the value is dropped. Should this program be killed, it ends as well: its input
/// closes.
pub(crate) fn start() -> Result<Running> {
    let program = std::env::current_exe().context("could not find where this program is")?;
    let mut command = Command::new(program);
    command.arg(COMMAND).stdout(Stdio::null());
    Running::start_with_input(&mut command)
}

/// Gives every core something to do until the input closes.
pub(crate) fn keep_busy() {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    for _ in 0..cores {
        thread::spawn(|| {
            for number in 0_u64.. {
                black_box(number.wrapping_mul(number));
            }
        });
    }
    // Whatever comes, or fails to: at the end the process ends, and its threads with it.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
