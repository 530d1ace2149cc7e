//! Memory growth over a long time.

use anyhow::Result;
use serde_json::json;

use super::harness::take;
use super::{Budget, Context, Figure, example};

/// The growth that counts as flat, in bytes: the browser's own bookkeeping varies by tens of
/// kilobytes.
const FLAT: f64 = 65_536.0;

/// The limit for reconnects until they are flat: a hundred bytes of JavaScript each, where the
/// reference client has 180.
const RECONNECTS: f64 = 120_000.0;

pub(super) fn measure(context: &Context) -> Result<Vec<Figure>> {
    let options = json!({
        "ours": example::build("measured", example::Built::ForSpeed)?,
        "rounds": context.rounds(5, 1),
        "events": if context.quick { 50_000 } else { 1_000_000 },
        "reconnects": if context.quick { 50 } else { 1000 },
    });
    let mut samples = context.drive("memory.mjs", options)?;
    let (name, version) = context.peer("socket.io-client")?;
    let mut figure = |id: &str, title| -> Result<Figure> {
        let pair = take(&mut samples, id)?;
        Ok(Figure::new(id, title, "B")
            .ours(pair.ours)
            .theirs((&name, &version), pair.theirs))
    };
    Ok(vec![
        figure(
            "memory-live",
            "Heaps of a connected client, WebAssembly and JavaScript",
        )?,
        figure("memory-events", "Growth after a million events")?.budget(Budget::ours(FLAT)),
        figure("memory-reconnects", "Growth after a thousand reconnects")?
            .budget(Budget::ours(FLAT).held_to(RECONNECTS)),
    ])
}
