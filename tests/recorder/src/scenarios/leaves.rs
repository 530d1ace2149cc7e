use crate::servers::Kind;

use super::Scenario;

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("kicked by the connect handler", |stage| {
            stage.send(r#"40/refusals,{"how":"kick"}"#)?;
            stage.settle()
        }),
        Scenario::new("kicked", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"42["leave"]"#)?;
            stage.settle()
        }),
        Scenario::new("kicked from one of two namespaces, and back", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"40/admin,{"token":"secret"}"#)?;
            stage.settle()?;
            stage.send(r#"42/admin,["leave"]"#)?;
            stage.settle()?;
            stage.send(r#"420["echo","alive"]"#)?;
            stage.settle()?;
            stage.send(r#"40/admin,{"token":"secret"}"#)?;
            stage.settle()
        }),
        Scenario::new("kicked from all namespaces", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"40/admin,{"token":"secret"}"#)?;
            stage.settle()?;
            stage.send(r#"42["leave","all"]"#)?;
            stage.settle()
        }),
        Scenario::new("closed without a disconnect", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"42["close"]"#)?;
            stage.settle()
        })
        .on(|kind| !kind.accepts_any_namespace() && kind != Kind::Socketioxide),
        Scenario::new("cut", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"42["drop"]"#)?;
            stage.settle()
        }),
        Scenario::new("an event from the disconnect handler", |stage| {
            stage.send("40/farewell,")?;
            stage.settle()?;
            stage.send(r#"42/farewell,["leave"]"#)?;
            stage.settle()
        }),
        Scenario::new("left, and an event from the disconnect handler", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send("40/farewell,")?;
            stage.settle()?;
            stage.send("41/farewell,")?;
            stage.settle()?;
            stage.send(r#"420["echo","alive"]"#)?;
            stage.settle()
        }),
        Scenario::new("left, and back", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"40/admin,{"token":"secret"}"#)?;
            stage.settle()?;
            stage.send("41/admin,")?;
            stage.settle()?;
            stage.send(r#"40/admin,{"token":"secret"}"#)?;
            stage.settle()
        }),
    ]
}
