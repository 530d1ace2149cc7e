//! The protocol's core on this machine, measured by criterion: `benches/core`, a separate package
//! because of the peers it depends on.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::{Context, Figure};
use crate::step::step;
use crate::tools::apt;
use crate::{process, workspace};

const OXIDE: (&str, &str) = ("socketioxide-parser-common", "parser");
const ENGINE: (&str, &str) = ("rust_engineio", "packets");

pub(super) fn measure(context: &Context) -> Result<Vec<Figure>> {
    open_ssl()?;
    let target = workspace::target()?.join("bench/core");
    step(
        "the core alone: building it and its peers, and measuring",
        || {
            let mut bench = workspace::cargo("bench");
            bench.current_dir(workspace::root().join("benches/core"));
            bench.env("CARGO_TARGET_DIR", &target);
            bench.args(["--bench", "core", "--"]);
            if context.quick {
                bench.args([
                    "--warm-up-time",
                    "0.2",
                    "--measurement-time",
                    "0.5",
                    "--sample-size",
                    "10",
                ]);
            }
            process::run(&mut bench)
        },
    )?;
    let criterion = target.join("criterion");
    let mut figures = Vec::new();
    for (size, title) in [("66b", "66 B"), ("1kb", "1 KB"), ("30kb", "30 KB")] {
        for (what, becomes) in [("decode", "frame to struct"), ("encode", "struct to frame")] {
            let title = format!("{title}, {becomes}, natively");
            figures.push(compared(
                &criterion,
                &format!("{what}-{size}"),
                &title,
                OXIDE,
            )?);
        }
    }
    figures.push(compared(
        &criterion,
        "engine-66b",
        "The Engine.IO layer alone, natively",
        ENGINE,
    )?);
    for (id, title) in [
        ("receive-66b", "State machine: receiving an event"),
        ("emit-66b", "State machine: emitting an event"),
        (
            "acked-emit",
            "State machine: an emit and its acknowledgement",
        ),
        ("heartbeat", "State machine: a heartbeat"),
    ] {
        let samples = samples(&criterion.join("machine").join(id))?;
        figures.push(Figure::new(&format!("core-{id}"), title, "ns").ours(samples));
    }
    Ok(figures)
}

fn compared(criterion: &Path, group: &str, title: &str, peer: (&str, &str)) -> Result<Figure> {
    let of = |side| samples(&criterion.join(group).join(side));
    Ok(Figure::new(&format!("core-{group}"), title, "ns")
        .ours(of("ours")?)
        .theirs(peer, of("theirs")?))
}

/// Returns the nanoseconds of each sample that criterion took.
fn samples(folder: &Path) -> Result<Vec<f64>> {
    #[derive(Deserialize)]
    struct Taken {
        iters: Vec<f64>,
        times: Vec<f64>,
    }
    let file = folder.join("new/sample.json");
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("could not read {}", file.display()))?;
    let Taken { iters, times } = serde_json::from_str(&text)
        .with_context(|| format!("{} holds no samples", file.display()))?;
    Ok(times
        .iter()
        .zip(iters)
        .map(|(time, iters)| time / iters)
        .collect())
}

/// Installs OpenSSL, which one of the peers links, if it is missing.
fn open_ssl() -> Result<()> {
    let there = process::output(Command::new("pkg-config").args(["--exists", "openssl"]));
    if there.is_ok() || cfg!(not(target_os = "linux")) {
        return Ok(());
    }
    step(
        "OpenSSL for one of the peers: installing it from the system's packages, once",
        || {
            apt::apt_install(&["libssl-dev", "pkg-config"])
                .context("to get it by hand, on Debian: apt-get install libssl-dev pkg-config")
        },
    )
}
