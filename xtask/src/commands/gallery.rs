//! `cargo xtask gallery`: every component in all its states.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use super::test::{self, Group, Test};
use crate::page::gallery::build;
use crate::process;
use crate::servers::orchard_server;
use crate::step::note;
use crate::workspace;

/// The options of `gallery`.
#[derive(Args, Debug)]
pub(crate) struct Gallery {
    /// Replace the pictures that the tests compare with
    #[arg(long)]
    accept: bool,
}

/// The port that the gallery is served on.
const PORT: u16 = 5050;

/// Serves the gallery until Ctrl-C, or replaces the accepted pictures.
pub(crate) fn gallery(options: &Gallery) -> Result<()> {
    if options.accept {
        return accept();
    }
    process::port_is_free(
        PORT,
        "Is the gallery served already? Else stop that program.",
    )?;
    let dist = build()?;
    let mut command = Command::new(orchard_server::build()?);
    command.arg("--dist").arg(dist);
    // The gallery shows its states in frames, which the page's policy forbids.
    command.args(["--content-security-policy", ""]);
    let data = workspace::target()?.join("gallery-data");
    let server = orchard_server::start_aside(&mut command, PORT, &data)?;
    note(format_args!(
        "open http://127.0.0.1:{PORT}/ in a browser; Ctrl-C ends it"
    ));
    server.wait()?;
    Ok(())
}

/// Runs the tests in the mode that replaces the pictures.
fn accept() -> Result<()> {
    let accepting = Test {
        only: vec![Group::Gallery],
        accept: true,
        ..Test::default()
    };
    test::test(&accepting)?;
    note("the pictures in tests/gallery/accepted were replaced: git shows what has changed");
    Ok(())
}
