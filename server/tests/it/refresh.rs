//! Refresh tokens: each is valid once, and a lost answer does not end the sign-in.

use serde_json::{Value, json};

use crate::support::{TestServer, Wire, access_token, connect};

async fn refresh(server: &TestServer, token: &str) -> Value {
    server.result("User.refresh", json!({}), token).await
}

fn refresh_token(result: &Value) -> String {
    assert_eq!(result["errno"], 1000, "{result}");
    result["refresh_token"].as_str().unwrap().to_owned()
}

async fn errno(server: &TestServer, method: &str, token: &str) -> i64 {
    let result = server.result(method, json!({}), token).await;
    result["errno"].as_i64().unwrap()
}

/// Returns the serial of a token.
fn serial(token: &str) -> i64 {
    use base64ct::{Base64UrlUnpadded, Encoding};
    let claims = Base64UrlUnpadded::decode_vec(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    claims["serial"].as_i64().unwrap()
}

#[tokio::test]
async fn each_refresh_gives_the_next_token() {
    let server = TestServer::start(&[]).await;
    let mut token = refresh_token(&server.login().await);
    for round in 1..5 {
        server.pass(3600);
        let refreshed = refresh(&server, &token).await;
        let next = refresh_token(&refreshed);
        assert_eq!(serial(&next), round);
        assert_eq!(
            errno(&server, "User.check", &access_token(&refreshed)).await,
            1000
        );
        token = next;
    }
    server.stop().await;
}

#[tokio::test]
async fn the_sign_in_lasts_as_long_as_it_is_refreshed() {
    let server = TestServer::start(&["--refresh-token-seconds", "100"]).await;
    let mut token = refresh_token(&server.login().await);
    for _ in 0..5 {
        server.pass(99);
        token = refresh_token(&refresh(&server, &token).await);
    }
    // Another sign-in removes only sign-ins that have expired.
    server.pass(99);
    server.login().await;
    refresh_token(&refresh(&server, &token).await);
    server.stop().await;
}

#[tokio::test]
async fn an_old_token_that_is_used_again_revokes_the_sign_in() {
    let server = TestServer::start(&[]).await;
    let (login, other) = (server.login().await, server.login().await);
    let stolen = refresh_token(&login);
    let refreshed = refresh(&server, &stolen).await;
    let (access, next) = (access_token(&refreshed), refresh_token(&refreshed));
    // Using the access token proves that the answer arrived.
    assert_eq!(errno(&server, "User.check", &access).await, 1000);
    server.pass(30);
    assert_eq!(refresh(&server, &stolen).await["errno"], 1006);
    // The server can't tell which of the two is the thief, so it revokes the sign-in of both.
    assert_eq!(errno(&server, "User.check", &access).await, 1006);
    assert_eq!(errno(&server, "User.refresh", &next).await, 1006);
    // Another sign-in of the same user is not affected.
    assert_eq!(
        errno(&server, "User.refresh", &refresh_token(&other)).await,
        1000
    );
    server.stop().await;
}

#[tokio::test]
async fn a_token_from_before_the_previous_one_is_never_valid() {
    let server = TestServer::start(&[]).await;
    let first = refresh_token(&server.login().await);
    let second = refresh_token(&refresh(&server, &first).await);
    let third = refresh_token(&refresh(&server, &second).await);
    // Even at once, and although no token of the third answer was used.
    assert_eq!(errno(&server, "User.refresh", &first).await, 1006);
    assert_eq!(errno(&server, "User.refresh", &third).await, 1006);
    server.stop().await;
}

#[tokio::test]
async fn a_lost_answer_is_given_again_however_late() {
    let server = TestServer::start(&[]).await;
    let first = refresh_token(&server.login().await);
    let lost = refresh_token(&refresh(&server, &first).await);
    server.pass(20 * 24 * 3600);
    let again = refresh(&server, &first).await;
    let next = refresh_token(&again);
    assert_eq!(serial(&next), serial(&lost), "it is the same token");
    // Connecting to the namespace also proves that the answer arrived.
    let mut wire = Wire::open(&server).await;
    wire.send(&connect(&access_token(&again))).await;
    assert!(wire.text().await.starts_with("40/mofang,"));
    server.pass(30);
    assert_eq!(errno(&server, "User.refresh", &first).await, 1006);
    assert_eq!(errno(&server, "User.refresh", &next).await, 1006);
    server.stop().await;
}

#[tokio::test]
async fn windows_that_refresh_at_once_stay_signed_in() {
    let server = TestServer::start(&["--refresh-grace-seconds", "5"]).await;
    let first = refresh_token(&server.login().await);
    let here = refresh(&server, &first).await;
    assert_eq!(
        errno(&server, "User.check", &access_token(&here)).await,
        1000
    );
    server.pass(4);
    let there = refresh(&server, &first).await;
    assert_eq!(
        errno(&server, "User.check", &access_token(&there)).await,
        1000
    );
    assert_eq!(
        serial(&refresh_token(&here)),
        serial(&refresh_token(&there))
    );
    server.pass(1);
    assert_eq!(errno(&server, "User.refresh", &first).await, 1006);
    server.stop().await;
}

#[tokio::test]
async fn sockets_of_a_sign_in_that_is_revoked_are_ended() {
    // Not by the periodic check.
    let server = TestServer::start(&["--recheck-seconds", "3600"]).await;
    let login = server.login().await;
    let (mut victim, _) = Wire::join_as(&server, &access_token(&login)).await;
    let (mut other, _) = Wire::join(&server).await;
    victim.until_now().await;
    let token = refresh_token(&login);
    server.result("User.logout", json!({}), &token).await;
    assert_eq!(victim.event("error_response").await["errno"], 1006);
    assert_eq!(victim.text().await, "41/mofang,");
    assert_eq!(
        other.until_now().await,
        [""; 0],
        "another device stays connected"
    );
    server.stop().await;
}
