//! The cost of an event in the client alone, from the WebSocket's handler to the listener and back.

use anyhow::Result;
use serde_json::json;

use super::example::{self, Built};
use super::harness::{Samples, take};
use super::{Budget, Context, Figure};

pub(super) fn measure(context: &Context) -> Result<Vec<Figure>> {
    let mut figures = for_speed(context)?;
    figures.extend(for_size(context)?);
    Ok(figures)
}

/// Measures a build optimized for speed, as for an app that depends on it: the budgets apply to
/// this one.
fn for_speed(context: &Context) -> Result<Vec<Figure>> {
    let mut samples = samples(context, Built::ForSpeed, context.rounds(25, 3))?;
    let mut figure = |id: &str, title| figure(context, &mut samples, id, "", title);
    Ok(vec![
        figure("receive-66b", "Receiving an event of 66 B")?
            .budget(Budget::ratio(0.4).held_to(0.85)),
        figure("receive-1kb", "Receiving 1 KB")?.budget(Budget::ratio(0.7).held_to(1.4)),
        figure("receive-30kb", "Receiving 30 KB")?.budget(Budget::ratio(1.0).held_to(1.5)),
        figure("receive-30kb-chinese", "Receiving 30 KB, partly Chinese")?,
        figure("receive-binary-64kb", "Receiving 64 KB of binary data")?,
        figure("acked-emit", "An emit and its acknowledgement")?
            .budget(Budget::ratio(0.5).held_to(1.4)),
        figure("emit-66b", "Emitting an event of 66 B")?,
        figure("emit-30kb", "Emitting 30 KB")?,
        figure("ten-listeners", "Receiving 66 B with ten listeners")?,
        figure(
            "five-namespaces",
            "Receiving 66 B in five namespaces in turn",
        )?,
    ])
}

/// Measures a build optimized for size, like the page's: what the smaller size costs in time.
fn for_size(context: &Context) -> Result<Vec<Figure>> {
    let mut samples = samples(context, Built::ForSize, context.rounds(9, 2))?;
    let mut figure = |id: &str, title| figure(context, &mut samples, id, "-for-size", title);
    Ok(vec![
        figure("receive-66b", "Built for size: receiving an event of 66 B")?,
        figure("receive-1kb", "Built for size: receiving 1 KB")?,
        figure("receive-30kb", "Built for size: receiving 30 KB")?,
        figure(
            "acked-emit",
            "Built for size: an emit and its acknowledgement",
        )?,
    ])
}

fn samples(context: &Context, built: Built, rounds: u32) -> Result<Samples> {
    let options = json!({
        "ours": example::build("measured", built)?,
        "rounds": rounds,
        "share": if context.quick { 0.2 } else { 1.0 },
    });
    context.drive("client.mjs", options)
}

fn figure(
    context: &Context,
    samples: &mut Samples,
    id: &str,
    ending: &str,
    title: &str,
) -> Result<Figure> {
    let pair = take(samples, id)?;
    let (name, version) = context.peer("socket.io-client")?;
    Ok(Figure::new(&format!("client-{id}{ending}"), title, "µs")
        .ours(pair.ours)
        .theirs((&name, &version), pair.theirs))
}
