//! `cargo xtask check`

mod layers;

use std::process::Command;

use anyhow::Result;

use crate::package::window;
use crate::process;
use crate::step::step;
use crate::tools::python::Environment;
use crate::workspace::{self, BROWSER_CRATES, PAGE, WASM, cargo};

/// Checks formatting, imports, spelling, lints and documentation, with every warning an error.
pub(crate) fn check() -> Result<()> {
    step("formatting", || {
        process::run(cargo("fmt").args(["--all", "--check"]))
    })?;
    step("imports", layers::check)?;
    let mut typos = Environment::Spelling.command("typos")?;
    step("spelling", || {
        process::run(typos.current_dir(workspace::root()))
    })?;
    step("lints: what runs on this machine", || {
        process::run(deny(
            not_for_browsers(&mut cargo("clippy")).arg("--all-targets"),
        ))?;
        let mut natively = cargo("clippy");
        for package in BROWSER_CRATES {
            natively.args(["--package", package]);
        }
        process::run(deny(natively.args(["--test", "native"])))?;
        process::run(deny(cargo("clippy").args(["--package", PAGE, "--tests"])))
    })?;
    crate::tools::set_up_wasm_target()?;
    step("lints: what runs in a browser", || {
        process::run(deny(
            for_browsers(&mut cargo("clippy")).args(["--all-targets", "--all-features"]),
        ))?;
        process::run(deny(cargo("clippy").args([
            "--target",
            WASM,
            "--package",
            PAGE,
            "--bins",
        ])))?;
        process::run(deny(cargo("clippy").args([
            "--target",
            WASM,
            "--package",
            PAGE,
            "--bins",
            "--features",
            "gallery",
        ])))
    })?;
    if cfg!(target_os = "linux") {
        window::set_up()?;
        step("lints: the window", || {
            process::run(window::cargo("fmt")?.arg("--check"))?;
            // In release mode, as it is tested and packaged, so that its dependencies are built
            // only once.
            process::run(deny(
                window::cargo("clippy")?.args(["--release", "--all-targets"]),
            ))
        })?;
    }
    step("documentation", || {
        process::run(document(not_for_browsers(&mut cargo("doc"))))?;
        process::run(document(
            for_browsers(&mut cargo("doc")).args(["--package", PAGE]),
        ))
    })
}

/// Selects all packages except those that need a browser.
pub(crate) fn not_for_browsers(cargo: &mut Command) -> &mut Command {
    cargo.args(["--workspace", "--exclude", PAGE]);
    for package in BROWSER_CRATES {
        cargo.args(["--exclude", package]);
    }
    cargo
}

/// Selects the client and its hooks, for the WebAssembly target.
pub(crate) fn for_browsers(cargo: &mut Command) -> &mut Command {
    cargo.args(["--target", WASM]);
    for package in BROWSER_CRATES {
        cargo.args(["--package", package]);
    }
    cargo
}

fn deny(clippy: &mut Command) -> &mut Command {
    clippy.args(["--quiet", "--", "--deny", "warnings"])
}

fn document(doc: &mut Command) -> &mut Command {
    doc.args(["--quiet", "--no-deps", "--document-private-items"])
        .env("RUSTDOCFLAGS", "--deny warnings")
}
