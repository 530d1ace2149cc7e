//! `orchard-load CASE --address 127.0.0.1:PORT --pid PID`

use std::io::{self, Write};
use std::net::SocketAddrV4;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use orchard_load::{Account, Case, Target};

/// Puts one kind of load on a Socket.IO server of this machine, and prints what it cost the server.
#[derive(Debug, Parser)]
#[command(name = "orchard-load", version)]
struct Options {
    case: Case,

    /// Where the server listens: an address of 127.0.0.0/8 and a port.
    #[arg(long)]
    address: SocketAddrV4,

    /// The server's process, whose figures are read from /proc.
    #[arg(long)]
    pid: u32,

    /// Account that the clients sign in with; without it they connect as they are.
    #[arg(long, requires = "password")]
    account: Option<String>,

    /// The account's password.
    #[arg(
        long,
        env = "ORCHARD_LOAD_PASSWORD",
        hide_env_values = true,
        requires = "account"
    )]
    password: Option<String>,

    /// A small load, to see whether it works.
    #[arg(long)]
    quick: bool,
}

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<()> {
    raise_limit()?;
    let account = options.account.zip(options.password);
    let account = account.map(|(name, password)| Account { name, password });
    let target = Target::new(options.address, options.pid, account)?;
    // One thread, so that the server has the other cores.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let samples = runtime.block_on(options.case.run(&target, options.quick))?;
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &samples)?;
    writeln!(out).context("could not print the samples")
}

/// Raises the limit of open files, as each client needs a socket.
#[cfg(unix)]
fn raise_limit() -> Result<()> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most)
        .context("could not raise the limit of open files")
}

#[cfg(not(unix))]
fn raise_limit() -> Result<()> {
    Ok(())
}
