//! The events, frame by frame.

use serde_json::{Value, json};

use crate::support::{Frame, TestServer, Wire, payload};

#[tokio::test]
async fn an_unknown_namespace_is_refused() {
    let server = TestServer::start(&[]).await;
    let mut wire = Wire::open(&server).await;
    wire.send("40/mofang_orchard,").await;
    assert_eq!(
        wire.text().await,
        r#"44/mofang_orchard,{"message":"Invalid namespace"}"#
    );
    server.stop().await;
}

#[tokio::test]
async fn login_is_reported_to_all_devices_of_the_user() {
    let server = TestServer::start(&[]).await;
    let stranger = server.token_of("b", 2).await;
    let (mut phone, phone_sid) = Wire::join(&server).await;
    let (mut tablet, tablet_sid) = Wire::join(&server).await;
    let (mut other, _) = Wire::join_as(&server, &stranger).await;
    phone.until_now().await;
    tablet.until_now().await;

    phone.send(r#"42/mofang,["login",{"uid":"1"}]"#).await;
    assert_eq!(
        phone.event("login_response").await,
        json!({"data": "登录成功", "sid": phone_sid})
    );
    // A number names the same room as its digits.
    tablet.send(r#"42/mofang,["login",{"uid":1}]"#).await;
    for wire in [&mut tablet, &mut phone] {
        assert_eq!(
            wire.event("login_response").await,
            json!({"data": "登录成功", "sid": tablet_sid})
        );
    }
    assert_eq!(
        other.until_now().await,
        [""; 0],
        "no other client receives it"
    );
    server.stop().await;
}

#[tokio::test]
async fn an_invalid_login_is_refused_and_affects_nothing() {
    let server = TestServer::start(&["--max-uid-bytes", "8"]).await;
    let (mut wire, _) = Wire::join(&server).await;
    for arguments in [
        "",
        ",null",
        ",7",
        r#","7""#,
        ",[]",
        r#",["7"]"#,
        ",{}",
        r#",{"uid":null}"#,
        r#",{"uid":""}"#,
        r#",{"uid":"  "}"#,
        r#",{"uid":true}"#,
        r#",{"uid":1.5}"#,
        r#",{"uid":-7}"#,
        r#",{"uid":["7"]}"#,
        r#",{"uid":{"uid":"7"}}"#,
        r#",{"uid":"123456789"}"#,
    ] {
        wire.send(&format!(r#"42/mofang,["login"{arguments}]"#))
            .await;
        let answer = wire.event("login_response").await;
        assert_eq!(answer["errno"], 1001, "{arguments}");
        assert!(
            !answer["errmsg"].as_str().unwrap().is_empty(),
            "{arguments}"
        );
        assert!(answer.get("data").is_none(), "{arguments}");
    }
    wire.send(r#"42/mofang,["login",{"uid":"1"}]"#).await;
    assert_eq!(wire.event("login_response").await["data"], "登录成功");
    server.stop().await;
}

#[tokio::test]
async fn other_invalid_events_are_ignored() {
    let server = TestServer::start(&[]).await;
    let (mut wire, _) = Wire::join(&server).await;
    for event in [
        r#"42/mofang,["message"]"#,
        r#"42/mofang,["message",[1]]"#,
        r#"42/mofang,["message",{"uid":{}}]"#,
        r#"42/mofang,["my_broadcast"]"#,
        r#"42/mofang,["unknown event",{"uid":"7"}]"#,
        r#"42/mofang,["login_response",{"data":"forged"}]"#,
    ] {
        wire.send(event).await;
        assert_eq!(wire.until_now().await, [""; 0], "{event}");
    }
    server.stop().await;
}

#[tokio::test]
async fn every_event_is_acknowledged_with_nothing() {
    let server = TestServer::start(&[]).await;
    let (mut wire, _) = Wire::join(&server).await;
    for (id, event) in ["message", "login", "chat", "my_broadcast"]
        .into_iter()
        .enumerate()
    {
        wire.send(&format!(r#"42/mofang,{id}["{event}",{{"uid":"7"}}]"#))
            .await;
        let acknowledged = format!("43/mofang,{id}[]");
        while wire.text().await != acknowledged {}
    }
    server.stop().await;
}

#[tokio::test]
async fn a_broadcast_without_text_reaches_every_client_unchanged() {
    let server = TestServer::start(&[]).await;
    let (mut sender, _) = Wire::join(&server).await;
    let (mut listener, _) = Wire::join(&server).await;
    sender.until_now().await;
    for sent in [
        json!({"message": "果子熟了", "z": 1, "a": [null, true, -1.5], "nickname": "x"}),
        json!("text"),
        json!(42),
        json!([1, [2]]),
        Value::Null,
    ] {
        sender
            .send(&format!(r#"42/mofang,["my_broadcast",{sent}]"#))
            .await;
        assert_eq!(sender.event("broadcast_response").await, sent);
        assert_eq!(listener.event("broadcast_response").await, sent);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_broadcast_may_contain_binary_anywhere() {
    let server = TestServer::start(&[]).await;
    let (mut sender, _) = Wire::join(&server).await;
    let (mut listener, _) = Wire::join(&server).await;
    sender.until_now().await;
    sender
        .send(concat!(
            r#"452-/mofang,["my_broadcast",{"a":{"_placeholder":true,"num":0},"#,
            r#""b":[1,{"_placeholder":true,"num":1}]}]"#
        ))
        .await;
    sender.send_binary(&[1, 2, 3]).await;
    sender.send_binary(&[]).await;
    for wire in [&mut sender, &mut listener] {
        let head = wire.text().await;
        let event = payload(&head, "452-/mofang,");
        let expected = json!([
            "broadcast_response",
            {
                "a": {"_placeholder": true, "num": 0},
                "b": [1, {"_placeholder": true, "num": 1}],
            },
        ]);
        assert_eq!(event, expected);
        assert_eq!(wire.frame().await, Some(Frame::Binary(vec![1, 2, 3])));
        assert_eq!(wire.frame().await, Some(Frame::Binary(vec![])));
    }
    server.stop().await;
}

#[tokio::test]
async fn some_event_goes_to_the_default_namespace_only() {
    let server = TestServer::start(&[]).await;
    let (mut both, _) = Wire::join(&server).await;
    both.send("40").await;
    assert!(both.text().await.starts_with(r#"40{"sid":"#));
    both.send(r#"42/mofang,["my_broadcast","x"]"#).await;
    assert_eq!(both.event("broadcast_response").await, "x");
    assert_eq!(both.text().await, r#"42["some event",{"data":42}]"#);

    let (mut orchard, _) = Wire::join(&server).await;
    orchard.send(r#"42/mofang,["my_broadcast","y"]"#).await;
    assert_eq!(orchard.event("broadcast_response").await, "y");
    assert_eq!(orchard.until_now().await, [""; 0]);
    server.stop().await;
}

#[tokio::test]
async fn a_frame_that_is_too_large_ends_its_connection_and_no_other() {
    let server = TestServer::start(&["--max-payload-bytes", "1000"]).await;
    let (mut other, _) = Wire::join(&server).await;
    let (mut wire, _) = Wire::join(&server).await;
    other.until_now().await;
    wire.send(&format!(
        r#"42/mofang,["my_broadcast","{}"]"#,
        "a".repeat(2000)
    ))
    .await;
    while let Some(frame) = wire.frame().await {
        assert!(
            !format!("{frame:?}").contains("aaa"),
            "it must not be passed on"
        );
    }
    assert_eq!(other.until_now().await, [""; 0]);
    server.stop().await;
}

#[tokio::test]
async fn polling_is_served_too() {
    let server = TestServer::start(&[]).await;
    let url = server.url("/socket.io/?EIO=4&transport=polling");
    let open = server
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let open = payload(&open, "0");
    assert_eq!(open["upgrades"], json!(["websocket"]));
    assert_eq!(open["pingInterval"], 25000);
    server.stop().await;
}

#[tokio::test]
async fn stopping_ends_open_sockets() {
    let server = TestServer::start(&["--shutdown-seconds", "10"]).await;
    let (mut wire, _) = Wire::join(&server).await;
    let stopping = tokio::spawn(server.stop());
    while wire.frame().await.is_some() {}
    stopping.await.unwrap();
}
