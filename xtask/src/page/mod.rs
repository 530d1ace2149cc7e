//! The release build of the page in `dist/`: built by trunk, then split and compressed.

mod breakdown;
mod budget;
mod callers;
pub(crate) mod compress;
mod cut;
pub(crate) mod gallery;
mod minify;
mod name_section;
mod names;
mod wiring;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

pub(crate) use breakdown::of_early as breakdown;
pub(crate) use budget::{budget, weight_before_live};
pub(crate) use cut::{Level, optimise};

use crate::process;
use crate::side_by_side::side_by_side;
use crate::stamp::Stamp;
use crate::step::{note, step};
use crate::tools::path::path_with;
use crate::tools::{self, cache};
use crate::workspace::{self, WASM};

/// The inputs of the build, relative to the root of the checkout.
const INPUTS: [&str; 11] = [
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "assets",
    "build.rs",
    "crates",
    "index.html",
    "rust-toolchain.toml",
    "src",
    "style",
];

/// Builds the page, unless `dist/` is up to date.
pub(crate) fn build() -> Result<()> {
    let dist = workspace::dist();
    let stamp_file = workspace::target()?.join("page.stamp");
    let inputs = inputs()?;
    if std::fs::read_to_string(&stamp_file).is_ok_and(|stamp| Some(stamp) == stamp_of(&inputs).ok())
    {
        note("the page in dist/ is up to date");
        return Ok(());
    }
    // The tools take as long as the page's compilation, which trunk then finds done.
    tools::set_up_wasm_target()?;
    let parts: [fn() -> Result<Vec<PathBuf>>; 2] =
        [tools::set_up_all, || compile().map(|()| Vec::new())];
    let folders = side_by_side(parts)?.concat();
    let mut trunk = trunk("build", &folders)?;
    // Select the profile by name instead of `--release`: with that, trunk would run wasm-opt on the
    // whole module and warn about its sections, but only the two parts after the split are used.
    trunk.args(["--cargo-profile", "release", "--features", cut::FEATURE]);
    step("the page: building it in release into dist/", || {
        process::run(&mut trunk)
    })?;
    step("the page: minifying its style sheets and scripts", || {
        minify::minify(&dist)
    })?;
    step("the page: cutting it in two", || cut::cut(&dist))?;
    step("the page: compressing it", || compress::compress(&dist))?;
    budget::check(&dist)?;
    std::fs::write(&stamp_file, stamp_of(&inputs)?)
        .with_context(|| format!("could not write {}", stamp_file.display()))
}

/// Compiles the page with the same options as trunk.
fn compile() -> Result<()> {
    let mut cargo = workspace::cargo("build");
    cargo.args([
        "--target",
        WASM,
        "--profile",
        "release",
        "--features",
        cut::FEATURE,
    ]);
    step("the page: compiling it", || process::run(&mut cargo))
}

/// Installs the tools that build the page; returns their folders.
pub(crate) fn set_up() -> Result<Vec<PathBuf>> {
    tools::set_up_wasm_target()?;
    tools::set_up_all()
}

/// Returns the command `trunk`, with its tools in `folders` on `PATH`, so that it downloads none.
pub(crate) fn trunk(subcommand: &str, folders: &[PathBuf]) -> Result<Command> {
    // trunk passes `--offline` on to cargo.
    process::run(workspace::cargo("fetch").args([
        "--quiet",
        "--target",
        WASM,
        "--target",
        "host-tuple",
    ]))?;
    // trunk copies everything that wasm-bindgen ever left there, also snippets of removed
    // dependencies.
    cache::remove(&workspace::target()?.join("wasm-bindgen"))?;

    let mut trunk = Command::new("trunk");
    trunk
        .current_dir(workspace::root())
        .env("PATH", path_with(folders)?);
    trunk.args([subcommand, "--offline"]);
    // trunk accepts only `true` or `false` in NO_COLOR, and fails on other values.
    if std::env::var_os("NO_COLOR").is_some() {
        trunk.env_remove("NO_COLOR").env("TRUNK_COLOR", "never");
    }
    Ok(trunk)
}

/// Returns a fingerprint of sources and tools.
fn inputs() -> Result<String> {
    let mut stamp = Stamp::default();
    for path in INPUTS {
        stamp.contents(workspace::root(), path)?;
    }
    stamp.text(&workspace::rustc_version()?);
    stamp.text(&std::env::var("RUSTFLAGS").unwrap_or_default());
    for tool in tools::all()? {
        stamp.text(tool.name()).text(&tool.version);
    }
    Ok(stamp.key())
}

/// Returns a fingerprint of the inputs and of the current content of `dist/`.
fn stamp_of(inputs: &str) -> Result<String> {
    Ok(format!(
        "{inputs}-{}",
        Stamp::default().outline(&workspace::dist())?.key()
    ))
}
