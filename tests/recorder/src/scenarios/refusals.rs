use crate::servers::{Kind, Options};
use crate::stage::Stage;

use super::{On, Scenario, is_node, is_python};

/// The values of `how` in the auth payload for `/refusals`, and the servers that support each.
const WAYS: [(&str, On); 9] = [
    ("message", |kind| !kind.accepts_any_namespace()),
    ("data", |kind| is_node(kind) || is_python(kind)),
    ("string", is_node),
    ("false", is_python),
    ("nothing", is_python),
    ("several", is_python),
    ("object", is_python),
    ("builtin", is_python),
    ("emit", |kind| !kind.accepts_any_namespace()),
];

pub(super) fn scenarios() -> Vec<Scenario> {
    let refused = WAYS.into_iter().map(|(how, on)| {
        let connect = format!(r#"40/refusals,{{"how":"{how}"}}"#);
        let play = move |stage: &mut Stage<'_>| {
            stage.send(&connect)?;
            stage.settle()
        };
        Scenario::new(&format!("refused: {how}"), play).on(on)
    });
    let mut scenarios: Vec<_> = refused.collect();
    scenarios.extend([
        Scenario::new("refused, and granted with other auth", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send("40/admin,")?;
            stage.settle()?;
            stage.send(r#"40/admin,{"token":"secret"}"#)?;
            stage.settle()
        }),
        Scenario::new("never answered", |stage| {
            stage.send(r#"40/refusals,{"how":"silent"}"#)?;
            stage.silence()
        })
        .on(|kind| matches!(kind, Kind::Node | Kind::Socketioxide)),
        Scenario::new("the connect handler throws", |stage| {
            stage.send(r#"40/refusals,{"how":"throw"}"#)?;
            stage.silence()
        })
        .on(|kind| is_python(kind) || kind == Kind::Socketioxide),
        // On Node.js it ends the process.
        Scenario::new("the connect handler throws", |stage| {
            stage.send(r#"40/refusals,{"how":"throw"}"#)?;
            stage.closes()
        })
        .on(is_node)
        .alone(Options::DEFAULT),
        // The behaviour of a client that gives up waiting and connects again.
        Scenario::new("not answered, and asked again", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"40/refusals,{"how":"throw"}"#)?;
            stage.settle()?;
            stage.forge(r#"40/refusals,{"how":"accept"}"#)?;
            stage.settle()
        })
        .on(|kind| is_python(kind) || kind == Kind::Socketioxide),
        Scenario::new("not answered, and asked again", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"40/refusals,{"how":"silent"}"#)?;
            stage.settle()?;
            stage.forge(r#"40/refusals,{"how":"accept"}"#)?;
            stage.settle()
        })
        .on(is_node),
        Scenario::new("not answered, left, and asked again", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"40/refusals,{"how":"throw"}"#)?;
            stage.settle()?;
            stage.forge("41/refusals,")?;
            stage.settle()?;
            stage.forge(r#"40/refusals,{"how":"accept"}"#)?;
            stage.settle()
        })
        .on(is_python),
        Scenario::new("the handler of the connection throws", |stage| {
            stage.send(r#"40/refusals,{"how":"late"}"#)?;
            stage.settle()
        })
        .on(|kind| kind == Kind::Socketioxide),
        Scenario::new("the handler of the connection throws", |stage| {
            stage.send(r#"40/refusals,{"how":"late"}"#)?;
            stage.closes()
        })
        .on(is_node)
        .alone(Options::DEFAULT),
    ]);
    scenarios
}
