//! Requests that no browser sends.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::support::{DEADLINE, TestServer};

/// Sends the bytes, and reads until the server closes the connection.
fn send(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    // The server may refuse the request before all is sent.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("it neither answers nor ends: {error}"),
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// Like [`send`], from async code.
async fn request_raw(server: &TestServer, request: impl AsRef<[u8]>) -> String {
    let (address, request) = (server.address, request.as_ref().to_owned());
    let answer = tokio::task::spawn_blocking(move || send(address, &request));
    answer.await.unwrap()
}

fn status(answer: &str) -> u16 {
    let status = answer.strip_prefix("HTTP/1.1 ").unwrap_or(answer).get(..3);
    status.and_then(|it| it.parse().ok()).unwrap_or_default()
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

#[tokio::test]
async fn no_path_leaves_the_page_s_folder() {
    let server = TestServer::start(&[]).await;
    let secret = server.database().with_extension("sqlite3.demo-account");
    let secret = fs::read_to_string(secret).unwrap();
    let target = "db/orchard.sqlite3.demo-account";
    let windows = target.replace('/', "\\");
    for path in [
        format!("/../{target}"),
        format!("/./../{target}"),
        format!("/kinds/../../{target}"),
        format!("/kinds/..//../{target}"),
        format!("//../{target}"),
        format!("/..%2f{target}"),
        format!("/%2e%2e/{target}"),
        format!("/%2e%2e%2f{target}"),
        format!("/%252e%252e/{target}"),
        format!("/..%5c{target}"),
        format!("/..\\{windows}"),
        format!("/....//{target}"),
        format!("/..;/{target}"),
        format!("/%c0%ae%c0%ae/{target}"),
        format!("/..%00/{target}"),
        format!("/kinds/a.html%00/../../{target}"),
        format!("http://x/../{target}"),
        format!("{}", server.database().display()),
        format!("/{}", server.database().display()),
        format!("file://{}", server.database().display()),
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = request_raw(&server, request).await;
        assert!((400..500).contains(&status(&answer)), "{path}: {answer}");
        assert_eq!(body(&answer), "", "{path}");
        assert!(!answer.contains(&secret), "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn both_sides_agree_where_a_request_ends() {
    let server = TestServer::start(&[]).await;
    let hidden = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    for head in [
        // Conflicting or malformed lengths.
        "Content-Length: 0\r\nContent-Length: 60",
        "Content-Length: 0, 60",
        "Content-Length: +0",
        "Content-Length: -1",
        "Content-Length: 0x0",
        "Content-Length: 18446744073709551616",
        "Content-Length : 0",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff",
        "Transfer-Encoding: chunked\r\n\r\n-1",
        "Folded: a\r\n b\r\nContent-Length: 0",
        "No colon",
    ] {
        let request = format!(
            "POST /api HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{head}\r\n\r\n{hidden}"
        );
        let answer = request_raw(&server, request).await;
        assert_eq!(status(&answer), 400, "{head}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{head}: {answer}");
        assert!(!answer.contains("ok\n"), "{head}: {answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn ranges_of_a_file_are_served_within_its_length() {
    let server = TestServer::start(&[]).await;
    let many = format!("bytes={}0-0", "0-,".repeat(3000));
    for (range, expected) in [
        ("bytes=0-1", (206, "mu")),
        ("bytes=3-", (206, "ic")),
        ("bytes=-2", (206, "ic")),
        ("bytes=0-4", (206, "music")),
        ("bytes=5-", (416, "")),
        ("bytes=9-10", (416, "")),
        ("bytes=3-2", (416, "")),
        ("bytes=0-18446744073709551616", (416, "")),
        ("bytes=a-b", (416, "")),
        ("lines=0-1", (416, "")),
        ("bytes=0-1,3-4", (416, "")),
        (&many, (416, "")),
    ] {
        let request = format!(
            "GET /tune.ogg HTTP/1.1\r\nHost: x\r\nRange: {range}\r\nConnection: close\r\n\r\n"
        );
        let answer = request_raw(&server, request).await;
        // A refusal may have a body.
        let part = if status(&answer) == 206 {
            body(&answer)
        } else {
            ""
        };
        assert_eq!((status(&answer), part), expected, "{range:.40}");
    }
    server.stop().await;
}

#[tokio::test]
async fn bodies_are_not_decompressed_and_their_nesting_is_limited() {
    let server = TestServer::start(&[]).await;
    let post = |headers: &str, body: &str| {
        let length = body.len();
        format!(
            "POST /api HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n\
             {headers}Content-Length: {length}\r\n\r\n{body}"
        )
    };
    // Nothing is decompressed, and the nesting depth is limited.
    let packed = post("Content-Encoding: gzip\r\n", "\u{1f}\u{8b}\u{8}");
    let nested = post("", &"[".repeat(60_000));
    let objects = post("", &r#"{"a":"#.repeat(10_000));
    for request in [packed, nested, objects] {
        let answer = request_raw(&server, request).await;
        assert_eq!(status(&answer), 400, "{answer}");
        assert!(answer.len() < 1000, "{answer}");
    }
    // WebSocket compression is not negotiated either.
    let request = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n\
        Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n\u{88}\u{80}\0\0\0\0";
    let request: Vec<u8> = request.chars().map(|byte| byte as u8).collect();
    let answer = request_raw(&server, request).await.to_lowercase();
    assert_eq!(status(&answer.to_uppercase()), 101, "{answer}");
    assert!(!answer.contains("sec-websocket-extensions"), "{answer}");
    server.stop().await;
}
