//! The size of what loads before the page is live, and of the client alone, in bytes after brotli
//! at its highest level.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::example::{self, Built};
use super::{Budget, Context, Figure, minify, site};
use crate::page::{self, compress};
use crate::step::note;
use crate::workspace;

/// The size limits of a page with nothing but the client: the goal, and the current limit, which is
/// lowered with each saving, and was raised once for what hostile input costs.
const CLIENT_GOAL: f64 = 24_000.0;
const CLIENT_MOST: f64 = 51_850.0;

pub(super) fn measure(context: &Context) -> Result<Vec<Figure>> {
    Ok(vec![
        before_live(context)?,
        client_alone(context)?,
        client_for_speed()?,
    ])
}

/// Measures everything fetched until the count is shown, except pictures and sound.
fn before_live(context: &Context) -> Result<Figure> {
    page::build()?;
    let (most, goal) = page::budget();
    print!("{}", page::breakdown()?);
    let ours = page::weight_before_live(&workspace::dist())?;
    let theirs = site::vue(context)?;
    let mut sum = 0;
    for file in compress::weigh(&theirs)? {
        // Pictures are not code, neither in their page nor in ours.
        if file.path.extension().is_none_or(|kind| kind != "svg") {
            note(format_args!(
                "{:>8} B  {}",
                file.brotli,
                file.path.display()
            ));
            sum += file.brotli;
        }
    }
    let (name, version) = site::vue_peer(context)?;
    Ok(
        Figure::new("before-live", "Code before the page is live", "B")
            .ours([ours as f64])
            .theirs((&name, &version), [sum as f64])
            .budget(Budget::ours(goal as f64).held_to(most as f64)),
    )
}

/// Compares a page with the client and without Leptos with the reference's minified module.
fn client_alone(context: &Context) -> Result<Figure> {
    let ours = alone(Built::ForSize)?;
    let theirs = context
        .modules()?
        .join("socket.io-client/dist/socket.io.esm.min.js");
    let (name, version) = context.peer("socket.io-client")?;
    Ok(Figure::new("client-alone", "The client alone", "B")
        .ours([ours as f64])
        .theirs((&name, &version), [packed(&theirs)? as f64])
        .budget(Budget::ours(CLIENT_GOAL).held_to(CLIENT_MOST)))
}

/// Measures the size of the build optimized for speed, which the benchmark of events uses.
fn client_for_speed() -> Result<Figure> {
    let ours = alone(Built::ForSpeed)?;
    let title = "The client alone, built for speed";
    Ok(Figure::new("client-alone-speed", title, "B").ours([ours as f64]))
}

/// Returns the size of module and script of the client's example `alone`.
fn alone(built: Built) -> Result<u64> {
    const NAME: &str = "alone";
    let room = example::build(NAME, built)?;
    let module = room.join(format!("{NAME}_bg.wasm"));
    let script = room.join(format!("{NAME}.min.js"));
    minify::file(&room.join(format!("{NAME}.js")), &script)?;
    let (module, script) = (packed(&module)?, packed(&script)?);
    note(format_args!(
        "{module:>8} B  WebAssembly of the client alone"
    ));
    note(format_args!("{script:>8} B  its JavaScript"));
    Ok(module + script)
}

fn packed(file: &PathBuf) -> Result<u64> {
    let bytes =
        std::fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
    Ok(compress::brotli(&bytes)?.len() as u64)
}
