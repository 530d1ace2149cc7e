//! Which page origins may read responses and connect, and which hosts the server answers for.

use reqwest::Method;

use crate::support::{TestServer, Wire};
use crate::web::get;

const SOCKET: &str = "/socket.io/?EIO=4&transport=polling";

/// The origins of a CDN, of files in web views, and of the Tauri window.
const NAMED: &str = "https://cdn.example,null,file://,tauri://localhost,http://tauri.localhost";

/// Returns whether a page of this origin may call `/api`, according to the response to a preflight
/// request.
async fn may_call(server: &TestServer, origin: &str) -> bool {
    let request = server.http.request(Method::OPTIONS, server.url("/api"));
    let wanted = "accept-language,authorization,content-type";
    let answer = request
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", wanted)
        .send()
        .await
        .unwrap();
    let headers = answer.headers();
    assert_eq!(headers["access-control-allow-headers"], wanted);
    assert!(headers.contains_key("access-control-max-age"));
    // The token is sent as a header, so no page needs cookies.
    assert!(!headers.contains_key("access-control-allow-credentials"));
    let allowed = headers.get("access-control-allow-origin");
    allowed.is_some_and(|allowed| allowed == origin || allowed == "*")
}

/// Returns whether a page of this origin may connect, with either transport.
async fn may_connect(server: &TestServer, origin: &str) -> bool {
    let websocket = Wire::status_for(server, origin).await;
    let (polling, _, body) = get(server, SOCKET, &[("Origin", origin)]).await;
    assert_eq!(body.contains("--cors-origin"), polling == 403, "{body}");
    match (websocket, polling) {
        (101, 200) => true,
        (403, 403) => false,
        other => panic!("{origin}: {other:?}"),
    }
}

#[tokio::test]
async fn pages_of_other_origins_are_refused_unless_they_are_listed() {
    let open = TestServer::start(&[]).await;
    let named = TestServer::start(&["--cors-origin", NAMED]).await;
    let any = TestServer::start(&["--cors-origin", "*"]).await;
    let [own, neighbour] = [named.url(""), open.url("")];
    for (server, origin, connects, calls) in [
        (&open, "https://evil.example", false, false),
        (&open, "null", false, false),
        (&open, "file://", false, false),
        (&open, "tauri://localhost", false, false),
        // Pages of this machine, such as those of `trunk serve`.
        (&open, "http://127.0.0.1:8080", true, true),
        (&open, "http://localhost:8080", true, true),
        (&named, "https://cdn.example", true, true),
        (&named, "null", true, true),
        (&named, "file://", true, true),
        (&named, "tauri://localhost", true, true),
        (&named, "http://tauri.localhost", true, true),
        (&named, &own, true, false),
        (&named, &neighbour, false, false),
        (&named, "https://evil.example", false, false),
        (&any, "https://any.example", true, true),
    ] {
        assert_eq!(may_connect(server, origin).await, connects, "{origin}");
        assert_eq!(may_call(server, origin).await, calls, "{origin}");
        let (_, headers, _) = get(server, "/api", &[("Origin", origin)]).await;
        let sent = headers.contains_key("access-control-allow-origin");
        assert_eq!(sent, calls, "{origin}");
    }
    // A request without an origin does not come from a page.
    Wire::open(&named).await;
    for server in [open, named, any] {
        server.stop().await;
    }
}

#[tokio::test]
async fn a_host_that_is_not_listed_is_refused_if_others_are() {
    let open = TestServer::start(&[]).await;
    let strict = TestServer::start(&["--allowed-host", "game.example,127.0.0.1"]).await;
    let own = strict.address.to_string();
    for (server, host, answered) in [
        (&open, "evil.example", true),
        (&strict, "game.example", true),
        (&strict, "game.example:5000", true),
        (&strict, &own, true),
        (&strict, "evil.example", false),
        (&strict, "127.0.0.1.evil.example", false),
        (&strict, "game.example@evil.example", false),
    ] {
        let origin = format!("http://{host}");
        let headers = [("Host", host), ("Origin", &origin)];
        let (page, ..) = get(server, "/", &headers).await;
        let (socket, _, body) = get(server, SOCKET, &headers).await;
        let expected = if answered { 200 } else { 421 };
        assert_eq!((page, socket), (expected, expected), "{host}");
        assert_eq!(body.contains("--allowed-host"), !answered, "{body}");
        assert_eq!(get(server, "/healthz", &headers).await.0, 200, "{host}");
    }
    open.stop().await;
    strict.stop().await;
}
