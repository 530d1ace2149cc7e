//! Load on all cores, for tests that must not depend on the speed of the machine.

use std::hint::black_box;
use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::Result;

use crate::process::Running;
use crate::workspace;

/// The command of this program that generates the load.
pub(crate) const COMMAND: &str = "keep-busy";

/// Starts the load in its own process, which exits when the value is dropped or this program is
/// killed: both close its input.
pub(crate) fn start() -> Result<Running> {
    let program = workspace::program()?;
    let mut command = Command::new(program);
    command.arg(COMMAND).stdout(Stdio::null());
    Running::start_with_input(&mut command)
}

/// Keeps every core busy until standard input closes.
pub(crate) fn keep_busy() {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    for _ in 0..cores {
        thread::spawn(|| {
            for number in 0_u64.. {
                black_box(number.wrapping_mul(number));
            }
        });
    }
    // The result does not matter: when this returns, the process exits, and its threads with it.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
