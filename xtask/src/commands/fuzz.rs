//! `cargo xtask fuzz`

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::step::{Seconds, step};
use crate::tools::path::path_with;
use crate::tools::{self, cache};
use crate::{process, workspace};

/// The targets of the package in `fuzz/`.
const TARGETS: [&str; 2] = ["decoder", "manager"];

/// The options of `fuzz`.
#[derive(Args, Debug)]
pub(crate) struct Fuzz {
    /// The one target to run
    #[arg(value_parser = TARGETS)]
    target: Option<String>,
    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
}

/// Runs the targets, one after the other. New inputs go to Cargo's target folder; the corpus of the
/// checkout is only read.
pub(crate) fn fuzz(options: &Fuzz) -> Result<()> {
    let has_nightly = process::output(&mut nightly(&["--version"])).is_ok();
    if !has_nightly {
        bail!(
            "fuzzing needs the nightly compiler: rustup toolchain install nightly --profile minimal\n\
             Without it, `cargo xtask test --only unit mutations` replays the corpus and mutates it for some seconds."
        );
    }
    let path = path_with(&[tools::cargo_fuzz().set_up()?])?;
    let wanted = |target: &&str| options.target.as_ref().is_none_or(|name| name == target);
    for target in TARGETS.into_iter().filter(wanted) {
        let time = Seconds(std::time::Duration::from_secs(options.seconds.into()));
        step(format_args!("fuzzing: {target}, for {time}"), || {
            let found = workspace::target()?.join("fuzz-corpus").join(target);
            cache::make(&found)?;
            process::run(run(target, &found, options.seconds)?.env("PATH", &path)).with_context(|| {
                format!(
                    "the input is in fuzz/artifacts/{target}; fuzz/README.md describes the next steps"
                )
            })
        })?;
    }
    Ok(())
}

fn run(target: &str, found: &Path, seconds: u32) -> Result<Command> {
    let folder = workspace::root().join("fuzz");
    // The core has no unsafe code, so a sanitizer would find nothing, and without one it runs twice
    // as fast.
    let mut command = nightly(&["fuzz", "run", "--sanitizer", "none", target]);
    command
        .arg(found)
        .arg(folder.join("corpus").join(target))
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-dict={}", folder.join("dictionary.txt").display()))
        .args(["-max_len=4096", "-timeout=10", "-rss_limit_mb=1024"])
        .args(["-print_final_stats=1", "-verbosity=0"]);
    // Keep this separate from the builds of the stable toolchain.
    command.env("CARGO_TARGET_DIR", workspace::target()?.join("fuzz"));
    Ok(command)
}

/// Returns a cargo command of the nightly toolchain.
fn nightly(args: &[&str]) -> Command {
    let mut rustup = Command::new("rustup");
    rustup
        .current_dir(workspace::root())
        .args(["run", "nightly", "cargo"])
        .args(args);
    // `CARGO` names the stable toolchain's cargo, which runs this program.
    rustup.env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    rustup
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_targets_are_those_of_the_package() {
        let manifest = workspace::root().join("fuzz/Cargo.toml");
        let manifest = std::fs::read_to_string(manifest).unwrap();
        let names = manifest
            .lines()
            .filter_map(|line| line.strip_prefix("name = \""));
        let names: Vec<&str> = names
            .skip(1)
            .filter_map(|name| name.strip_suffix('"'))
            .collect();
        assert_eq!(names, TARGETS);
    }
}
