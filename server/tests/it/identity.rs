//! Who may connect, and what a guest may do.

use serde_json::{Value, json};

use crate::support::{TestServer, Wire, access_token, connect, payload};

/// The answer to a CONNECT.
async fn answer(server: &TestServer, connect: &str) -> (Wire, String) {
    let mut wire = Wire::open(server).await;
    wire.send(connect).await;
    let answer = wire.text().await;
    (wire, answer)
}

/// Returns the number that a refusal begins with.
async fn refusal(server: &TestServer, connect: &str) -> Option<u64> {
    let (_, answer) = answer(server, connect).await;
    let refusal = answer.strip_prefix("44/mofang,")?;
    let refusal: Value = serde_json::from_str(refusal).unwrap();
    let message = refusal["message"].as_str().unwrap();
    let (number, text) = message.split_once(' ').unwrap();
    assert!(!text.is_empty(), "{message}");
    Some(number.parse().unwrap())
}

const NO_TOKEN: [&str; 8] = [
    "40/mofang",
    "40/mofang,",
    "40/mofang,{}",
    r#"40/mofang,{"token":null}"#,
    r#"40/mofang,{"token":""}"#,
    r#"40/mofang,{"token":{"token":"x"}}"#,
    "40/mofang,[]",
    r#"40/mofang,{"other":1}"#,
];

#[tokio::test]
async fn connect_requires_a_valid_token() {
    let server = TestServer::start(&[]).await;
    let login = server.login().await;
    let access = access_token(&login);
    let refresh = login["refresh_token"].as_str().unwrap();
    for connect in NO_TOKEN {
        assert_eq!(refusal(&server, connect).await, Some(1004), "{connect}");
    }
    for token in ["x", "a.b.c", refresh, &format!("{access}x")] {
        let found = refusal(&server, &connect(token)).await;
        assert_eq!(found, Some(1006), "{token}");
    }
    assert_eq!(refusal(&server, &connect(&access)).await, None);

    server.pass(3600);
    assert_eq!(refusal(&server, &connect(&access)).await, Some(1005));
    server.stop().await;
}

#[tokio::test]
async fn a_token_of_a_sign_in_that_has_ended_is_refused() {
    let server = TestServer::start(&[]).await;
    let access = access_token(&server.login().await);
    server.result("User.logout", json!({}), &access).await;
    assert_eq!(refusal(&server, &connect(&access)).await, Some(1006));

    let deleted = server.token_of("b", 2).await;
    server
        .database_now()
        .execute("DELETE FROM users WHERE id = 2", ())
        .unwrap();
    assert_eq!(refusal(&server, &connect(&deleted)).await, Some(1008));
    server.stop().await;
}

#[tokio::test]
async fn a_refused_client_may_try_again_on_the_same_connection() {
    let server = TestServer::start(&[]).await;
    let (mut wire, refused) = answer(&server, &connect("x")).await;
    assert!(refused.starts_with("44/mofang,"), "{refused}");
    wire.send(&connect(server.token().await)).await;
    let answer = wire.text().await;
    assert!(answer.starts_with("40/mofang,"), "{answer}");
    wire.event("server_response").await;
    assert_eq!(wire.until_now().await, [""; 0]);
    server.stop().await;
}

#[tokio::test]
async fn an_option_admits_guests_but_not_invalid_tokens() {
    let server = TestServer::start(&["--guests"]).await;
    for connect in NO_TOKEN {
        assert_eq!(refusal(&server, connect).await, None, "{connect}");
    }
    assert_eq!(refusal(&server, &connect("x")).await, Some(1006));
    server.stop().await;
}

#[tokio::test]
async fn a_guest_receives_but_cannot_send() {
    let server = TestServer::start(&["--guests"]).await;
    let (mut player, _) = Wire::join(&server).await;
    let (mut guest, _) = Wire::join_as(&server, "").await;
    for uid in [json!("1"), json!(1), json!("guest")] {
        let login = json!(["login", {"uid": uid}]);
        guest.send(&format!("42/mofang,{login}")).await;
        assert_eq!(guest.event("login_response").await["errno"], 1004);
    }
    guest
        .send(r#"42/mofang,7["my_broadcast",{"text":"from a guest"}]"#)
        .await;
    assert_eq!(guest.event("error_response").await["errno"], 1004);
    assert_eq!(guest.until_now().await, [""; 0], "and not acknowledged");
    assert_eq!(player.until_now().await, [""; 0], "it has no effect");

    player.send(r#"42/mofang,["login",{"uid":"1"}]"#).await;
    player.event("login_response").await;
    player
        .send(r#"42/mofang,["my_broadcast",{"text":"to all"}]"#)
        .await;
    let received = guest.event("broadcast_response").await;
    assert_eq!(received["text"], "to all");
    server.stop().await;
}

#[tokio::test]
async fn no_player_joins_the_room_of_another() {
    let server = TestServer::start(&[]).await;
    let token = server.token_of("b", 2).await;
    let (mut other, _) = Wire::join_as(&server, &token).await;
    for uid in ["1", "01", "2 ", "-2"] {
        let login = json!(["login", {"uid": uid}]);
        other.send(&format!("42/mofang,{login}")).await;
        let answer = other.event("login_response").await;
        assert_eq!(answer["errno"], 1006, "{uid}");
        assert!(answer.get("sid").is_none());
    }
    let (mut victim, _) = Wire::join(&server).await;
    other.until_now().await;
    victim.send(r#"42/mofang,["login",{"uid":"1"}]"#).await;
    victim.event("login_response").await;
    assert_eq!(other.until_now().await, [""; 0]);
    other.send(r#"42/mofang,["login",{"uid":2}]"#).await;
    assert_eq!(other.event("login_response").await["data"], "登录成功");
    server.stop().await;
}

#[tokio::test]
async fn a_refusal_is_in_the_language_of_the_page() {
    let server = TestServer::start(&[]).await;
    let (_, chinese) = answer(&server, "40/mofang,").await;
    assert_eq!(payload(&chinese, "44/mofang,")["message"], "1004 请先登录");
    let mut wire = Wire::open_in(&server, "en-GB,en;q=0.9").await;
    wire.send("40/mofang,").await;
    assert_eq!(
        payload(&wire.text().await, "44/mofang,")["message"],
        "1004 no authorization given"
    );
    server.stop().await;
}
