//! JSON-RPC, table by table.

use serde_json::{Value, json};

use crate::support::TestServer;

#[tokio::test]
async fn login_returns_all_that_the_contract_specifies() {
    let server = TestServer::start(&[]).await;
    let result = server.login().await;
    let keys: Vec<_> = result
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut contract = vec![
        "errno",
        "errmsg",
        "id",
        "nickname",
        "avatar",
        "money",
        "credit",
        "access_token",
        "refresh_token",
    ];
    contract.sort_unstable();
    let mut keys = keys;
    keys.sort_unstable();
    assert_eq!(keys, contract);
    assert_eq!(result["id"], 1);
    assert_eq!(result["avatar"], "");
    assert_eq!(result["money"], 1000.0);
    assert_eq!(result["credit"], 100);
    server.stop().await;
}

#[tokio::test]
async fn login_refuses_with_the_errno_of_the_contract() {
    let server = TestServer::start(&["--login-attempts", "0"]).await;
    let long_account = "a".repeat(129);
    let long_password = "a".repeat(1025);
    let password = server.demo.password.expose();
    for (params, errno) in [
        (json!({"account": "demo", "password": "wrong"}), 1009),
        (json!({"account": "DEMO", "password": password}), 1000),
        (json!({"account": " demo ", "password": password}), 1000),
        (
            json!({"account": "demo", "password": password, "ticket": "t", "randstr": 1}),
            1000,
        ),
        (json!({"account": "nobody", "password": password}), 1007),
        (json!({"account": "demo' OR '1'='1", "password": "x"}), 1007),
        (json!({"account": "demo"}), 1001),
        (json!({"password": "x"}), 1001),
        (json!({}), 1001),
        (json!({"account": "", "password": "x"}), 1001),
        (json!({"account": "  ", "password": "x"}), 1001),
        (json!({"account": "demo", "password": ""}), 1001),
        (json!({"account": 7, "password": "x"}), 1001),
        (json!({"account": ["demo"], "password": {}}), 1001),
        (json!({"account": null, "password": null}), 1001),
        (json!({"account": long_account, "password": "x"}), 1001),
        (json!({"account": "demo", "password": long_password}), 1001),
    ] {
        let result = server.result("User.login", params.clone(), "").await;
        assert_eq!(result["errno"], errno, "{params}");
        assert!(!result["errmsg"].as_str().unwrap().is_empty(), "{params}");
        assert_eq!(
            result.get("access_token").is_some(),
            errno == 1000,
            "{params}"
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn each_method_accepts_its_own_kind_of_token() {
    let server = TestServer::start(&[]).await;
    let login = server.login().await;
    let access = login["access_token"].as_str().unwrap();
    let refresh = login["refresh_token"].as_str().unwrap();
    for (method, token, errno) in [
        ("User.check", access, 1000),
        ("User.check", refresh, 1006),
        ("User.check", "", 1004),
        ("User.check", "a.b.c", 1006),
        ("User.check", "nonsense", 1006),
        ("User.info", access, 1000),
        ("User.info", refresh, 1006),
        ("User.info", "", 1004),
        ("User.refresh", refresh, 1000),
        ("User.refresh", access, 1006),
        ("User.refresh", "", 1004),
    ] {
        let result = server.result(method, json!({}), token).await;
        assert_eq!(result["errno"], errno, "{method} {token}");
    }
    server.stop().await;
}

#[tokio::test]
async fn info_returns_what_the_contract_specifies() {
    let server = TestServer::start(&[]).await;
    let login = server.login().await;
    let access = login["access_token"].as_str().unwrap();
    let mut info = server.result("User.info", json!({}), access).await;
    assert_eq!(info["errno"], 1000);
    let info = info.as_object_mut().unwrap();
    info.remove("errno");
    info.remove("errmsg");
    let expected = json!({
        "id": 1, "mobile": "13800138000", "nickname": login["nickname"], "avatar": "",
        "money": 1000.0, "credit": 100,
    });
    assert_eq!(Value::from(info.clone()), expected);
    server.stop().await;
}

#[tokio::test]
async fn an_expired_token_is_refreshed_until_the_refresh_token_expires() {
    let server = TestServer::start(&[]).await;
    let login = server.login().await;
    let access = login["access_token"].as_str().unwrap();
    let refresh = login["refresh_token"].as_str().unwrap();

    server.pass(3600);
    assert_eq!(
        server.result("User.check", json!({}), access).await["errno"],
        1005
    );
    let renewed = server.result("User.refresh", json!({}), refresh).await;
    assert_eq!(renewed["errno"], 1000);
    let renewed = renewed["access_token"].as_str().unwrap();
    assert_eq!(
        server.result("User.check", json!({}), renewed).await["errno"],
        1000
    );

    server.pass(30 * 24 * 3600);
    assert_eq!(
        server.result("User.refresh", json!({}), refresh).await["errno"],
        1005
    );
    server.stop().await;
}

#[tokio::test]
async fn lifetimes_of_tokens_are_options() {
    let server = TestServer::start(&[
        "--access-token-seconds",
        "5",
        "--refresh-token-seconds",
        "9",
    ])
    .await;
    let login = server.login().await;
    let access = login["access_token"].as_str().unwrap();
    let refresh = login["refresh_token"].as_str().unwrap();
    server.pass(5);
    assert_eq!(
        server.result("User.check", json!({}), access).await["errno"],
        1005
    );
    assert_eq!(
        server.result("User.refresh", json!({}), refresh).await["errno"],
        1000
    );
    server.pass(4);
    assert_eq!(
        server.result("User.refresh", json!({}), refresh).await["errno"],
        1005
    );
    server.stop().await;
}

#[tokio::test]
async fn the_token_of_a_deleted_user_is_invalid() {
    let server = TestServer::start(&[]).await;
    let login = server.login().await;
    rusqlite::Connection::open(server.database())
        .unwrap()
        .execute("DELETE FROM users", ())
        .unwrap();
    for (method, token) in [
        ("User.check", "access_token"),
        ("User.info", "access_token"),
        ("User.refresh", "refresh_token"),
    ] {
        let token = login[token].as_str().unwrap();
        assert_eq!(
            server.result(method, json!({}), token).await["errno"],
            1008,
            "{method}"
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn only_jwt_is_an_authorization() {
    let server = TestServer::start(&[]).await;
    let login = server.login().await;
    let access = login["access_token"].as_str().unwrap();
    let call = json!({"jsonrpc": "2.0", "method": "User.check", "id": 1});
    for (header, errno) in [
        (format!("jwt {access}"), 1000),
        (format!("JWT  {access} "), 1000),
        (format!("Bearer {access}"), 1004),
        (access.to_owned(), 1004),
        ("jwt".to_owned(), 1004),
    ] {
        let request = server.http.post(server.url("/api")).json(&call);
        let response = request
            .header("Authorization", &header)
            .send()
            .await
            .unwrap();
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["result"]["errno"], errno, "{header}");
        assert_eq!(answer["id"], 1);
    }
    server.stop().await;
}

#[tokio::test]
async fn an_invalid_request_gets_a_json_rpc_error() {
    let server = TestServer::start(&[]).await;
    let deep = "[".repeat(10_000);
    for (body, status, code, id) in [
        ("", 400, -32700, Value::Null),
        ("{", 400, -32700, Value::Null),
        ("not json", 400, -32700, Value::Null),
        (deep.as_str(), 400, -32700, Value::Null),
        ("null", 400, -32600, Value::Null),
        ("7", 400, -32600, Value::Null),
        ("[]", 400, -32600, Value::Null),
        (
            r#"[{"jsonrpc":"2.0","method":"User.check","id":1}]"#,
            400,
            -32600,
            Value::Null,
        ),
        (r#"{"id":1}"#, 400, -32600, json!(1)),
        (r#"{"method":"User.check","id":1}"#, 400, -32600, json!(1)),
        (
            r#"{"jsonrpc":"1.0","method":"User.check","id":1}"#,
            400,
            -32600,
            json!(1),
        ),
        (
            r#"{"jsonrpc":"2.0","method":7,"id":"x"}"#,
            400,
            -32600,
            json!("x"),
        ),
        (
            r#"{"jsonrpc":"2.0","method":"User.check","id":{}}"#,
            400,
            -32600,
            Value::Null,
        ),
        (
            r#"{"jsonrpc":"2.0","method":"User.check","id":1.5}"#,
            400,
            -32600,
            Value::Null,
        ),
        (
            r#"{"jsonrpc":"2.0","method":"User.nope","id":"x"}"#,
            404,
            -32601,
            json!("x"),
        ),
        (
            r#"{"jsonrpc":"2.0","method":"user.check","id":"x"}"#,
            404,
            -32601,
            json!("x"),
        ),
        (
            r#"{"jsonrpc":"2.0","method":"User.login","params":["a"],"id":1}"#,
            400,
            -32602,
            json!(1),
        ),
        (
            r#"{"jsonrpc":"2.0","method":"User.login","params":"a","id":1}"#,
            400,
            -32602,
            json!(1),
        ),
    ] {
        let request = server.http.post(server.url("/api")).body(body.to_owned());
        let response = request
            .header("Content-Type", "application/json")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), status, "{body}");
        assert_eq!(response.headers()["content-type"], "application/json");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["error"]["code"], code, "{body}");
        assert!(
            !answer["error"]["message"].as_str().unwrap().is_empty(),
            "{body}"
        );
        assert_eq!(answer["id"], id, "{body}");
        assert_eq!(answer["jsonrpc"], "2.0");
        assert!(answer.get("result").is_none(), "{body}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_body_has_a_type_and_a_limit() {
    let server = TestServer::start(&["--max-body-bytes", "200"]).await;
    let post = |kind: &'static str, body: String| {
        server
            .http
            .post(server.url("/api"))
            .header("Content-Type", kind)
            .body(body)
    };
    let call = r#"{"jsonrpc":"2.0","method":"User.check","id":1}"#;
    for (kind, status) in [
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("application/json-rpc", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
    ] {
        let response = post(kind, call.into()).send().await.unwrap();
        assert_eq!(response.status(), status, "{kind}");
    }
    let long = format!(r#"{{"x":"{}"}}"#, "a".repeat(300));
    let response = post("application/json", long).send().await.unwrap();
    assert_eq!(response.status(), 413);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["error"]["code"], -32600);
    server.stop().await;
}

#[tokio::test]
async fn a_notification_is_not_answered_and_other_verbs_are_refused() {
    let server = TestServer::start(&[]).await;
    let call = json!({"jsonrpc": "2.0", "method": "User.check"});
    let response = server
        .http
        .post(server.url("/api"))
        .json(&call)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 204);
    assert_eq!(response.text().await.unwrap(), "");
    let response = server.http.get(server.url("/api")).send().await.unwrap();
    assert_eq!(response.status(), 405);
    server.stop().await;
}

#[tokio::test]
async fn failed_sign_ins_are_limited() {
    let server = TestServer::start(&["--login-attempts", "2"]).await;
    let wrong = json!({"account": "demo", "password": "wrong"});
    for _ in 0..2 {
        assert_eq!(
            server.result("User.login", wrong.clone(), "").await["errno"],
            1009
        );
    }
    let right = json!({"account": "demo", "password": server.demo.password.expose()});
    let call = json!({"jsonrpc": "2.0", "method": "User.login", "params": right, "id": 1});
    let response = server
        .http
        .post(server.url("/api"))
        .json(&call)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "300");
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["error"]["code"], -32029);

    server.pass(300);
    server.login().await;
    server.stop().await;
}

#[tokio::test]
async fn messages_are_in_chinese_unless_english_is_requested() {
    let server = TestServer::start(&[]).await;
    let call = json!({"jsonrpc": "2.0", "method": "User.check", "id": 1});
    for (language, message) in [
        ("zh-CN,zh;q=0.9", "请先登录"),
        ("en-GB", "no authorization given"),
    ] {
        let request = server.http.post(server.url("/api")).json(&call);
        let response = request
            .header("Accept-Language", language)
            .send()
            .await
            .unwrap();
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["result"]["errmsg"], message);
    }
    server.stop().await;
}
