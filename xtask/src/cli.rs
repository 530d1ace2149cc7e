//! The command line.

use clap::{Parser, Subcommand};

use crate::bench::{self, Bench};
use crate::commands::clean_cache::{self, CleanCache};
use crate::commands::fuzz::{self, Fuzz};
use crate::commands::gallery::{self, Gallery};
use crate::commands::record::{self, Record};
use crate::commands::run::{self, Run};
use crate::commands::test::{self, Test, load};
use crate::commands::{build, check, doctor, lighthouse};
use crate::package::{self, Package};

/// Run, build, check, test and measure the orchard page
///
/// Each command sets up what it needs and finds missing. Tools go into a cache outside the
/// checkout.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the page, start the default server, and print the address
    Run(Run),
    /// Leave the release page in dist/ and print its sizes
    Build,
    /// Package the page for one of the places that it is used in
    Package(Package),
    /// Check formatting, imports, spelling, lints and documentation, with warnings denied
    Check,
    /// Run every test, or those whose name contains FILTER
    Test(Test),
    /// Serve a page with every component in all its states
    Gallery(Gallery),
    /// Measure the release page as Lighthouse sees it on a phone, and fail if it is not good enough
    Lighthouse,
    /// Measure page, client and server beside their peers: weight, time to live, cost of an event,
    /// load
    Bench(Bench),
    /// Run the fuzz targets under libFuzzer, one after the other; needs nightly
    Fuzz(Fuzz),
    /// Record again what real Socket.IO servers send, as fixtures for the core's tests
    Record(Record),
    /// Say what is installed, in which version, and what is missing
    Doctor,
    /// Remove the tools and environments that these commands installed
    CleanCache(CleanCache),
    /// Keep every core busy until the input closes: what `test --load` starts
    #[command(name = load::COMMAND, hide = true)]
    KeepBusy,
}

impl Cli {
    /// Executes the command.
    pub(crate) fn execute(self) -> anyhow::Result<()> {
        match self.command {
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
            Command::CleanCache(options) => clean_cache::clean(&options),
            Command::KeepBusy => {
                load::keep_busy();
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> Result<Command, String> {
        let words = std::iter::once("cargo xtask").chain(line.split_whitespace());
        let cli = Cli::try_parse_from(words).map_err(|error| error.to_string());
        cli.map(|cli| cli.command)
    }

    #[test]
    fn the_definition_of_the_command_line_is_valid() {
        Cli::command().debug_assert();
    }

    #[test]
    fn test_takes_several_groups_and_one_filter() {
        let Ok(Command::Test(test)) = parse("test --only unit m7_ --only end-to-end --load") else {
            panic!("it is refused");
        };
        assert_eq!(test.only, [test::Group::Unit, test::Group::EndToEnd]);
        assert_eq!(test.filter.as_deref(), Some("m7_"));
        assert!(test.load && !test.accept);
        assert!(parse("test a b").is_err());
    }

    #[test]
    fn package_takes_several_settings() {
        let line = "package --set a=1 cdn --path games/orchard --set b=https://c.example/?d=2";
        let Ok(Command::Package(package)) = parse(line) else {
            panic!("it is refused");
        };
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            package.set,
            [pair("a", "1"), pair("b", "https://c.example/?d=2")]
        );
        assert_eq!(package.path.as_deref(), Some("/games/orchard/"));
    }

    #[test]
    fn invalid_numbers_are_refused() {
        for line in [
            "run --port 0",
            "run --port 65536",
            "test --repeat 0",
            // libFuzzer takes 0 for no limit.
            "fuzz --seconds 0",
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains("invalid value"), "{line}: {error}");
        }
    }

    #[test]
    fn the_error_for_an_unknown_name_lists_the_known_ones() {
        let names = "unit, server, browser, gallery, end-to-end, engines, tauri";
        for (line, known) in [
            ("test --only units", names),
            ("package web", "apicloud, cdn, tauri"),
            ("bench --only wait", "weight, live, page-events"),
            ("fuzz json", "decoder, manager"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(known), "{line}: {error}");
        }
    }

    #[test]
    fn what_reloads_is_built() {
        let error = parse("run --dev --no-build").unwrap_err();
        assert!(error.contains("cannot be used with"), "{error}");
    }
}
