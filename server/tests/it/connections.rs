//! Connections that take resources and do no work.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use tempfile::TempDir;
use tokio::task::spawn_blocking;

use crate::start::Running;
use crate::support::{DEADLINE, Polling, TestServer, Wire};

fn open(server: &TestServer) -> TcpStream {
    let stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

/// Reads until the server closes the connection.
async fn until_the_end(mut stream: TcpStream) -> String {
    let read = spawn_blocking(move || {
        let mut bytes = Vec::new();
        match stream.read_to_end(&mut bytes) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            Err(error) => panic!("it is not ended: {error}"),
        }
        String::from_utf8(bytes).unwrap()
    });
    read.await.unwrap()
}

#[tokio::test]
async fn a_head_that_does_not_arrive_ends_its_connection() {
    let server = TestServer::start(&["--header-timeout-seconds", "1"]).await;
    let silent = open(&server);
    let mut half = open(&server);
    half.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        .unwrap();
    let mut answered = open(&server);
    answered
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    assert_eq!(until_the_end(silent).await, "");
    assert_eq!(until_the_end(half).await, "");
    assert!(
        until_the_end(answered).await.ends_with("ok\n"),
        "it is kept, and then closed"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_does_not_arrive_times_out() {
    let server = TestServer::start(&["--body-timeout-seconds", "1"]).await;
    let session = Polling::open(&server).await;
    let polling = format!("/socket.io/?EIO=4&transport=polling&sid={}", session.sid);
    for (path, message) in [("/api", "the body was not there after 1 s"), (&polling, "")] {
        let mut stream = open(&server);
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
             Content-Length: 100\r\n\r\n{{"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let answer = until_the_end(stream).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains(message), "{answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_size_of_a_head_is_bounded() {
    let server = TestServer::start(&[]).await;
    let mut stream = open(&server);
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ")
        .unwrap();
    // The server may close the connection before all is sent.
    let _ = stream.write_all(&[b'a'; 100_000]);
    let answer = until_the_end(stream).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_session_that_joins_no_namespace_ends() {
    let server = TestServer::start(&["--connect-timeout-seconds", "1"]).await;
    let mut wire = Wire::open(&server).await;
    let session = Polling::open(&server).await;
    assert_eq!(wire.rest().await, ["1"]);
    // After a heartbeat and a CLOSE packet the session no longer exists.
    let status = loop {
        if let Err(status) = session.poll().await {
            break status;
        }
    };
    assert_eq!(status, 400);
    let (mut stays, _) = Wire::join(&server).await;
    stays.until_now().await;
    server.stop().await;
}

#[tokio::test]
async fn connections_per_address_are_bounded() {
    let server = TestServer::start(&["--guests", "--max-connections-per-address", "3"]).await;
    let mut wires = Vec::new();
    for _ in 0..3 {
        wires.push(
            Wire::try_join(server.address, "")
                .await
                .expect("it is admitted"),
        );
    }
    assert!(Wire::try_join(server.address, "").await.is_none());
    wires.pop();
    let mut again = None;
    while again.is_none() {
        again = Wire::try_join(server.address, "").await;
    }
    drop((wires, again));
    server.stop().await;
}

#[tokio::test]
async fn sessions_per_address_are_bounded_over_any_number_of_connections() {
    let server = TestServer::start(&["--max-connections-per-address", "5"]).await;
    for _ in 0..5 {
        Polling::open(&server).await;
    }
    let url = server.url("/socket.io/?EIO=4&transport=polling");
    let answer = server.http.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 429);
    assert!(answer.headers().contains_key("retry-after"));
    server.stop().await;
}

#[tokio::test]
async fn idle_connections_are_closed_for_new_requests() {
    let server = TestServer::start(&["--max-connections", "10"]).await;
    let waiting: Vec<_> = (0..50).map(|_| open(&server)).collect();
    let answer = server
        .http
        .get(server.url("/healthz"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let mut ended = waiting.into_iter();
    assert_eq!(until_the_end(ended.next().unwrap()).await, "");
    server.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn half_open_connections_do_not_exhaust_the_descriptors() {
    const MANY: usize = 1100;
    if rlimit::increase_nofile_limit(MANY as u64 + 200).unwrap() < MANY as u64 + 200 {
        eprintln!("this system lets a test open no {MANY} connections");
        return;
    }
    let folder = TempDir::new().unwrap();
    let running = Running::start_limited(folder.path(), 1024);
    let address = running.address.strip_prefix("http://").unwrap().to_owned();
    let mut half_open = Vec::new();
    for number in 0..MANY {
        let mut stream = TcpStream::connect(&address).unwrap();
        if number % 2 == 0 {
            // The connection may already have been evicted.
            let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\n");
        }
        half_open.push(stream);
    }
    let http = reqwest::Client::builder()
        .timeout(DEADLINE)
        .build()
        .unwrap();
    let url = format!("{}/healthz", running.address);
    for _ in 0..20 {
        let answer = http.get(&url).send().await.unwrap();
        assert_eq!(answer.text().await.unwrap(), "ok\n");
    }
    Wire::connect(&address).await;
    let log = running.stop();
    assert!(
        log.last().unwrap().contains("connections evicted"),
        "{log:?}"
    );
}

#[tokio::test]
async fn a_connection_that_reads_nothing_is_closed() {
    let folder = TempDir::new().unwrap();
    let dist = folder.path().join("dist");
    fs::create_dir(&dist).unwrap();
    // More than the socket buffers of the operating system hold.
    fs::write(dist.join("index.html"), vec![b'a'; 32 << 20]).unwrap();
    let dist = dist.to_str().unwrap();
    let flags = ["--dist", dist, "--write-timeout-seconds", "1"];
    let running = Running::start_page(folder.path(), &flags);
    let address = running.address.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    // The client reads nothing while the server has more to write.
    running.log_until(1, "reads nothing");
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(rest.len() < 32 << 20, "all of it arrived");
    let log = running.stop();
    assert!(
        log.last()
            .unwrap()
            .contains("connections cut that took nothing: 1"),
        "{log:?}"
    );
}

#[tokio::test]
async fn a_websocket_that_reads_nothing_is_closed_even_without_other_limits() {
    let flags = [
        "--write-timeout-seconds",
        "1",
        "--max-events-at-once",
        "1000000",
        "--max-buffered-bytes",
        "100000000",
    ];
    let folder = TempDir::new().unwrap();
    let running = Running::start_with(folder.path(), &flags);
    let address = running.address.strip_prefix("http://").unwrap();
    let address = address.parse().unwrap();
    let token = running.token(folder.path()).await;
    let mut slow = Wire::join_narrowly(address, &token).await;
    let mut sender = Wire::try_join(address, &token).await.unwrap();
    let text = "a".repeat(90 * 1024);
    for number in 0..80 {
        let event = format!(r#"42/mofang,{number}["my_broadcast",{{"text":"{text}"}}]"#);
        sender.send(&event).await;
        while sender.text().await != format!("43/mofang,{number}[]") {}
    }
    running.log_until(1, "reads nothing");
    running.log_until(1, "left");
    assert!(slow.rest().await.len() < 80);
    let log = running.stop();
    assert!(log.last().unwrap().contains("took nothing: 1"), "{log:?}");
}
