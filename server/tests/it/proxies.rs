//! A server behind a proxy, whose address all clients share.

use serde_json::json;

use crate::support::TestServer;

/// Signs in through the proxy for a client; returns the status and the errno.
async fn sign_in(
    server: &TestServer,
    header: (&str, &str),
    account: &str,
    password: &str,
) -> (u16, Option<u64>) {
    let params = json!({"account": account, "password": password});
    let call = json!({"jsonrpc": "2.0", "method": "User.login", "params": params, "id": 1});
    let request = server.http.post(server.url("/api")).json(&call);
    let answer = request.header(header.0, header.1).send().await.unwrap();
    let status = answer.status().as_u16();
    let answer: serde_json::Value = answer.json().await.unwrap();
    (status, answer["result"]["errno"].as_u64())
}

#[tokio::test]
async fn a_correct_password_is_accepted_despite_failed_attempts_from_other_addresses() {
    let flags = ["--trust-proxy", "127.0.0.0/8", "--login-attempts", "2"];
    let server = TestServer::start(&flags).await;
    let (account, password) = (server.demo.account.clone(), server.demo.password.clone());
    let attackers = [
        "198.51.100.7",
        "198.51.100.8",
        "2001:db8:0:1::1",
        "2001:db8:0:1::2",
    ];
    for attacker in attackers {
        let header = ("X-Forwarded-For", attacker);
        for _ in 0..3 {
            sign_in(&server, header, &account, "wrong").await;
        }
        let right = sign_in(&server, header, &account, password.expose()).await;
        assert_eq!(right, (429, None), "{attacker} has tried too often");
    }
    for header in [
        ("X-Forwarded-For", "192.0.2.1"),
        ("Forwarded", "for=192.0.2.2"),
    ] {
        let right = sign_in(&server, header, &account, password.expose()).await;
        assert_eq!(right, (200, Some(1000)), "{header:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn an_untrusted_client_cannot_claim_another_address() {
    let flags = ["--trust-proxy", "10.0.0.0/8", "--login-attempts", "2"];
    let server = TestServer::start(&flags).await;
    let statuses = [1, 2, 3].map(|last| format!("192.0.2.{last}"));
    let mut found = Vec::new();
    for claimed in &statuses {
        let header = ("X-Forwarded-For", claimed.as_str());
        found.push(sign_in(&server, header, "demo", "wrong").await.0);
    }
    assert_eq!(found, [200, 200, 429]);
    server.stop().await;
}

#[tokio::test]
async fn sessions_are_counted_by_client_and_connections_of_a_proxy_are_not() {
    let flags = [
        "--trust-proxy",
        "127.0.0.1",
        "--max-connections-per-address",
        "2",
    ];
    let server = TestServer::start(&flags).await;
    let url = server.url("/socket.io/?EIO=4&transport=polling");
    let mut statuses = Vec::new();
    for client in ["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"] {
        // Each request uses its own connection: the proxy's address has more connections than one
        // client may have.
        let http = reqwest::Client::new();
        let request = http.get(&url).header("X-Forwarded-For", client);
        statuses.push(request.send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 429, 200]);
    server.stop().await;
}
