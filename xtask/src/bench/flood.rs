//! A flood of events from a real server.

use anyhow::Result;
use serde_json::json;

use super::harness::take;
use super::{Budget, Context, Figure, example};
use crate::tools::node;

pub(super) fn measure(context: &Context) -> Result<Vec<Figure>> {
    node::set_up()?;
    let options = json!({
        "ours": example::build("measured", example::Built::ForSpeed)?,
        "rounds": context.rounds(25, 3),
        "events": if context.quick { 5000 } else { 20_000 },
    });
    let mut samples = context.drive("flood.mjs", options)?;
    let (name, version) = context.peer("socket.io-client")?;
    let bare = take(&mut samples, "flood-bare")?;
    let client = take(&mut samples, "flood-client")?;
    Ok(vec![
        Figure::new(
            "flood-bare",
            "A flood, compared with a bare WebSocket and JSON.parse",
            "µs",
        )
        .ours(bare.ours)
        .theirs(("WebSocket", "of the browser"), bare.theirs)
        .budget(Budget::ratio(1.05).held_to(1.25)),
        Figure::new("flood-client", "The same flood", "µs")
            .ours(client.ours)
            .theirs((&name, &version), client.theirs),
    ])
}
