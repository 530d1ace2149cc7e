use super::Scenario;

/// Returns the scenarios with frames that our client never sends: the servers' responses show what
/// they tolerate.
pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("connected twice", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.forge("40")?;
            stage.settle()?;
            if stage.is_closed() {
                return Ok(());
            }
            stage.send(r#"420["echo","alive"]"#)?;
            stage.settle()
        }),
        Scenario::new("left what it was not in", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.forge("41/admin,")?;
            stage.settle()?;
            if stage.is_closed() {
                return Ok(());
            }
            stage.forge("41/nowhere,")?;
            stage.settle()
        }),
        Scenario::new("an event before the connect", |stage| {
            stage.forge(r#"420["echo","early"]"#)?;
            stage.settle()?;
            if stage.is_closed() {
                return Ok(());
            }
            stage.send("40")?;
            stage.settle()
        }),
        Scenario::new("an event to a namespace that is not connected", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.forge(r#"42/admin,0["echo","x"]"#)?;
            stage.settle()
        }),
        Scenario::new("an acknowledgement of nothing", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.forge(r#"4377["x"]"#)?;
            stage.settle()
        }),
    ]
}
