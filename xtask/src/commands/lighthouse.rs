//! `cargo xtask lighthouse`: the release page as Lighthouse sees it on a phone.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::servers::orchard_server;
use crate::step::{note, step};
use crate::tools::browser;
use crate::tools::node::Packages;
use crate::{page, process, workspace};

/// Each category, and its minimal score of 100.
const WANTED: [(&str, u32); 4] = [
    ("performance", 95),
    ("accessibility", 100),
    ("best-practices", 100),
    ("seo", 100),
];

/// Other load on the machine slows the page down, so one good run is enough.
const RUNS: usize = 3;

const FLAGS: &str = "--chrome-flags=--headless=new --no-sandbox --no-proxy-server --disable-quic --disable-gpu \
    --disable-dev-shm-usage --disable-background-networking --disable-component-update --disable-sync --no-first-run";

/// Prints the scores. Returns an error if one is too low.
pub(crate) fn lighthouse() -> Result<()> {
    let browser = browser::set_up()?;
    let modules = Packages::Lighthouse.set_up()?;
    page::build()?;
    let mut command = Command::new(orchard_server::build()?);
    let folder = workspace::target()?.join("lighthouse");
    let port = process::free_port()?;
    command.arg("--dist").arg(workspace::dist());
    let _server = orchard_server::start_aside(&mut command, port, &folder.join("data"))?;

    let mut too_low = String::new();
    for run in 1..=RUNS {
        let report = folder.join("report");
        step(format_args!("Lighthouse, run {run}"), || {
            let mut lighthouse = Command::new("node");
            lighthouse
                .arg(modules.join("lighthouse/cli/index.js"))
                .arg(format!("http://127.0.0.1:{port}/"))
                .args(["--quiet", "--output=json", "--output=html", FLAGS])
                .arg("--output-path")
                .arg(&report)
                .env("CHROME_PATH", &browser.chromium)
                .stdout(Stdio::null());
            process::run(&mut lighthouse)
        })?;
        let printed = scores(&folder.join("report.report.json"))?;
        print!("{printed}");
        too_low = verdict(&printed)?;
        if too_low.is_empty() {
            note("good enough");
            return Ok(());
        }
    }
    bail!(
        "{too_low}; the whole report is {}",
        folder.join("report.report.html").display()
    )
}

/// Formats one line for each category, `performance 98`, followed by one for each of its failed
/// audits.
fn scores(report: &Path) -> Result<String> {
    let script = workspace::root().join("tests/lighthouse/scores.mjs");
    process::output(Command::new("node").arg(script).arg(report))
        .context("Lighthouse left no report to read")
}

/// Returns the categories whose score is too low, as text.
fn verdict(printed: &str) -> Result<String> {
    let mut too_low = Vec::new();
    for (category, wanted) in WANTED {
        let score = printed.lines().find_map(|line| {
            let (name, score) = line.split_once(' ')?;
            (name == category)
                .then(|| score.trim().parse::<u32>().ok())
                .flatten()
        });
        ensure!(score.is_some(), "Lighthouse has no score for {category}");
        if score < Some(wanted) {
            too_low.push(format!("{category} is below {wanted}"));
        }
    }
    Ok(too_low.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "performance 95\n    render-blocking\naccessibility 100\nbest-practices 100\nseo 100\n";

    #[test]
    fn a_score_that_is_too_low_is_named() {
        assert_eq!(verdict(GOOD).unwrap(), "");
        let bad = GOOD.replace("95", "94").replace("seo 100", "seo 99");
        assert_eq!(
            verdict(&bad).unwrap(),
            "performance is below 95, seo is below 100"
        );
    }

    #[test]
    fn a_category_without_a_score_is_a_failure() {
        assert!(verdict(&GOOD.replace("seo 100", "seo null")).is_err());
        assert!(verdict("").is_err());
    }
}
