//! The kinds of load, and the program that puts them on a server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::side::{Side, Started};
use crate::step::step;
use crate::{process, workspace};

const PACKAGE: &str = "orchard-load";

const ALL: &[Side] = &[Side::Ours, Side::Node, Side::Flask];

/// One kind of load.
#[derive(Debug)]
pub(super) struct Case {
    /// What the driver calls it.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// Whom it is put on.
    pub(super) sides: &'static [Side],
    pub(super) rounds: u32,
    /// How many files and sockets a server may have open, where it is not as many as this machine lets it.
    pub(super) descriptors: Option<u32>,
    /// What ours is told besides: the bounds that this load is not to be held by.
    pub(super) ours: &'static [&'static str],
    /// Milliseconds between two heartbeats, and for an answer to one; `None`: the default of Socket.IO, 25 s and 20 s.
    pub(super) heartbeat: Option<u32>,
}

/// What most cases are like.
const CASE: Case = Case {
    name: "",
    title: "",
    sides: ALL,
    rounds: 3,
    descriptors: None,
    ours: &[],
    heartbeat: None,
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "fan-out",
        title: "broadcasts to 200",
        rounds: 5,
        ..CASE
    },
    Case {
        name: "fan-out-polling",
        title: "broadcasts to 200 that poll",
        ..CASE
    },
    Case {
        name: "crowd",
        title: "2,000 players",
        ..CASE
    },
    Case {
        name: "idle",
        title: "10,000 idle connections",
        ours: &["--max-connections", "20000"],
        ..CASE
    },
    Case {
        name: "stalled",
        title: "100 clients that do not read",
        // Or it is the sender that is stopped.
        ours: &[
            "--max-events-per-second",
            "0",
            "--max-read-bytes-per-second",
            "0",
        ],
        heartbeat: Some(5_000),
        ..CASE
    },
    Case {
        name: "burst",
        title: "bursts with acknowledgements",
        rounds: 5,
        ..CASE
    },
    Case {
        name: "flooder",
        title: "a flooder among 20",
        ..CASE
    },
    Case {
        name: "sign-in",
        title: "3,000 wrong sign-ins",
        sides: &[Side::Ours],
        ..CASE
    },
    Case {
        name: "half-open",
        title: "1,100 half-open connections under 1,024 descriptors",
        // Flask's prints a traceback for each that it can't take.
        sides: &[Side::Ours, Side::Node],
        descriptors: Some(1024),
        ..CASE
    },
];

/// Builds the driver, and returns where the program is.
pub(super) fn build() -> Result<PathBuf> {
    step("the load driver: building it", || {
        let mut cargo = workspace::cargo("build");
        cargo.args(["--profile", "server", "--package", PACKAGE]);
        process::run(&mut cargo)
    })?;
    let name = format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace::target()?.join("server").join(name))
}

/// Puts the load on a server; the samples by their names.
pub(super) fn sample(
    driver: &Path,
    server: &Started,
    case: &Case,
    quick: bool,
) -> Result<BTreeMap<String, f64>> {
    let mut load = Command::new(driver);
    load.args([case.name, "--address", &server.address]);
    load.arg("--pid").arg(server.running.id().to_string());
    if let Some((account, password)) = &server.account {
        load.args(["--account", account])
            .env("ORCHARD_LOAD_PASSWORD", password);
    }
    if quick {
        load.arg("--quick");
    }
    let printed = process::answer(&mut load)?;
    let samples: BTreeMap<String, f64> = serde_json::from_str(printed.trim())
        .with_context(|| format!("{PACKAGE} printed no samples"))?;
    ensure!(!samples.is_empty(), "{PACKAGE} measured nothing");
    Ok(samples)
}
