//! Examples of the client, built for size as the page is, or for speed.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::step::step;
use crate::tools::{self, cache};
use crate::workspace::{self, WASM};
use crate::{page, process};

/// The optimization goal of an example.
#[derive(Clone, Copy, Debug)]
pub(super) enum Built {
    /// For size, like the page.
    ForSize,
    ForSpeed,
}

impl Built {
    /// Returns Cargo's profile for this goal.
    fn profile(self) -> &'static str {
        match self {
            Self::ForSize => "release",
            Self::ForSpeed => "speed",
        }
    }

    fn level(self) -> page::Level {
        match self {
            Self::ForSize => page::Level::Size,
            Self::ForSpeed => page::Level::Speed,
        }
    }
}

/// Builds an example of `socketio-web`; returns the folder of its script and module, `NAME.js` and
/// `NAME_bg.wasm`.
pub(super) fn build(name: &str, built: Built) -> Result<PathBuf> {
    tools::set_up_wasm_target()?;
    let profile = built.profile();
    let folder = workspace::target()?.join("bench").join(profile).join(name);
    cache::remove(&folder)?;
    cache::make(&folder)?;
    let what = format!("the client's example `{name}`: building it by the profile `{profile}`");
    step(what, || {
        let mut cargo = workspace::cargo("build");
        cargo.args(["--profile", profile, "--target", WASM]);
        process::run(cargo.args(["--package", "socketio-web", "--example", name]))?;

        let output = workspace::target()?
            .join(WASM)
            .join(profile)
            .join("examples")
            .join(format!("{name}.wasm"));
        let mut bindgen = tools::wasm_bindgen()?.command()?;
        bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]);
        process::run(bindgen.arg(&folder).arg(output))?;

        let module = folder.join(format!("{name}_bg.wasm"));
        std::fs::rename(page::optimise(&module, built.level())?, &module)
            .with_context(|| format!("could not write {}", module.display()))
    })?;
    Ok(folder)
}
