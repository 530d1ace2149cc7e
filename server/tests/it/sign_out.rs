//! The ways in which a sign-in ends: by its own token, or because there are too many others.

use serde_json::{Value, json};

use crate::support::TestServer;

/// Returns the answers to calls with each token of a sign-in.
async fn errnos(server: &TestServer, login: &Value) -> [i64; 3] {
    let mut errnos = [0; 3];
    let calls = [
        ("User.check", "access_token"),
        ("User.info", "access_token"),
        ("User.refresh", "refresh_token"),
    ];
    for ((method, token), errno) in calls.into_iter().zip(&mut errnos) {
        let token = login[token].as_str().unwrap();
        let result = server.result(method, json!({}), token).await;
        *errno = result["errno"].as_i64().unwrap();
    }
    errnos
}

const GOOD: [i64; 3] = [1000; 3];
const ENDED: [i64; 3] = [1006; 3];

#[tokio::test]
async fn signing_out_ends_the_sign_in_of_the_token_and_no_other() {
    let server = TestServer::start(&[]).await;
    for token in ["refresh_token", "access_token"] {
        let (phone, tablet) = (server.login().await, server.login().await);
        let token = phone[token].as_str().unwrap();
        let result = server.result("User.logout", json!({}), token).await;
        assert_eq!(result["errno"], 1000, "{result}");
        assert_eq!(errnos(&server, &phone).await, ENDED);
        assert_eq!(errnos(&server, &tablet).await, GOOD);
        let again = server.result("User.logout", json!({}), token).await;
        assert_eq!(again["errno"], 1000, "it may be repeated");
    }
    server.stop().await;
}

#[tokio::test]
async fn an_expired_token_still_signs_out() {
    let server = TestServer::start(&[]).await;
    let login = server.login().await;
    server.pass(3600);
    let access = login["access_token"].as_str().unwrap();
    assert_eq!(errnos(&server, &login).await, [1005, 1005, 1000]);
    server.result("User.logout", json!({}), access).await;
    assert_eq!(errnos(&server, &login).await, [1005, 1005, 1006]);
    server.stop().await;
}

#[tokio::test]
async fn signing_out_needs_a_token() {
    let server = TestServer::start(&[]).await;
    let login = server.login().await;
    let forged = format!("{}x", login["refresh_token"].as_str().unwrap());
    for (token, errno) in [("", 1004), ("nonsense", 1006), (forged.as_str(), 1006)] {
        let result = server.result("User.logout", json!({}), token).await;
        assert_eq!(result["errno"], errno, "{token}");
    }
    assert_eq!(errnos(&server, &login).await, GOOD);
    server.stop().await;
}

/// A page that is being closed can send a notification, but can't wait for an answer.
#[tokio::test]
async fn a_notification_signs_out_too() {
    let server = TestServer::start(&[]).await;
    let login = server.login().await;
    let token = login["refresh_token"].as_str().unwrap();
    let response = server
        .http
        .post(server.url("/api"))
        .header("Authorization", format!("jwt {token}"))
        .json(&json!({"jsonrpc": "2.0", "method": "User.logout"}))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 204);
    assert_eq!(errnos(&server, &login).await, ENDED);
    server.stop().await;
}

#[tokio::test]
async fn the_oldest_of_too_many_sign_ins_ends() {
    let server = TestServer::start(&["--max-sign-ins", "2"]).await;
    let mut logins = Vec::new();
    for _ in 0..3 {
        logins.push(server.login().await);
        server.pass(1);
    }
    let mut found = Vec::new();
    for login in &logins {
        found.push(errnos(&server, login).await);
    }
    assert_eq!(found, [ENDED, GOOD, GOOD]);
    server.stop().await;
}

#[tokio::test]
async fn expired_sign_ins_are_deleted() {
    let server = TestServer::start(&["--refresh-token-seconds", "9"]).await;
    for _ in 0..3 {
        server.login().await;
    }
    server.pass(9);
    server.login().await;
    let database = rusqlite::Connection::open(server.database()).unwrap();
    let kept: u32 = database
        .query_row("SELECT count(*) FROM sign_ins", (), |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 1);
    server.stop().await;
}
