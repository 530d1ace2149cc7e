//! The compilation target for browsers.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::step::step;
use crate::workspace::{self, WASM};

/// Adds the target with rustup, if the compiler lacks it.
pub(crate) fn set_up_wasm_target() -> Result<()> {
    if has_wasm_target()? {
        return Ok(());
    }
    step(
        format_args!("the target {WASM}: adding it with rustup, once"),
        || {
            let mut rustup = Command::new("rustup");
            rustup
                .current_dir(workspace::root())
                .args(["target", "add", WASM]);
            process::run(&mut rustup).with_context(|| {
                format!(
                    "to get it by hand: rustup target add {WASM}, or your system's package of it"
                )
            })
        },
    )
}

/// Returns whether the compiler has the target.
pub(crate) fn has_wasm_target() -> Result<bool> {
    let mut rustc = Command::new("rustc");
    rustc
        .current_dir(workspace::root())
        .args(["--print", "target-libdir", "--target", WASM]);
    let printed = process::output(&mut rustc).context("is Rust installed? See rustup.rs")?;
    Ok(Path::new(printed.trim()).is_dir())
}
