//! Frames that no client sends: each affects only its sender.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use tempfile::TempDir;

use crate::start::Running;
use crate::support::{DEADLINE, TestServer, Wire};

/// Texts that are not packets, or packets without meaning.
const TEXTS: &[&str] = &[
    "",
    "\0",
    "2",
    "2probe",
    "3probe",
    "5",
    "6",
    "7",
    "9x",
    "4",
    "49",
    "0{}",
    "40/mofang,",
    "40/mofang,{",
    "40/mofang,[1]",
    "40/mofang,\"x\"",
    "41/nowhere,",
    "42",
    "42/mofang",
    "42/mofang,",
    "42/mofang,[",
    "42/mofang,[]",
    "42/mofang,{}",
    "42/mofang,[1]",
    "42/mofang,[null,1]",
    "42/mofang,[\"\"]",
    "42/mofang,[\"my_broadcast\"",
    "42/mofang,[\"my_broadcast\",{\"a\":]",
    "42/mofang,[\"my_broadcast\",1e999999]",
    "42/mofang,[\"my_broadcast\",\"\\ud800\"]",
    "42/mofang,99999999999999999999999[\"message\"]",
    "42/mofang,-1[\"message\"]",
    "42/nowhere,[\"message\",1]",
    "43/mofang,1[]",
    "43/mofang,",
    "44/mofang,\"x\"",
    "45/mofang,[\"my_broadcast\",1]",
    "45-/mofang,[\"my_broadcast\",1]",
    "4599999999999999999999-/mofang,[\"my_broadcast\",1]",
    "46-/mofang,[]",
    "461-/mofang,1[{\"_placeholder\":true,\"num\":0}]",
];

/// Invalid frames of the WebSocket transport, as raw bytes (RFC 6455, section 5).
const FRAMES: &[&[u8]] = &[
    // Not masked.
    b"\x81\x012",
    // Reserved bits, a reserved code.
    b"\xf1\x81\0\0\0\x002",
    b"\x83\x81\0\0\0\x002",
    b"\x8b\x80\0\0\0\0",
    // A continuation frame without a beginning.
    b"\x80\x81\0\0\0\x002",
    // A fragmented ping, and one that is too long.
    b"\x09\x81\0\0\0\x00a",
    b"\x89\xfe\x01\0\0\0\0\0",
    // A text that is not UTF-8.
    b"\x81\x82\0\0\0\0\xc3\x28",
    // A close reason that is not UTF-8, half a code, a code that must not be sent.
    b"\x88\x84\0\0\0\0\x03\xe8\xc3\x28",
    b"\x88\x81\0\0\0\0\x03",
    b"\x88\x82\0\0\0\0\x03\xed",
    // A binary frame that no packet announced.
    b"\x82\x83\0\0\0\0abc",
    // The greatest length that can be encoded.
    b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0",
    b"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0",
];

const ADDRESS: &str = "an address";

fn address(running: &Running) -> SocketAddr {
    let address = running.address.strip_prefix("http://").expect(ADDRESS);
    address.parse().expect(ADDRESS)
}

/// A WebSocket whose frames are written by hand.
fn open(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let request = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n\
        Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    assert!(head.starts_with(b"HTTP/1.1 101"));
    stream
}

/// Asserts that the server is still running, has not panicked, and has logged no errors.
fn assert_unharmed(running: Running) {
    for line in running.stop() {
        assert!(line.starts_with('{'), "{line}");
        assert!(!line.contains(r#""level":"ERROR""#), "{line}");
    }
}

#[tokio::test]
async fn meaningless_frames_do_not_affect_other_clients() {
    let folder = TempDir::new().unwrap();
    let running = Running::start(folder.path());
    let token = running.token(folder.path()).await;
    let mut bystander = Wire::try_join(address(&running), &token).await.unwrap();
    bystander.until_now().await;
    for text in TEXTS {
        let mut wire = Wire::try_join(address(&running), &token).await.unwrap();
        wire.try_send(text).await;
        wire.rest_or_until_now().await;
        let received = bystander.until_now().await;
        let other = |frame: &&String| !frame.starts_with("42/mofang,[\"server_response\"");
        assert_eq!(received.iter().find(other), None, "{text}");
    }
    for frame in FRAMES {
        let mut stream = open(address(&running));
        stream.write_all(frame).unwrap();
        // Send another frame: the server must keep running.
        let _ = stream.write_all(b"\x81\x81\0\0\0\x003");
        drop(stream);
        bystander.until_now().await;
    }
    assert_unharmed(running);
}

#[tokio::test]
async fn attachments_that_never_arrive_do_not_delay_others() {
    let server = TestServer::start(&[]).await;
    let (mut bystander, _) = Wire::join(&server).await;
    let mut waiting = Vec::new();
    for announced in [1, 2, 100, 101, 1_000_000_000_usize] {
        let (mut wire, _) = Wire::join(&server).await;
        let event =
            format!(r#"45{announced}-/mofang,["my_broadcast",{{"_placeholder":true,"num":0}}]"#);
        wire.send(&event).await;
        // Send something else instead of the attachments.
        if announced == 2 {
            wire.send_binary(&[1]).await;
            wire.rest_or_until_now().await;
        }
        waiting.push(wire);
    }
    for frame in bystander.until_now().await {
        assert!(!frame.contains("broadcast_response"), "{frame}");
    }
    drop(waiting);
    server.stop().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_frame_of_a_hundred_megabytes_is_refused_by_its_header() {
    const LENGTH: u64 = 100 << 20;
    let folder = TempDir::new().unwrap();
    let running = Running::start(folder.path());
    let (before, _) = running.memory();
    let stream = &mut open(address(&running));
    let head = [&b"\x81\xff"[..], &LENGTH.to_be_bytes(), &[0; 4]].concat();
    stream.write_all(&head).unwrap();
    let chunk = vec![b'4'; 1 << 20];
    let taken = (0..LENGTH >> 20).take_while(|_| stream.write_all(&chunk).is_ok());
    let taken = taken.count();
    assert!(taken < 50, "{taken} MB");
    let (_, peak) = running.memory();
    assert!(peak < before + 20 * 1024, "{before} KiB, then {peak}");
    assert_unharmed(running);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn twenty_thousand_namespaces_are_refused_and_not_remembered() {
    const BATCH: usize = 500;
    let folder = TempDir::new().unwrap();
    let running = Running::start(folder.path());
    let token = running.token(folder.path()).await;
    let (before, _) = running.memory();
    let mut wire = Wire::try_join(address(&running), &token).await.unwrap();
    wire.until_now().await;
    for batch in 0..20_000 / BATCH {
        for number in 0..BATCH {
            wire.send(&format!("40/{batch}-{number},")).await;
        }
        for number in 0..BATCH {
            let head = format!("44/{batch}-{number},");
            let answer = wire.text().await;
            assert!(answer.starts_with(&head), "{head}: {answer}");
        }
    }
    let (_, peak) = running.memory();
    assert!(peak < before + 20 * 1024, "{before} KiB, then {peak}");
    wire.until_now().await;
    assert_unharmed(running);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_hundred_thousand_rooms_are_refused_and_not_remembered() {
    const BATCH: usize = 500;
    let folder = TempDir::new().unwrap();
    // The limit of events has its own test.
    let running = Running::start_with(folder.path(), &["--max-events-per-second", "0"]);
    let token = running.token(folder.path()).await;
    let (before, _) = running.memory();
    let mut wire = Wire::try_join(address(&running), &token).await.unwrap();
    wire.until_now().await;
    for batch in 0..100_000 / BATCH {
        for number in 0..BATCH {
            let login = format!(r#"42/mofang,["login",{{"uid":"{batch}-{number}"}}]"#);
            wire.send(&login).await;
        }
        for number in 0..BATCH {
            let answer = wire.event("login_response").await;
            assert_eq!(answer["errno"], 1006, "{batch}-{number}");
        }
    }
    let (_, peak) = running.memory();
    assert!(peak < before + 20 * 1024, "{before} KiB, then {peak}");
    assert_unharmed(running);
}
