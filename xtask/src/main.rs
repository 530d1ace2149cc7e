//! What a person types in this project: `cargo xtask run`, `build`, `check`, `test`.
//!
//! Every command sets up what it needs and finds missing. Tools go into a cache outside the checkout (see [`tools::cache`]).

mod args;
mod bench;
mod commands;
mod package;
mod page;
mod process;
mod servers;
mod stamp;
mod step;
mod tools;
mod workspace;

use std::process::ExitCode;

use args::Command;
use commands::test::load;
use commands::{build, check, clean_cache, doctor, fuzz, gallery, lighthouse, record, run, test};

fn main() -> ExitCode {
    let command = match args::parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(error) => {
            eprintln!("error: {error}\n\n`cargo xtask help` lists what there is.");
            return ExitCode::from(2);
        }
    };
    match process::end_children_on_signal().and_then(|()| execute(command)) {
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

fn execute(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Run(options) => run::run(&options),
        Command::Build => build::build(),
        Command::Package(options) => package::package(&options).map(drop),
        Command::Check => check::check(),
        Command::Test(options) => test::test(&options),
        Command::Bench(options) => bench::bench(&options),
        Command::Fuzz(options) => fuzz::fuzz(&options),
        Command::Record(options) => record::record(&options),
        Command::Gallery(options) => gallery::gallery(&options),
        Command::Lighthouse => lighthouse::lighthouse(),
        Command::Doctor => doctor::doctor(),
        Command::CleanCache { unused } => clean_cache::clean(unused),
        Command::Help => {
            println!("{}", args::USAGE);
            Ok(())
        }
        Command::KeepBusy => {
            load::keep_busy();
            Ok(())
        }
    }
}
