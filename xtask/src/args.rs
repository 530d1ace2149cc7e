//! The command line.

use std::num::NonZeroU32;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

/// What `cargo xtask help` prints.
pub(crate) const USAGE: &str = "\
cargo xtask <command>

  run              build the page, start the default server, print the address
      --dev          with reload: trunk serves the page and passes the rest on to the server
      --port N       listen there (default: 5000; with --dev 8080)
      --no-build     serve what was built before
  build            leave the release page in dist/ and print its sizes
  package TARGET   the page for one of the places that it is used in, left in packages/: apicloud, cdn or tauri
      --settings F   with the settings in this file (JSON) in the place of those of index.html
      --set KEY=VALUE  with this setting; may be given again
      --path P       the page's path on its origin, such as /games/orchard/ (cdn; default: /)
      --out F        into this folder
  check            formatting, lints and documentation, warnings denied
  test [FILTER]    every test, or those whose name contains FILTER
      --only GROUP   unit, server, browser, gallery, end-to-end, engines or tauri; may be given again
      --repeat N     N rounds of them, and at the end which case failed in which round
      --load         with all cores kept busy from outside; of several rounds every second one
  gallery          serve a page with every component in all its states
      --accept       take the pictures anew that the tests compare with
  lighthouse       measure the release page as Lighthouse sees it on a phone, and fail if it is not good enough
  bench            page, client and server beside their peers: weight, time to live, cost of an event, load, and so on
      --only PART    one part of it; may be given again
      --quick        a look in a minute, which leaves docs/benchmarks.md as it is
      --check        fail if a figure is over its budget; leaves it as it is, too
  fuzz [TARGET]    the fuzz targets under libFuzzer, one after the other, or this one; needs nightly
      --seconds N    how long each (default: 60)
  record [FILTER]  write anew what real Socket.IO servers send, as fixtures for the core's tests, or those whose name contains
                   FILTER
      --check        fail if they send something else than was recorded
  doctor           what is installed, in which version, and what is missing
  clean-cache      remove the tools and environments that these commands installed
      --unused       only those that this checkout no longer uses
  help             this text";

/// The command that is for this program itself.
pub(crate) const KEEP_BUSY: &str = "keep-busy";

/// One invocation.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Command {
    Run(Run),
    Build,
    Package(Package),
    Check,
    Test(Test),
    Bench(Bench),
    Fuzz(Fuzz),
    Record(Record),
    Gallery(Gallery),
    Lighthouse,
    Doctor,
    CleanCache {
        unused: bool,
    },
    Help,
    /// What `test --load` starts: work for every core, and nothing that comes of it.
    KeepBusy,
}

/// The options of `run`.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Run {
    pub(crate) dev: bool,
    pub(crate) port: Option<u16>,
    pub(crate) no_build: bool,
}

/// The options of `package`.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Package {
    pub(crate) target: Target,
    /// A file of settings for the page.
    pub(crate) settings: Option<PathBuf>,
    /// Single settings, which go before the file's.
    pub(crate) set: Vec<(String, String)>,
    /// Where on its origin the page will be, with a slash at both ends; `None`: in its root.
    pub(crate) path: Option<String>,
    /// The folder to leave it in, in the place of its own in `packages`.
    pub(crate) out: Option<PathBuf>,
}

/// A place that the page is used in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Target {
    Apicloud,
    Cdn,
    Tauri,
}

impl Target {
    const ALL: [Self; 3] = [Self::Apicloud, Self::Cdn, Self::Tauri];

    /// What it is called on the command line, and its folder.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Apicloud => "apicloud",
            Self::Cdn => "cdn",
            Self::Tauri => "tauri",
        }
    }
}

/// The options of `test`.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Test {
    /// The groups to run; empty: all.
    pub(crate) only: Vec<Group>,
    /// Part of the names of the tests to run.
    pub(crate) filter: Option<String>,
    /// Whether the gallery's pictures are taken anew, rather than compared with.
    pub(crate) accept: bool,
    /// How many rounds; `None`: one.
    pub(crate) repeat: Option<NonZeroU32>,
    /// Whether all cores are kept busy meanwhile.
    pub(crate) load: bool,
}

/// The options of `gallery`.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Gallery {
    pub(crate) accept: bool,
}

/// The options of `bench`.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Bench {
    pub(crate) quick: bool,
    pub(crate) check: bool,
    /// The parts to measure; empty: all.
    pub(crate) only: Vec<String>,
}

/// The options of `fuzz`.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Fuzz {
    /// The one target to run; `None`: all.
    pub(crate) target: Option<String>,
    /// How long each target runs, in seconds.
    pub(crate) seconds: u32,
}

/// The options of `record`.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Record {
    /// Whether the recordings are compared with, rather than written anew.
    pub(crate) check: bool,
    /// Part of the names of the recordings.
    pub(crate) filter: Option<String>,
}

/// Tests that need the same things around them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Group {
    /// The protocol, the contract, this tool, and what of client and page needs no browser, on the host.
    Unit,
    /// The default server, on the host.
    Server,
    /// The client and its hooks, in a headless browser.
    Browser,
    /// Pictures of every component, compared with accepted ones.
    Gallery,
    /// The built page in a browser against real servers.
    EndToEnd,
    /// The page from a CDN, in each engine.
    Engines,
    /// The package of the page in a window of its own, and the program in it.
    Tauri,
}

impl Group {
    pub(crate) const ALL: [Self; 7] = [
        Self::Unit,
        Self::Server,
        Self::Browser,
        Self::Gallery,
        Self::EndToEnd,
        Self::Engines,
        Self::Tauri,
    ];

    /// The name that `--only` takes.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Server => "server",
            Self::Browser => "browser",
            Self::Gallery => "gallery",
            Self::EndToEnd => "end-to-end",
            Self::Engines => "engines",
            Self::Tauri => "tauri",
        }
    }
}

/// Reads the arguments after the program's name.
pub(crate) fn parse(args: impl IntoIterator<Item = String>) -> Result<Command> {
    let mut args = args.into_iter();
    let command = match args.next().as_deref() {
        None | Some("help" | "--help" | "-h") => return Ok(Command::Help),
        Some("run") => return run(args),
        Some("package") => return package(args),
        Some("test") => return test(args),
        Some("bench") => return bench(args),
        Some("fuzz") => return fuzz(args),
        Some("record") => return record(args),
        Some("gallery") => return gallery(args),
        Some("lighthouse") => Command::Lighthouse,
        Some("clean-cache") => return clean_cache(args),
        Some("build") => Command::Build,
        Some("check") => Command::Check,
        Some("doctor") => Command::Doctor,
        Some(KEEP_BUSY) => Command::KeepBusy,
        Some(other) => bail!("there is no command `{other}`"),
    };
    match args.next() {
        None => Ok(command),
        Some(extra) => bail!("unexpected argument `{extra}`"),
    }
}

fn run(mut args: impl Iterator<Item = String>) -> Result<Command> {
    let mut run = Run::default();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--dev" => run.dev = true,
            "--no-build" => run.no_build = true,
            "--port" => {
                let port = args.next().context("--port needs a number")?;
                let port = port
                    .parse()
                    .ok()
                    .filter(|port| *port != 0)
                    .with_context(|| format!("`{port}` is not a port: 1 to 65535"))?;
                run.port = Some(port);
            }
            _ => bail!("`run` takes no argument `{arg}`"),
        }
    }
    if run.dev && run.no_build {
        bail!("--dev builds at every change: leave out --no-build");
    }
    Ok(Command::Run(run))
}

fn package(mut args: impl Iterator<Item = String>) -> Result<Command> {
    let (mut target, mut settings, mut path, mut out) = (None, None, None, None);
    let mut set = Vec::new();
    while let Some(arg) = args.next() {
        let named = Target::ALL.into_iter().find(|it| it.name() == arg);
        match arg.as_str() {
            "--settings" => settings = Some(args.next().context("--settings needs a file")?.into()),
            "--set" => {
                let pair = args.next().context("--set needs a KEY=VALUE")?;
                let pair = pair
                    .split_once('=')
                    .with_context(|| format!("--set takes KEY=VALUE, not `{pair}`"))?;
                set.push((pair.0.to_owned(), pair.1.to_owned()));
            }
            "--path" => path = Some(folder(&args.next().context("--path needs a path")?)?),
            "--out" => out = Some(args.next().context("--out needs a folder")?.into()),
            _ if target.is_none() && named.is_some() => target = named,
            _ => bail!("`package` takes no argument `{arg}`"),
        }
    }
    let names = || Target::ALL.map(Target::name).join(", ");
    let target = target.with_context(|| format!("`package` needs a target: {}", names()))?;
    Ok(Command::Package(Package {
        target,
        settings,
        set,
        path,
        out,
    }))
}

/// A path with a slash at both ends, and nothing in it that a server's configuration would read as more than a name.
fn folder(path: &str) -> Result<String> {
    let inner = path.trim_matches('/');
    let name = |part: &str| {
        let fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        part.bytes().any(|byte| byte != b'.') && part.bytes().all(fit)
    };
    match inner {
        "" => Ok("/".to_owned()),
        _ if inner.split('/').all(name) => Ok(format!("/{inner}/")),
        _ => bail!("`{path}` is no path of folders, such as /games/orchard/"),
    }
}

fn test(mut args: impl Iterator<Item = String>) -> Result<Command> {
    let mut test = Test::default();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--only" => {
                let name = args.next().context("--only needs the name of a group")?;
                let group = Group::ALL.into_iter().find(|group| group.name() == name);
                test.only.push(group.with_context(|| {
                    let names = Group::ALL.map(Group::name).join(", ");
                    format!("there is no group `{name}`, but: {names}")
                })?);
            }
            "--repeat" => {
                let rounds = args.next().context("--repeat needs a number")?;
                let rounds = rounds
                    .parse()
                    .with_context(|| format!("`{rounds}` is not a number of rounds above 0"))?;
                test.repeat = Some(rounds);
            }
            "--load" => test.load = true,
            _ if arg.starts_with('-') => bail!("`test` takes no argument `{arg}`"),
            _ if test.filter.is_none() => test.filter = Some(arg),
            _ => bail!("`test` takes one filter, and `{arg}` is a second one"),
        }
    }
    Ok(Command::Test(test))
}

fn bench(mut args: impl Iterator<Item = String>) -> Result<Command> {
    let mut bench = Bench::default();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--quick" => bench.quick = true,
            "--check" => bench.check = true,
            "--only" => {
                let part = args.next().context("--only needs the name of a part")?;
                bench.only.push(part);
            }
            _ => bail!("`bench` takes no argument `{arg}`"),
        }
    }
    Ok(Command::Bench(bench))
}

fn fuzz(mut args: impl Iterator<Item = String>) -> Result<Command> {
    let mut fuzz = Fuzz {
        target: None,
        seconds: 60,
    };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--seconds" => {
                let seconds = args.next().context("--seconds needs a number")?;
                // For libFuzzer 0 is for ever.
                fuzz.seconds = seconds
                    .parse()
                    .ok()
                    .filter(|seconds| *seconds != 0)
                    .with_context(|| format!("`{seconds}` is not a number of seconds above 0"))?;
            }
            _ if arg.starts_with('-') => bail!("`fuzz` takes no argument `{arg}`"),
            _ if fuzz.target.is_none() => fuzz.target = Some(arg),
            _ => bail!("`fuzz` takes one target, and `{arg}` is a second one"),
        }
    }
    Ok(Command::Fuzz(fuzz))
}

fn record(args: impl Iterator<Item = String>) -> Result<Command> {
    let mut record = Record::default();
    for arg in args {
        match arg.as_str() {
            "--check" => record.check = true,
            _ if arg.starts_with('-') => bail!("`record` takes no argument `{arg}`"),
            _ if record.filter.is_none() => record.filter = Some(arg),
            _ => bail!("`record` takes one filter, and `{arg}` is a second one"),
        }
    }
    Ok(Command::Record(record))
}

fn gallery(mut args: impl Iterator<Item = String>) -> Result<Command> {
    match (args.next().as_deref(), args.next()) {
        (None, _) => Ok(Command::Gallery(Gallery { accept: false })),
        (Some("--accept"), None) => Ok(Command::Gallery(Gallery { accept: true })),
        _ => bail!("`gallery` takes --accept, or nothing"),
    }
}

fn clean_cache(mut args: impl Iterator<Item = String>) -> Result<Command> {
    match (args.next().as_deref(), args.next()) {
        (None, _) => Ok(Command::CleanCache { unused: false }),
        (Some("--unused"), None) => Ok(Command::CleanCache { unused: true }),
        _ => bail!("`clean-cache` takes --unused, or nothing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_line(line: &str) -> Result<Command> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn nothing_is_a_call_for_help() {
        assert_eq!(parse_line("").unwrap(), Command::Help);
    }

    #[test]
    fn run_takes_its_options_in_any_order() {
        let expected = Run {
            dev: true,
            port: Some(8081),
            no_build: false,
        };
        assert_eq!(
            parse_line("run --port 8081 --dev").unwrap(),
            Command::Run(expected)
        );
    }

    #[test]
    fn a_bad_port_is_named() {
        for line in ["run --port 0", "run --port 65536", "run --port x"] {
            let error = parse_line(line).unwrap_err().to_string();
            assert!(error.contains("is not a port"), "{line}: {error}");
        }
        assert!(parse_line("run --port").is_err());
    }

    #[test]
    fn test_takes_groups_and_a_filter() {
        let expected = Test {
            only: vec![Group::Unit, Group::EndToEnd],
            filter: Some("m7_".to_owned()),
            ..Test::default()
        };
        let line = "test --only unit m7_ --only end-to-end";
        assert_eq!(parse_line(line).unwrap(), Command::Test(expected));
    }

    #[test]
    fn test_is_repeated_so_often_and_under_load() {
        let expected = Test {
            only: vec![Group::Gallery],
            repeat: NonZeroU32::new(10),
            load: true,
            ..Test::default()
        };
        let line = "test --repeat 10 --only gallery --load";
        assert_eq!(parse_line(line).unwrap(), Command::Test(expected));
        for line in ["test --repeat", "test --repeat 0", "test --repeat gallery"] {
            assert!(parse_line(line).is_err(), "{line}");
        }
    }

    #[test]
    fn bench_takes_parts_and_how_to_measure_them() {
        let expected = Bench {
            quick: true,
            check: true,
            only: vec!["weight".to_owned(), "live".to_owned()],
        };
        let line = "bench --only weight --quick --only live --check";
        assert_eq!(parse_line(line).unwrap(), Command::Bench(expected));
        for line in ["bench --only", "bench weight"] {
            assert!(parse_line(line).is_err(), "{line}");
        }
    }

    #[test]
    fn package_takes_a_target_settings_and_a_place() {
        let expected = Package {
            target: Target::Cdn,
            settings: Some("far.json".into()),
            set: vec![("api".into(), "https://a.example/?x=1".into())],
            path: Some("/games/orchard/".into()),
            out: None,
        };
        let line =
            "package --settings far.json cdn --path games/orchard --set api=https://a.example/?x=1";
        assert_eq!(parse_line(line).unwrap(), Command::Package(expected));
        for line in [
            "package",
            "package web",
            "package cdn cdn",
            "package cdn --settings",
            "package cdn --set",
            "package cdn --set api",
            "package cdn --path /a/../b",
            "package cdn --path /a;b/",
        ] {
            assert!(parse_line(line).is_err(), "{line}");
        }
    }

    #[test]
    fn fuzz_takes_a_target_and_a_time() {
        let expected = Fuzz {
            target: Some("manager".to_owned()),
            seconds: 3600,
        };
        assert_eq!(
            parse_line("fuzz --seconds 3600 manager").unwrap(),
            Command::Fuzz(expected)
        );
        for line in ["fuzz --seconds", "fuzz --seconds 0", "fuzz a b", "fuzz -x"] {
            assert!(parse_line(line).is_err(), "{line}");
        }
    }

    #[test]
    fn record_takes_a_filter_and_whether_to_compare() {
        let expected = Record {
            check: true,
            filter: Some("flask::".to_owned()),
        };
        assert_eq!(
            parse_line("record flask:: --check").unwrap(),
            Command::Record(expected)
        );
        for line in ["record a b", "record --only"] {
            assert!(parse_line(line).is_err(), "{line}");
        }
    }

    #[test]
    fn an_unknown_group_is_answered_with_the_known_ones() {
        let error = parse_line("test --only units").unwrap_err().to_string();
        assert!(
            error.contains("unit, server, browser, gallery, end-to-end, engines, tauri"),
            "{error}"
        );
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for line in [
            "rum",
            "build --fast",
            "check x",
            "run x",
            "test a b",
            "clean-cache --all",
            "gallery --all",
            "lighthouse x",
        ] {
            assert!(parse_line(line).is_err(), "{line}");
        }
    }
}
