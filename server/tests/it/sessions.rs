//! Engine.IO sessions, and who may use them.

use tempfile::TempDir;

use crate::start::Running;
use crate::support::{DEADLINE, Polling, TestServer, Wire, connect, payload};

#[tokio::test]
async fn a_session_cannot_be_taken_over_with_its_announced_id() {
    let server = TestServer::start(&[]).await;
    let (mut other, _) = Wire::join(&server).await;
    let (victim, announced) = Polling::join(&server).await;
    let welcome = other.event("server_response").await;
    assert_eq!(welcome["sid"], announced.as_str());
    assert_ne!(announced, victim.sid);

    let thief = victim.with_sid(&announced);
    assert_eq!(thief.poll().await, Err(400), "nothing is read");
    let forged = r#"42/mofang,["my_broadcast",{"text":"forged"}]"#;
    assert_eq!(thief.post(forged).await, 400, "nothing is sent");
    assert_eq!(thief.post("1").await, 400, "nothing is ended");

    // The victim's session still works, and nothing was sent in its name.
    assert_eq!(
        victim
            .post(r#"42/mofang,["my_broadcast",{"text":"own"}]"#)
            .await,
        200
    );
    let received = victim.until("broadcast_response").await;
    assert_eq!(received["text"], "own");
    assert_eq!(other.event("broadcast_response").await, received);
    server.stop().await;
}

#[tokio::test]
async fn the_id_of_a_session_is_sent_to_its_client_only() {
    let folder = TempDir::new().unwrap();
    let mut running = Running::start_with(folder.path(), &["--log", "trace"]);
    let http = reqwest::Client::builder()
        .timeout(DEADLINE)
        .build()
        .unwrap();
    let polling = Polling::connect(http, &running.address).await;
    let connect = connect(&running.token(folder.path()).await);
    polling.post(&connect).await;
    polling.until("server_response").await;

    let mut wire = Wire::connect(running.address.strip_prefix("http://").unwrap()).await;
    wire.send(&connect).await;
    let own = payload(&wire.text().await, "40/mofang,")["sid"].clone();
    let own = own.as_str().unwrap().to_owned();
    let events = [
        r#"["message",{"uid":"7"}]"#,
        r#"["login",{"uid":"7"}]"#,
        r#"["login",[]]"#,
        r#"["chat"]"#,
        r#"["my_broadcast",{"text":"x"}]"#,
        r#"["unknown event"]"#,
    ];
    for event in events {
        wire.send(&format!("42/mofang,{event}")).await;
        polling.post(&format!("42/mofang,{event}")).await;
    }
    for frame in wire.until_now().await {
        assert!(
            !frame.contains(&own) && !frame.contains(&polling.sid),
            "{frame}"
        );
    }
    drop(wire);
    polling.post("1").await;

    let mut log = running.log_until(2, "left");
    log.extend(running.end());
    for event in ["joined", "broadcast"] {
        assert!(
            log.iter().any(|line| line.contains(event)),
            "{event} is logged"
        );
    }
    for line in &log {
        assert!(
            !line.contains(&own) && !line.contains(&polling.sid),
            "{line}"
        );
    }
}
