use super::Scenario;

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("connect", |stage| {
            stage.send("40")?;
            stage.settle()
        }),
        Scenario::new("connect with auth", |stage| {
            stage.send(r#"40{"token":"t"}"#)?;
            stage.settle()
        }),
        Scenario::new("two namespaces", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"40/admin,{"token":"secret"}"#)?;
            stage.settle()
        }),
        Scenario::new("an event before the reply", |stage| {
            stage.send(r#"40{"early":"bird"}"#)?;
            stage.settle()
        }),
        Scenario::new("unknown namespace", |stage| {
            stage.send("40/nowhere,")?;
            stage.settle()
        })
        .on(|_| true),
        Scenario::new("unknown namespace beside another", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send("40/nowhere,")?;
            stage.settle()?;
            stage.send(r#"420["echo","alive"]"#)?;
            stage.settle()
        })
        .on(|_| true),
    ]
}
