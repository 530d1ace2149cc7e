//! Child processes, which end with this one.
//!
//! Each child leads its own process group, so Ctrl-C in a terminal reaches only this program. It
//! terminates every group and waits, so that no compiler, server or browser keeps running.

mod interrupt;
mod port;
mod run;
mod running;

pub(crate) use interrupt::{interrupted, listen};
pub(crate) use port::{free_port, port_is_free};
pub(crate) use run::{answer, output, run, tee};
pub(crate) use running::{Running, rest};

/// Returns a command that runs a shell script, for the tests.
#[cfg(all(test, unix))]
fn sh(script: &str) -> std::process::Command {
    let mut sh = std::process::Command::new("sh");
    sh.args(["-c", script]);
    sh
}
