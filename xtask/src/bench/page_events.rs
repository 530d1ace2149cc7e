//! The cost of an event in the page, from the frame to the settled document.

use anyhow::Result;
use serde_json::json;

use super::harness::take;
use super::{Budget, Context, Figure, site};
use crate::{page, workspace};

/// The number of events in a burst.
const FRAMES: u32 = 20_000;

pub(super) fn measure(context: &Context) -> Result<Vec<Figure>> {
    page::build()?;
    let options = json!({
        "ours": workspace::dist(),
        "theirs": site::vue(context)?,
        "rounds": context.rounds(9, 2),
        "frames": FRAMES,
    });
    let mut samples = context.drive("page_events.mjs", options)?;
    let (name, version) = site::vue_peer(context)?;
    let mut figure = |id, title| -> Result<Figure> {
        let pair = take(&mut samples, id)?;
        Ok(Figure::new(id, title, "µs")
            .ours(pair.ours)
            .theirs((&name, &version), pair.theirs))
    };
    Ok(vec![
        figure("page-event", "Each frame by itself")?.budget(Budget::ratio(0.5)),
        figure("page-event-backlog", "All 20,000 frames at once")?,
    ])
}
