//! `cargo xtask record`

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::process;
use crate::servers::peers;
use crate::step::note;
use crate::tools::{node, python};
use crate::workspace::cargo;

/// The options of `record`.
#[derive(Args, Debug)]
pub(crate) struct Record {
    /// Fail if the servers send something else than was recorded, rather than record it
    #[arg(long)]
    check: bool,
    /// Only the recordings whose name contains this
    filter: Option<String>,
}

/// Records what real servers send and which events the core then reports, or compares both with the
/// recordings.
pub(crate) fn record(options: &Record) -> Result<()> {
    if options.check {
        return process::run(checker()?.args(&options.filter));
    }
    process::run(recorder("record")?.args(&options.filter))?;
    note(format_args!("what the core reports then"));
    let mut replay = cargo("test");
    replay.args([
        "--quiet",
        "--package",
        "socketio-proto",
        "--test",
        "recordings",
    ]);
    process::run(replay.env("RECORDINGS_ACCEPT", "1"))
}

/// Returns the command that compares what the servers send with the recordings.
pub(crate) fn checker() -> Result<Command> {
    recorder("check")
}

fn recorder(mode: &str) -> Result<Command> {
    node::set_up()?;
    let mut recorder = cargo("run");
    recorder
        .args(["--quiet", "--package", "recorder", "--", mode])
        .env("RECORDER_PYTHON", python::Environment::Tests.set_up()?)
        .env("RECORDER_SOCKETIOXIDE", peers::build_example()?);
    Ok(recorder)
}
