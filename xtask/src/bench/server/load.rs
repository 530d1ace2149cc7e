//! The load driver.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::case::Case;
use super::servers::Started;
use crate::step::step;
use crate::{process, workspace};

const PACKAGE: &str = "orchard-load";

/// Builds the driver, and returns the path of the program.
pub(super) fn build() -> Result<PathBuf> {
    step("the load driver: building it", || {
        let mut cargo = workspace::cargo("build");
        cargo.args(["--profile", "server", "--package", PACKAGE]);
        process::run(&mut cargo)
    })?;
    let name = format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace::target()?.join("server").join(name))
}

/// Runs the load against a server. Returns the samples by name.
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
