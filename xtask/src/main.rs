//! The commands of this project: `cargo xtask run`, `build`, `check`, `test`.
//!
//! Each command installs what it needs and is missing. Tools go into a cache outside the checkout
//! (see [`tools::cache`]).

mod bench;
mod cli;
mod commands;
mod package;
mod page;
mod process;
mod servers;
mod side_by_side;
mod stamp;
mod step;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

use cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match process::listen().and_then(|()| cli.execute()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if process::interrupted() => {
            eprintln!("Stopped.");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
