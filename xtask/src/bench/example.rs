//! Examples of the client, built as the page is.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::step::step;
use crate::workspace::{self, WASM};
use crate::{cache, page, process, tools};

/// Builds an example of `socketio-web` in release; returns the folder of its script and module, `NAME.js` and
/// `NAME_bg.wasm`.
pub(super) fn build(name: &str) -> Result<PathBuf> {
    tools::set_up_wasm_target()?;
    let room = workspace::target()?.join("bench").join(name);
    cache::remove(&room)?;
    cache::make(&room)?;
    let what = format!("the client's example `{name}`: building it in release");
    step(what, || {
        let mut cargo = workspace::cargo("build");
        cargo.args(["--release", "--target", WASM]);
        process::run(cargo.args(["--package", "socketio-web", "--example", name]))?;

        let built = workspace::target()?
            .join(WASM)
            .join("release/examples")
            .join(format!("{name}.wasm"));
        let mut bindgen = tools::wasm_bindgen()?.command()?;
        bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]);
        process::run(bindgen.arg(&room).arg(built))?;

        let module = room.join(format!("{name}_bg.wasm"));
        std::fs::rename(page::optimise(&module)?, &module)
            .with_context(|| format!("could not write {}", module.display()))
    })?;
    Ok(room)
}
