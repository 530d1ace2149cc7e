//! `cargo xtask clean-cache`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::step::note;
use crate::tools::node::Packages;
use crate::tools::python::Environment;
use crate::tools::{self, cache, engines};

/// The options of `clean-cache`.
#[derive(Args, Debug)]
pub(crate) struct CleanCache {
    /// Only those that this checkout no longer uses
    #[arg(long)]
    unused: bool,
}

/// Folders of the cache that `clean-cache` may remove from; `target` belongs to `.ci/run`.
const FOLDERS: [&str; 3] = ["tools", "python", "npm"];

/// Removes installed tools and environments: all, or those that this checkout does not use.
pub(crate) fn clean(options: &CleanCache) -> Result<()> {
    let used = if options.unused { used()? } else { Vec::new() };
    for folder in FOLDERS {
        let Ok(entries) = std::fs::read_dir(cache::dir(folder)?) else {
            continue;
        };
        for entry in entries {
            let path = entry?.path();
            if !used.contains(&path) {
                note(format_args!("removing {}", path.display()));
                cache::remove(&path)?;
            }
        }
    }
    Ok(())
}

fn used() -> Result<Vec<PathBuf>> {
    let mut used = Vec::new();
    for tool in tools::all()? {
        used.push(tool.home()?);
    }
    used.push(tools::cargo_fuzz().home()?);
    used.push(tools::geckodriver().home()?);
    used.push(engines::nginx_home()?);
    used.extend(
        Environment::ALL
            .into_iter()
            .filter_map(|environment| environment.home().ok()),
    );
    used.extend(
        Packages::ALL
            .into_iter()
            .filter_map(|packages| packages.home().ok()),
    );
    Ok(used)
}
