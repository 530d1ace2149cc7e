//! `cargo xtask run`

use std::process::ExitStatus;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::process::{self, Running};
use crate::servers::orchard_server;
use crate::side_by_side::side_by_side;
use crate::step::note;
use crate::{page, workspace};

/// The options of `run`.
#[derive(Args, Debug)]
pub(crate) struct Run {
    /// Reload: trunk serves the page and passes the rest on to the server
    #[arg(long, conflicts_with = "no_build")]
    dev: bool,
    /// Listen on this port [default: 5000; with --dev 8080]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// Serve what was built before
    #[arg(long)]
    no_build: bool,
}

/// The port of the default server, to which Trunk.toml also forwards requests.
const SERVER_PORT: u16 = 5000;

/// The port of `trunk serve`.
const DEV_PORT: u16 = 8080;

/// Builds what is outdated, and runs the server, and in development trunk, until Ctrl-C.
pub(crate) fn run(options: &Run) -> Result<()> {
    if options.dev {
        develop(options)
    } else {
        serve(options)
    }
}

fn serve(options: &Run) -> Result<()> {
    let port = options.port.unwrap_or(SERVER_PORT);
    process::port_is_free(
        port,
        "Stop that program, or choose another port: cargo xtask run --port 5001",
    )?;
    let program = if options.no_build {
        let (program, dist) = (orchard_server::program()?, workspace::dist());
        if !program.exists() || !dist.join("index.html").exists() {
            bail!("nothing was built yet: leave out --no-build");
        }
        program
    } else {
        // The page's tools, which its build installs first, take as long as the server does.
        let parts: [fn() -> Result<()>; 2] = [page::build, || orchard_server::build().map(drop)];
        side_by_side(parts)?;
        orchard_server::program()?
    };
    let demo_account = orchard_server::demo_account(&program);
    let server = orchard_server::start(&program, port, Some(&workspace::dist()))?;
    print!("\n{}", demo_account.unwrap_or_default());
    note(format_args!(
        "open http://127.0.0.1:{port}/ in a browser; Ctrl-C ends it"
    ));
    until_the_end(server.wait()?, "the server")
}

fn develop(options: &Run) -> Result<()> {
    let port = options.port.unwrap_or(DEV_PORT);
    process::port_is_free(
        port,
        "Stop that program, or choose another port: cargo xtask run --dev --port 8081",
    )?;
    process::port_is_free(
        SERVER_PORT,
        "The default server needs it: stop that program.",
    )?;
    let mut trunk = page::trunk("serve", &page::set_up()?)?;
    // Leave the release page in `dist/` unchanged.
    let dist = workspace::target()?.join("dev-dist");
    std::fs::create_dir_all(&dist).with_context(|| format!("could not make {}", dist.display()))?;
    trunk
        .arg("--dist")
        .arg(&dist)
        .arg("--port")
        .arg(port.to_string());
    let program = orchard_server::build()?;
    let demo_account = orchard_server::demo_account(&program);
    let mut server = orchard_server::start(&program, SERVER_PORT, None)?;
    print!("\n{}", demo_account.unwrap_or_default());
    note(format_args!(
        "building the page; then open http://127.0.0.1:{port}/; Ctrl-C ends it"
    ));
    let mut trunk = Running::start(&mut trunk)?;
    loop {
        if !process::interrupted() {
            server.must_run()?;
        }
        if let Some(status) = trunk.ended()? {
            return until_the_end(status, "trunk");
        }
        process::rest();
    }
}

/// Returns an error if a program failed. After Ctrl-C any exit status is accepted.
fn until_the_end(status: ExitStatus, name: &str) -> Result<()> {
    if process::interrupted() || status.success() {
        return Ok(());
    }
    bail!("{name} ended ({status})")
}
