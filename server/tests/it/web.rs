//! The page's files, health and headers.

use reqwest::header::HeaderMap;

use crate::support::{KINDS, TestServer};

pub(crate) async fn get(
    server: &TestServer,
    path: &str,
    headers: &[(&str, &str)],
) -> (u16, HeaderMap, String) {
    let request = headers.iter().fold(
        server.http.get(server.url(path)),
        |request, (name, value)| request.header(*name, *value),
    );
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.text().await.unwrap())
}

#[tokio::test]
async fn files_have_their_type_and_cache_lifetime() {
    const FOR_EVER: &str = "public, max-age=31536000, immutable";
    let server = TestServer::start(&[]).await;
    for (path, kind, cache) in [
        ("/", "text/html", "no-cache"),
        ("/index.html", "text/html", "no-cache"),
        ("/orchard-0123456789abcdef.js", "text/javascript", FOR_EVER),
        (
            "/orchard-0123456789abcdef_bg.wasm",
            "application/wasm",
            FOR_EVER,
        ),
        ("/tune.ogg", "audio/ogg", "no-cache"),
    ] {
        let (status, headers, _) = get(&server, path, &[]).await;
        assert_eq!(status, 200, "{path}");
        assert!(
            headers["content-type"].to_str().unwrap().starts_with(kind),
            "{path}"
        );
        assert_eq!(headers["cache-control"], cache, "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_file_that_has_not_changed_is_not_sent_again() {
    let server = TestServer::start(&[]).await;
    let (_, headers, _) = get(&server, "/", &[]).await;
    let modified = headers["last-modified"].to_str().unwrap();
    let (status, headers, body) = get(&server, "/", &[("If-Modified-Since", modified)]).await;
    assert_eq!((status, body.as_str()), (304, ""));
    assert_eq!(headers["cache-control"], "no-cache");
    server.stop().await;
}

#[tokio::test]
async fn precompressed_files_are_sent_to_clients_that_accept_them() {
    let server = TestServer::start(&[]).await;
    for (accept, encoding, body) in [
        ("gzip, br", Some("br"), "brotli"),
        ("gzip", Some("gzip"), "gzip"),
        ("identity", None, "plain"),
    ] {
        let accept = [("Accept-Encoding", accept)];
        let (status, headers, text) = get(&server, "/orchard-0123456789abcdef.js", &accept).await;
        assert_eq!((status, text.as_str()), (200, body));
        let sent = headers
            .get("content-encoding")
            .map(|encoding| encoding.to_str().unwrap());
        assert_eq!(sent, encoding);
        assert!(
            headers["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/javascript")
        );
        let vary = headers["vary"].to_str().unwrap().to_lowercase();
        assert!(vary.contains("accept-encoding"), "{vary}");
    }
    server.stop().await;
}

#[tokio::test]
async fn only_a_navigation_falls_back_to_the_page() {
    let server = TestServer::start(&[]).await;
    let html = [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    let (status, headers, body) = get(&server, "/some/room", &html).await;
    assert_eq!((status, body.as_str()), (200, "<title>orchard</title>"));
    assert_eq!(headers["cache-control"], "no-cache");
    for (path, headers) in [
        ("/some/room", &[("Accept", "*/*")]),
        ("/missing-0123456789abcdef.js", &[("Accept", "*/*")]),
        ("/missing.js", &html),
        ("/api/missing", &html),
        ("/../Cargo.toml", &html),
        ("/%2e%2e/db/orchard.sqlite3", &html),
    ] {
        let (status, headers, body) = get(&server, path, headers).await;
        assert_eq!((status, body.as_str()), (404, ""), "{path}");
        assert_eq!(headers["cache-control"], "no-cache", "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn without_a_page_the_rest_is_served() {
    let server = TestServer::start(&["--api-only", "--dist", "nowhere"]).await;
    assert_eq!(get(&server, "/", &[("Accept", "text/html")]).await.0, 404);
    server.login().await;
    server.stop().await;
}

#[tokio::test]
async fn healthz_says_ok() {
    let server = TestServer::start(&[]).await;
    let (status, _, body) = get(&server, "/healthz", &[]).await;
    assert_eq!((status, body.as_str()), (200, "ok\n"));
    server.stop().await;
}

#[tokio::test]
async fn responses_with_tokens_are_not_cached() {
    let server = TestServer::start(&[]).await;
    let call = serde_json::json!({"jsonrpc": "2.0", "method": "User.check", "id": 1});
    let response = server
        .http
        .post(server.url("/api"))
        .json(&call)
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    server.stop().await;
}

#[tokio::test]
async fn files_have_the_types_configured_for_a_cdn() {
    let server = TestServer::start(&[]).await;
    for extension in KINDS {
        let (status, headers, _) = get(&server, &format!("/kinds/a.{extension}"), &[]).await;
        assert_eq!(status, 200, "{extension}");
        let sent = headers["content-type"].to_str().unwrap();
        // With or without a charset: the page's files declare it themselves.
        let sent = sent.split(';').next().unwrap();
        assert_eq!(orchard_hosting::media_type(extension), Some(sent));
    }
    server.stop().await;
}
