//! `cargo xtask test`

mod brief;
mod environment;
mod group_result;
pub(crate) mod load;
mod options;
mod rounds;
mod tally;

use std::io::IsTerminal;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

pub(crate) use self::options::{Group, Test};

use self::brief::Brief;
use self::group_result::{GroupResult, Variant};
use self::rounds::Round;
use self::tally::Tally;
use crate::commands::check::{for_browsers, not_for_browsers};
use crate::commands::record;
use crate::package::window;
use crate::process::Running;
use crate::servers::peers;
use crate::step::{Seconds, note};
use crate::tools::{self, browser, cache, node};
use crate::workspace::{BROWSER_CRATES, PAGE, SERVER, WASM, cargo};
use crate::{process, workspace};

/// Runs the requested groups, each to its end, prints a summary, and repeats this for each round.
pub(crate) fn test(options: &Test) -> Result<()> {
    let many = options.repeat.map_or(1, NonZeroU32::get);
    let mut rounds = Vec::new();
    rounds::forget_evidence()?;
    for number in 1..=many {
        let round = Round {
            number,
            of: many,
            busy: options.load && rounds::is_busy(number, many),
            results: Vec::new(),
        };
        rounds.push(round);
        let Some(round) = rounds.last_mut() else {
            continue;
        };
        if many > 1 {
            note(format_args!("{round}"));
        }
        for group in Group::ALL {
            if options.only.is_empty() && !runs_unasked(group)
                || !options.only.is_empty() && !options.only.contains(&group)
            {
                continue;
            }
            let result = run(group, options, round);
            if process::interrupted() {
                if many > 1 {
                    print!("\n{}", rounds::report(&rounds));
                }
                bail!("stopped");
            }
            round.results.push(result);
        }
        print!("\n{}", summary(&round.results));
    }
    if many > 1 {
        print!("\n{}", rounds::report(&rounds));
    }
    let results: Vec<_> = rounds.into_iter().flat_map(|it| it.results).collect();
    verdict(&results, options.filter.as_deref())
}

/// Returns whether `group` runs when no group is named.
fn runs_unasked(group: Group) -> bool {
    match group {
        // On other systems WebKitGTK is missing, and the window can't be packaged yet.
        Group::Engines | Group::Tauri => cfg!(target_os = "linux"),
        _ => true,
    }
}

fn run(group: Group, options: &Test, round: &Round) -> GroupResult {
    note(format_args!("tests: {}", group.name()));
    let start = Instant::now();
    let mut result = GroupResult::of(group, None);
    let executed = prepare(group, options.accept)
        .and_then(|prepared| execute(prepared, options, round, &mut result));
    if let Err(error) = executed {
        result.fault = Some(format!("{error:#}"));
    }
    result.time = start.elapsed();
    if let Some(fault) = &result.fault {
        eprintln!("error: {fault}");
    }
    result
}

/// The commands that run a group, and the servers that must run meanwhile.
#[derive(Debug)]
struct Prepared {
    tests: Vec<Tests>,
    servers: Vec<Running>,
}

/// The tests that one command runs.
#[derive(Debug)]
struct Tests {
    /// The variant's name, if the same tests run several times.
    variant: Option<&'static str>,
    command: Command,
}

impl Tests {
    fn variant(name: &'static str, command: Command) -> Self {
        Self {
            variant: Some(name),
            command,
        }
    }
}

impl From<Command> for Tests {
    fn from(command: Command) -> Self {
        Self {
            variant: None,
            command,
        }
    }
}

/// Builds and installs what the group needs.
fn prepare(group: Group, accept: bool) -> Result<Prepared> {
    let mut test = cargo("test");
    test.arg("--no-fail-fast");
    let mut tests = Vec::new();
    let mut servers = Vec::new();
    match group {
        Group::Unit => {
            not_for_browsers(&mut test).args(["--exclude", SERVER]);
            // These are ignored by default: they compare with the reference's codec and client,
            // which run on Node.js.
            test.env("ORCHARD_NODE_MODULES", node::set_up()?);
            test.args(["--", "--include-ignored"]);
            // Add the tests of the page that need no browser, those of the client on the host, and
            // the examples in its documentation.
            let mut page = cargo("test");
            page.args(["--package", PAGE, "--bins"]);
            let mut examples = cargo("test");
            examples.arg("--doc");
            let mut native = cargo("test");
            native.args(["--no-fail-fast", "--test", "native"]);
            for package in BROWSER_CRATES {
                examples.args(["--package", package]);
                native.args(["--package", package]);
            }
            tests.extend([page.into(), native.into(), examples.into()]);
        }
        Group::Server => {
            test.args(["--package", SERVER]);
        }
        Group::Browser => {
            for_browsers(&mut test).arg("--tests");
            in_browser(&mut test)?;
            // Uses a feature that must be off in the other tests.
            let mut log = cargo("test");
            log.args(["--target", WASM, "--package", "socketio-web"]);
            log.args(["--features", "log", "--test", "log"]);
            in_browser(&mut log)?;
            tests.push(log.into());
            let mut throwing = scripted()?;
            throwing.args(["--features", "__faults"]);
            tests.push(Tests::variant("throwing listeners", throwing));
            let mut disturbed = scripted()?;
            disturbed.env("SOCKETIO_TEST_CLOCKS", "disturbed");
            tests.push(Tests::variant("disturbed clocks", disturbed));
            // Check that the recordings which the core is tested with still match these servers.
            tests.push(record::checker()?.into());
            // The tests read them with `option_env!`, since a browser has no environment variables.
            for (server, variable, address) in peers::start()? {
                servers.push(server);
                test.env(variable, address);
            }
        }
        Group::Gallery => {
            test.args(["--package", PAGE, "--test", "e2e"])
                .envs(environment::for_gallery(accept)?);
        }
        Group::Engines => {
            test.args(["--package", PAGE, "--test", "e2e"])
                .envs(environment::for_engines()?);
        }
        Group::EndToEnd => {
            test.args(["--package", PAGE, "--test", "e2e"])
                .envs(environment::set_up()?);
        }
        Group::Tauri => {
            test.args(["--package", PAGE, "--test", "e2e"])
                .envs(environment::for_window()?);
            // In release mode, so that it reuses the build of the package.
            let mut shell = window::cargo("test")?;
            shell.args(["--release", "--no-fail-fast"]);
            tests.push(shell.into());
        }
    }
    tests.insert(0, test.into());
    Ok(Prepared { tests, servers })
}

/// Returns the command for the client's tests that need a browser and no server.
fn scripted() -> Result<Command> {
    let mut test = cargo("test");
    test.args(["--target", WASM, "--package", "socketio-web"]);
    test.args(["--test", "scripted"]);
    in_browser(&mut test)?;
    Ok(test)
}

/// Makes tests for WebAssembly run in headless Chromium.
fn in_browser(test: &mut Command) -> Result<()> {
    tools::set_up_wasm_target()?;
    let browser = browser::set_up()?;
    let runner = tools::wasm_bindgen()?
        .set_up()?
        .join("wasm-bindgen-test-runner");
    let capabilities = workspace::target()?.join("webdriver.json");
    std::fs::write(&capabilities, browser::capabilities(&browser.chromium))
        .with_context(|| format!("could not write {}", capabilities.display()))?;
    let target = WASM.to_uppercase().replace('-', "_");
    test.env(format!("CARGO_TARGET_{target}_RUNNER"), runner);
    test.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities);
    test.env("CHROMEDRIVER", browser.driver);
    // The timeouts, in seconds, for all tests of one file, and for the start of the browser on a
    // busy machine.
    test.env("WASM_BINDGEN_TEST_TIMEOUT", "300")
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
    Ok(())
}

fn execute(
    prepared: Prepared,
    options: &Test,
    round: &Round,
    result: &mut GroupResult,
) -> Result<()> {
    let load = round.busy.then(load::start).transpose()?;
    let mut printed = String::new();
    for tests in prepared.tests {
        let Tests {
            variant,
            command: mut test,
        } = tests;
        let start = Instant::now();
        if let Some(name) = variant {
            note(format_args!("tests: {}: {name}", result.group.name()));
        }
        if std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
            test.env("CARGO_TERM_COLOR", "always");
        }
        if round.of > 1 {
            test.env("ORCHARD_ROUND", round.number.to_string());
        }
        if let Some(filter) = &options.filter {
            test.args(["--", filter]);
        }
        let mut brief = Brief::default();
        let (status, output) = process::tee(&mut test, |line| brief.shows(line))?;
        let tally = Tally::of(&output);
        result.tally += tally;
        if let Some(name) = variant {
            result.variants.push(Variant {
                name,
                tally,
                time: start.elapsed(),
            });
        }
        let failed = tally::failed(&output);
        for case in failed.into_iter().map(|case| case_of(variant, case)) {
            if !result.failed.contains(&case) {
                result.failed.push(case);
            }
        }
        printed.push_str(&output);
        if !status.success() {
            result.fault = Some(format!("cargo test failed ({status})"));
        }
    }
    drop((load, prepared.servers));
    let log = keep(&printed, result.group, round)?;
    if let Some(fault) = &mut result.fault {
        *fault += &format!("; all that it printed is in {}", log.display());
    }
    Ok(())
}

fn case_of(variant: Option<&str>, case: String) -> String {
    match variant {
        Some(variant) => format!("{variant}: {case}"),
        None => case,
    }
}

/// Writes the full output of the tests, with backtraces, to a file.
fn keep(printed: &str, group: Group, round: &Round) -> Result<PathBuf> {
    let log = rounds::folder(round)?.join(format!("{}.log", group.name()));
    cache::make(log.parent().unwrap_or(&log))?;
    std::fs::write(&log, printed).with_context(|| format!("could not write {}", log.display()))?;
    Ok(log)
}

/// Formats one line per group, one for each variant of it, and a final line with the totals.
fn summary(results: &[GroupResult]) -> String {
    let mut text = row("group", ["passed", "failed", "ignored"], "time", "");
    let mut sum = Tally::default();
    for result in results {
        let verdict = if result.is_good() { "" } else { "  FAILED" };
        let name = result.group.name();
        text += &figures(name, result.tally, result.time, verdict);
        for variant in &result.variants {
            let name = format!("  {}", variant.name);
            text += &figures(&name, variant.tally, variant.time, "");
        }
        sum += result.tally;
    }
    text + &format!(
        "\n{} passed, {} failed, {} skipped\n",
        sum.passed, sum.failed, sum.ignored
    )
}

fn figures(name: &str, tally: Tally, time: Duration, verdict: &str) -> String {
    let counts = [tally.passed, tally.failed, tally.ignored].map(|it| it.to_string());
    let time = Seconds(time).to_string();
    row(name, counts.each_ref().map(String::as_str), &time, verdict)
}

fn row(name: &str, [passed, failed, ignored]: [&str; 3], time: &str, verdict: &str) -> String {
    format!("{name:<21} {passed:>7} {failed:>7} {ignored:>8}  {time}{verdict}\n")
}

/// Returns an error if a group failed, or if no test was executed although there was no filter.
fn verdict(results: &[GroupResult], filter: Option<&str>) -> Result<()> {
    let names = |bad: &dyn Fn(&GroupResult) -> bool| {
        let bad = |group: &Group| results.iter().any(|it| it.group == *group && bad(it));
        let bad = Group::ALL.into_iter().filter(bad);
        bad.map(Group::name).collect::<Vec<_>>().join(", ")
    };
    let failed = names(&|result| !result.is_good());
    if !failed.is_empty() {
        bail!("failed: {failed}");
    }
    let idle = names(&|result| {
        let mut variants = result.variants.iter();
        result.tally.executed() == 0 || variants.any(|it| it.tally.executed() == 0)
    });
    match filter {
        None if !idle.is_empty() => bail!("executed no test: {idle}"),
        Some(filter) if results.iter().all(|result| result.tally.executed() == 0) => {
            bail!("no test has `{filter}` in its name")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(group: Group, passed: u32, failed: u32, fault: Option<&str>) -> GroupResult {
        let tally = Tally {
            passed,
            failed,
            ignored: 1,
        };
        GroupResult {
            tally,
            ..GroupResult::of(group, fault.map(str::to_owned))
        }
    }

    #[test]
    fn it_succeeds_if_every_group_passed_a_test() {
        let results = [
            result(Group::Unit, 3, 0, None),
            result(Group::Server, 1, 0, None),
        ];
        assert!(verdict(&results, None).is_ok());
        assert!(summary(&results).ends_with("\n4 passed, 0 failed, 2 skipped\n"));
    }

    #[test]
    fn a_group_that_failed_is_named() {
        let results = [
            result(Group::Unit, 3, 1, None),
            result(Group::Browser, 0, 0, Some("no driver")),
        ];
        assert_eq!(
            verdict(&results, None).unwrap_err().to_string(),
            "failed: unit, browser"
        );
    }

    #[test]
    fn a_group_without_a_test_is_a_failure() {
        let results = [
            result(Group::Unit, 3, 0, None),
            result(Group::Browser, 0, 0, None),
        ];
        assert_eq!(
            verdict(&results, None).unwrap_err().to_string(),
            "executed no test: browser"
        );
    }

    #[test]
    fn a_variant_has_a_line_and_must_execute_tests() {
        let mut browser = result(Group::Browser, 4, 0, None);
        browser.variants = [("throwing listeners", 1), ("disturbed clocks", 0)]
            .map(|(name, passed)| Variant {
                name,
                tally: result(Group::Browser, passed, 0, None).tally,
                time: Duration::from_secs(20),
            })
            .into();
        let text = summary(std::slice::from_ref(&browser));
        let lines: Vec<_> = text.lines().collect();
        let line = "  throwing listeners        1       0        1  20 s";
        assert_eq!(lines.get(2), Some(&line), "{text}");
        // The count of a group includes its variants.
        assert_eq!(lines.last(), Some(&"4 passed, 0 failed, 1 skipped"));
        assert_eq!(
            verdict(&[browser], None).unwrap_err().to_string(),
            "executed no test: browser"
        );
    }

    #[test]
    fn a_filter_must_match_somewhere() {
        let one = [
            result(Group::Unit, 1, 0, None),
            result(Group::Browser, 0, 0, None),
        ];
        assert!(verdict(&one, Some("m7")).is_ok());
        let none = [result(Group::Unit, 0, 0, None)];
        assert!(verdict(&none, Some("m7")).is_err());
    }
}
