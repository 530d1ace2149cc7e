use anyhow::bail;

use crate::servers::{Kind, Options};

use super::{Scenario, is_node, is_python};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("acknowledged", |stage| {
            stage.send("40")?;
            stage.settle()?;
            for (id, arguments) in [r#""echo""#, r#""echo",1"#, r#""echo",1,"two",[3]"#]
                .iter()
                .enumerate()
            {
                stage.send(&format!("42{id}[{arguments}]"))?;
                stage.settle()?;
            }
            Ok(())
        }),
        Scenario::new("acknowledged in a namespace", |stage| {
            stage.send(r#"40/admin,{"token":"secret"}"#)?;
            stage.settle()?;
            stage.send(r#"42/admin,0["echo",{"a":null}]"#)?;
            stage.settle()
        }),
        Scenario::new("never acknowledged", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"420["never"]"#)?;
            stage.silence()
        }),
        Scenario::new("asked for an acknowledgement", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"42["question","why"]"#)?;
            // The server waits only one second for the acknowledgement.
            stage.until("42")?;
            stage.acknowledge(r#"["because",1]"#)?;
            stage.settle()
        })
        // Node.js numbers acknowledgements per namespace, over all of its sockets.
        .alone(Options::DEFAULT),
        Scenario::new("binary", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"451-["echo",{"_placeholder":true,"num":0}]"#)?;
            stage.send_bytes(&[0, 255])?;
            stage.settle()?;
            stage.send(r#"451-0["echo",{"a":[{"_placeholder":true,"num":0}]}]"#)?;
            stage.send_bytes(&[])?;
            stage.settle()?;
            stage.send(r#"421["binary"]"#)?;
            stage.settle()
        }),
        Scenario::new("a room", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"42["join","red"]"#)?;
            stage.settle()?;
            stage.send(r#"42["to","red","hello",1]"#)?;
            stage.settle()
        }),
        Scenario::new("a handler throws", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"42["throw"]"#)?;
            stage.settle()?;
            stage.send(r#"420["throw"]"#)?;
            stage.settle()?;
            stage.send(r#"421["echo","alive"]"#)?;
            stage.settle()
        })
        .on(|kind| is_python(kind) || kind == Kind::Socketioxide),
        // On Node.js it ends the process.
        Scenario::new("a handler throws", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"420["throw"]"#)?;
            stage.closes()
        })
        .on(is_node)
        .alone(Options::DEFAULT),
        Scenario::new("two threads emit at once", |stage| {
            stage.send("40")?;
            stage.settle()?;
            let begins = r#"451-["bytes",{"_placeholder":true,"num":0}]"#;
            // The order of the threads is random: the excerpt appears sooner or later.
            for _ in 0..200 {
                stage.send(r#"42["threads"]"#)?;
                if stage.excerpt([begins, r#"42["text"]"#], "done\"]", 2)? {
                    return Ok(());
                }
            }
            bail!("no text arrived between a packet and its bytes")
        })
        .on(|kind| kind == Kind::Flask),
        Scenario::new("an event with a reserved name", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"42["reserved"]"#)?;
            stage.settle()
        })
        .on(|kind| is_python(kind) || kind == Kind::Socketioxide),
        Scenario::new("numbers that JSON does not have", |stage| {
            stage.send("40")?;
            stage.settle()?;
            stage.send(r#"42["nan"]"#)?;
            stage.settle()
        })
        .on(is_python),
    ]
}
