//! What an event costs in the client alone, from the WebSocket's handler to the listener and back.

use anyhow::Result;
use serde_json::json;

use super::harness::take;
use super::{Budget, Context, Figure, example};

pub(super) fn measure(context: &Context) -> Result<Vec<Figure>> {
    let options = json!({
        "ours": example::build("measured")?,
        "rounds": context.rounds(25, 3),
        "share": if context.quick { 0.2 } else { 1.0 },
    });
    let mut samples = context.drive("client.mjs", options)?;
    let (name, version) = context.peer("socket.io-client")?;
    let mut figure = |id: &str, title| -> Result<Figure> {
        let pair = take(&mut samples, id)?;
        Ok(Figure::new(&format!("client-{id}"), title, "µs")
            .ours(pair.ours)
            .theirs((&name, &version), pair.theirs))
    };
    Ok(vec![
        figure("receive-66b", "An event of 66 B comes in")?.budget(Budget::ratio(0.4)),
        figure("receive-1kb", "1 KB comes in")?.budget(Budget::ratio(0.7)),
        figure("receive-30kb", "30 KB come in")?.budget(Budget::ratio(1.0)),
        figure("receive-30kb-chinese", "30 KB come in, some of it Chinese")?,
        figure("receive-binary-64kb", "64 KB of bytes come in")?,
        figure("acked-emit", "An emit and its acknowledgement")?.budget(Budget::ratio(0.5)),
        figure("emit-66b", "An event of 66 B goes out")?,
        figure("emit-30kb", "30 KB go out")?,
        figure("ten-listeners", "66 B come in for ten listeners")?,
        figure(
            "five-namespaces",
            "66 B come in, to five namespaces in turns",
        )?,
    ])
}
