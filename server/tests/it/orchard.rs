//! The counts, announcements and notices that the server sends.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::start::Running;
use crate::support::{TestServer, Wire, connect};

#[tokio::test]
async fn a_newcomer_is_announced_by_name_with_the_number_of_players() {
    let server = TestServer::start(&[]).await;
    let other = server.token_of("阿桃", 2).await;
    let (mut first, first_sid) = Wire::join(&server).await;
    let (_second, second_sid) = Wire::join_as(&server, &other).await;
    assert_ne!(first_sid, second_sid);
    assert_eq!(
        first.event("server_response").await,
        json!({"count": 2, "sid": second_sid, "nickname": "阿桃"})
    );
    // Another device of the same player does not count again.
    let (_tablet, tablet_sid) = Wire::join(&server).await;
    assert_eq!(
        first.event("server_response").await,
        json!({"count": 2, "sid": tablet_sid, "nickname": "小果农"})
    );
    server.stop().await;
}

#[tokio::test]
async fn the_count_is_pushed_when_it_changes_and_only_then() {
    let server = TestServer::start(&["--push-interval-ms", "1"]).await;
    let other = server.token_of("b", 2).await;
    let (mut watcher, _) = Wire::join(&server).await;
    let (tablet, _) = Wire::join(&server).await;
    let (phone, _) = Wire::join_as(&server, &other).await;
    let (computer, _) = Wire::join_as(&server, &other).await;
    for count in [1, 2, 2] {
        assert_eq!(watcher.event("server_response").await["count"], count);
    }
    // Neither of these was the last socket of its player.
    drop((tablet, phone));
    assert_eq!(watcher.until_now().await, [""; 0]);
    drop(computer);
    assert_eq!(watcher.event("server_response").await, json!({"count": 1}));
    let _back = Wire::join_as(&server, &other).await;
    let welcome = watcher.event("server_response").await;
    assert_eq!(
        (&welcome["count"], &welcome["nickname"]),
        (&json!(2), &json!("b"))
    );
    assert_eq!(
        watcher.until_now().await,
        [""; 0],
        "the welcome contains it"
    );
    server.stop().await;
}

#[tokio::test]
async fn the_rate_of_pushed_counts_is_limited() {
    let interval = Duration::from_millis(300);
    let server = TestServer::start(&["--push-interval-ms", "300"]).await;
    let (mut watcher, _) = Wire::join(&server).await;
    let mut others = Vec::new();
    for id in 2..8 {
        let token = server.token_of(&format!("p{id}"), id).await;
        others.push(Wire::join_as(&server, &token).await.0);
        watcher.event("server_response").await;
    }
    let mut pushes = Vec::new();
    let ended = Instant::now();
    // Disconnect them one after the other, as fast as possible.
    for other in others {
        drop(other);
        tokio::task::yield_now().await;
    }
    loop {
        let push = watcher.event("server_response").await;
        pushes.push(ended.elapsed());
        if push["count"] == 1 {
            break;
        }
    }
    let most = pushes.last().unwrap().as_millis() / interval.as_millis() + 1;
    assert!(pushes.len() as u128 <= most, "{pushes:?}");
    server.stop().await;
}

#[tokio::test]
async fn chat_is_answered_once_to_its_sender() {
    let server = TestServer::start(&["--push-interval-ms", "1"]).await;
    let (mut listener, _) = Wire::join(&server).await;
    let (mut sender, _) = Wire::join(&server).await;
    listener.until_now().await;
    for _ in 0..2 {
        sender.send(r#"42/mofang,["chat",{"uid":"1"}]"#).await;
        assert_eq!(sender.event("server_response").await, json!({"count": 1}));
        assert_eq!(sender.until_now().await, [""; 0]);
    }
    assert_eq!(listener.until_now().await, [""; 0]);
    server.stop().await;
}

#[tokio::test]
async fn guests_receive_the_count_and_are_not_counted() {
    let server = TestServer::start(&["--guests"]).await;
    let (mut guest, _) = Wire::join_as(&server, "").await;
    let (mut player, _) = Wire::join(&server).await;
    let welcome = guest.event("server_response").await;
    assert_eq!(
        (&welcome["count"], &welcome["nickname"]),
        (&json!(1), &json!("小果农"))
    );
    // A guest is not announced to anyone else.
    let (_another, _) = Wire::join_as(&server, "").await;
    assert_eq!(player.until_now().await, [""; 0]);
    assert_eq!(guest.until_now().await, [""; 0]);
    guest.send(r#"42/mofang,["chat"]"#).await;
    assert_eq!(guest.event("server_response").await, json!({"count": 1}));
    server.stop().await;
}

#[tokio::test]
async fn random_counts_are_an_option() {
    let server = TestServer::start(&["--demo-count", "--push-interval-ms", "1"]).await;
    let (mut listener, _) = Wire::join(&server).await;
    let (mut starter, _) = Wire::join(&server).await;
    listener.until_now().await;
    starter.send(r#"42/mofang,["chat",{"uid":"7"}]"#).await;
    for wire in [&mut listener, &mut starter] {
        let mut counts = Vec::new();
        for _ in 0..20 {
            let push = wire.event("server_response").await;
            let count = push["count"].as_u64().unwrap();
            assert!((1..=100).contains(&count), "{count}");
            assert!(push.get("sid").is_none(), "{push}");
            counts.push(count);
        }
        counts.dedup();
        assert!(counts.len() > 1, "they are random");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_random_push_restarts_after_all_sockets_have_left() {
    let server = TestServer::start(&["--demo-count", "--push-interval-ms", "1"]).await;
    let connect = connect(server.token().await);
    for _ in 0..3 {
        // The last push may still be received before the welcome.
        let mut wire = Wire::open(&server).await;
        wire.send(&connect).await;
        assert!(wire.text().await.starts_with("40/mofang,{"));
        wire.send(r#"42/mofang,["chat",{"uid":"7"}]"#).await;
        while wire.event("server_response").await.get("sid").is_none() {}
        while wire.event("server_response").await.get("sid").is_some() {}
        wire.send("41/mofang,").await;
        drop(wire);
    }
    server.stop().await;
}

async fn broadcast(wire: &mut Wire, payload: Value) -> Value {
    let event = json!(["my_broadcast", payload]);
    wire.send(&format!("42/mofang,{event}")).await;
    wire.event("broadcast_response").await
}

#[tokio::test]
async fn a_text_gets_the_verified_name_and_the_time() {
    let server = TestServer::start(&[]).await;
    let (mut sender, _) = Wire::join(&server).await;
    let (mut listener, _) = Wire::join(&server).await;
    sender.until_now().await;
    let claimed = json!({"text": "hi", "id": "m1", "nickname": "boss", "at": 1, "z": [1]});
    let received = broadcast(&mut sender, claimed).await;
    let stamped = json!({
        "text": "hi", "id": "m1", "nickname": "小果农", "at": 1_700_000_000_000_u64, "z": [1],
    });
    assert_eq!(received, stamped);
    assert_eq!(listener.event("broadcast_response").await, stamped);
    server.stop().await;
}

/// Signs in and returns the notices that follow the answer.
async fn notices(wire: &mut Wire) -> Vec<Value> {
    wire.send(r#"42/mofang,["login",{"uid":"1"}]"#).await;
    wire.event("login_response").await;
    let mut frames = wire.until_now().await;
    let Some(frame) = frames.pop() else {
        return Vec::new();
    };
    assert_eq!(frames, [""; 0]);
    let event: Value = serde_json::from_str(frame.strip_prefix("42/mofang,").unwrap()).unwrap();
    assert_eq!(event[0], "notices", "{event}");
    event[1]["notices"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_player_who_joins_receives_the_last_notices_once() {
    let server = TestServer::start(&["--kept-notices", "3", "--max-notice-bytes", "10"]).await;
    let (mut sender, _) = Wire::join(&server).await;
    assert_eq!(notices(&mut sender).await, [Value::Null; 0]);
    let mut received = Vec::new();
    for text in ["one", "two", "three", "four"] {
        received.push(broadcast(&mut sender, json!({"text": text, "more": 1})).await);
        server.pass(1);
    }
    // These are broadcast, but not stored.
    for payload in [
        json!("bare"),
        json!({"data": "x"}),
        json!({"text": "much too long"}),
    ] {
        broadcast(&mut sender, payload).await;
    }
    let (mut newcomer, _) = Wire::join(&server).await;
    let given = notices(&mut newcomer).await;
    for notice in &mut received {
        notice.as_object_mut().unwrap().remove("more");
    }
    assert_eq!(given, received[1..]);
    assert_eq!(
        notices(&mut newcomer).await,
        [Value::Null; 0],
        "once a socket"
    );
    server.stop().await;
}

#[tokio::test]
async fn notices_outlive_the_server() {
    let folder = TempDir::new().unwrap();
    let mut texts = Vec::new();
    for round in 0..3 {
        let running = Running::start(folder.path());
        let address = running.address.strip_prefix("http://").unwrap();
        let token = running.token(folder.path()).await;
        let mut wire = Wire::try_join(address.parse().unwrap(), &token)
            .await
            .unwrap();
        wire.event("server_response").await;
        let given = notices(&mut wire).await;
        let given: Vec<_> = given
            .iter()
            .map(|it| it["text"].as_str().unwrap())
            .collect();
        assert_eq!(given, texts);
        for number in 0..40 {
            let text = format!("{round} {number}");
            broadcast(&mut wire, json!({ "text": text })).await;
            texts.push(text);
        }
        // The last fifty are stored.
        texts.drain(..texts.len().saturating_sub(50));
        drop(wire);
        running.stop();
    }
}

#[tokio::test]
async fn no_notices_are_kept_if_disabled() {
    let server = TestServer::start(&["--kept-notices", "0"]).await;
    let (mut wire, _) = Wire::join(&server).await;
    broadcast(&mut wire, json!({"text": "x"})).await;
    let (mut newcomer, _) = Wire::join(&server).await;
    assert_eq!(notices(&mut newcomer).await, [Value::Null; 0]);
    server.stop().await;
}
