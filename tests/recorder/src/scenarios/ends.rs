use crate::servers::{Kind, Options};

use super::Scenario;

/// python-engineio announces whole seconds to the client, even if it uses fractions itself.
const SHORT: Options = Options {
    heartbeat: (1000, 1000),
    ..Options::DEFAULT
};

const NARROW: Options = Options {
    max_bytes: Some(300),
    ..Options::DEFAULT
};

/// The number of frames that answer a CONNECT to `/`: the reply, and an event.
const REPLIES: usize = 2;

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("heartbeats", |stage| {
            stage.connect_and_mute(REPLIES)?;
            for _ in 0..2 {
                stage.until("2")?;
                stage.send("3")?;
            }
            Ok(())
        })
        .alone(SHORT),
        Scenario::new("a heartbeat without an answer", |stage| {
            stage.connect_and_mute(REPLIES)?;
            stage.closes()
        })
        .alone(SHORT),
        Scenario::new("a message above the server's bound", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(&format!(r#"420["echo","{}"]"#, "x".repeat(300)))?;
            stage.settle()
        })
        .alone(NARROW),
        Scenario::new("shut down", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"42["stop"]"#)?;
            stage.closes()
        })
        .on(|kind| matches!(kind, Kind::Node | Kind::Socketioxide))
        .alone(Options::DEFAULT),
        Scenario::new("terminated", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.server().terminate()?;
            stage.closes()
        })
        .alone(Options::DEFAULT),
        Scenario::new("killed", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.server().kill()?;
            stage.closes()
        })
        .alone(Options::DEFAULT),
        Scenario::new("restarted", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.server().restart()?;
            stage.closes()?;
            stage.reopen()?;
            stage.send("40")?;
            stage.settle()
        })
        .alone(Options::DEFAULT),
    ]
}
