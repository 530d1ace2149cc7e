//! Records what real Socket.IO servers send, as fixtures for the tests of `socketio-proto`.
//!
//! `cargo xtask record` runs it with `record`, which replaces the recordings, or `check`, which
//! compares them with what the servers send now. The servers are those of `tests/servers` and the
//! example `test_server` of `server`.

mod client;
mod names;
mod report;
mod scenarios;
mod server;
mod servers;
mod stage;
#[allow(dead_code, reason = "the replay reads what is written here")]
#[path = "../../../crates/socketio-proto/tests/recordings/transcript.rs"]
mod transcript;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args();
    let program = arguments.next();
    let mode = arguments.next();
    let arguments = libtest_mimic::Arguments::from_iter(program.into_iter().chain(arguments));
    match mode.as_deref() {
        Some("check") => report::check(arguments),
        Some("record") => report::record(arguments),
        _ => {
            eprintln!("error: `record` or `check` is wanted, see `cargo xtask help`");
            ExitCode::from(2)
        }
    }
}
