//! Limits on what one socket may send and have queued: nothing is lost or reordered, and no other
//! socket is affected.

use serde_json::json;
use tempfile::TempDir;

use crate::start::Running;
use crate::support::{Polling, TestServer, Wire, payload};

const BURST: usize = 2000;

fn broadcast(id: usize, text: &str) -> String {
    format!(
        r#"42/mofang,{id}["my_broadcast",{}]"#,
        json!({ "text": text })
    )
}

/// The text of a broadcast, and the id of an acknowledgement.
fn read(frame: &str) -> (Option<String>, Option<usize>) {
    if let Some(ack) = frame.strip_prefix("43/mofang,") {
        return (None, Some(ack.strip_suffix("[]").unwrap().parse().unwrap()));
    }
    let event = payload(frame, "42/mofang,");
    assert_eq!(event[0], "broadcast_response", "{frame}");
    (event[1]["text"].as_str().map(str::to_owned), None)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_is_answered_and_delivered_completely_and_in_order() {
    let server = TestServer::start(&[]).await;
    let (mut sender, _) = Wire::join(&server).await;
    let (mut listener, _) = Wire::join(&server).await;
    sender.until_now().await;
    let receiving = tokio::spawn(async move {
        for number in 0..BURST {
            let text = listener.event("broadcast_response").await;
            assert_eq!(text["text"], number.to_string());
        }
    });
    // The client reads nothing meanwhile.
    for number in 0..BURST {
        sender.send(&broadcast(number, &number.to_string())).await;
    }
    for number in 0..BURST {
        let (text, _) = read(&sender.text().await);
        assert_eq!(text, Some(number.to_string()));
        // Each event is handled before the next is read.
        let (_, id) = read(&sender.text().await);
        assert_eq!(id, Some(number));
    }
    receiving.await.unwrap();
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_events_of_one_socket_are_answered_in_order() {
    let server = TestServer::start(&[]).await;
    let (mut wire, _) = Wire::join(&server).await;
    let names = ["message", "login", "chat", "my_broadcast"];
    for id in 0..500 {
        let name = names[id % names.len()];
        wire.send(&format!(r#"42/mofang,{id}["{name}",{{"uid":"7"}}]"#))
            .await;
    }
    let mut next = 0;
    while next < 500 {
        let frame = wire.text().await;
        if let Some(ack) = frame.strip_prefix("43/mofang,") {
            assert_eq!(ack, format!("{next}[]"));
            next += 1;
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_sends_too_much_is_notified_and_disconnected() {
    let server = TestServer::start(&["--max-events-at-once", "100"]).await;
    let (mut listener, _) = Wire::join(&server).await;
    let (mut flooder, _) = Wire::join(&server).await;
    listener.until_now().await;
    for number in 0..5000 {
        if !flooder.try_send(&broadcast(number, "flood")).await {
            break;
        }
    }
    let mut frames = flooder.rest().await;
    // The engine may send a CLOSE packet before it closes the connection.
    while frames.pop_if(|last| last == "1").is_some() {}
    let [.., why, end] = &frames[..] else {
        panic!("{frames:?}");
    };
    let why = payload(why, "42/mofang,");
    assert_eq!(
        (&why[0], &why[1]["errno"]),
        (&json!("error_response"), &json!(1429))
    );
    assert!(!why[1]["errmsg"].as_str().unwrap().is_empty());
    assert_eq!(end, "41/mofang,", "it does not reconnect by itself");
    assert_eq!(frames.len(), 2 * 100 + 2, "the first hundred were accepted");

    // Read the listener's own event first: `until_now` sends one.
    for _ in 0..100 {
        let received = listener.event("broadcast_response").await;
        assert_eq!(received["text"], "flood");
    }
    assert_eq!(listener.until_now().await, [""; 0]);
    server.stop().await;
}

#[tokio::test]
async fn a_long_event_counts_as_several() {
    let server = TestServer::start(&["--max-events-at-once", "100"]).await;
    let (mut wire, _) = Wire::join(&server).await;
    wire.send(&broadcast(1, &"a".repeat(90 * 1024))).await;
    let (text, _) = read(&wire.text().await);
    assert_eq!(text.unwrap().len(), 90 * 1024);
    wire.text().await;
    wire.send(&broadcast(2, &"a".repeat(90 * 1024))).await;
    let why = wire.event("error_response").await;
    assert_eq!(why["errno"], 1429);
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_floods_by_polling_is_disconnected_too() {
    let server = TestServer::start(&["--max-events-at-once", "10"]).await;
    let (session, _) = Polling::join(&server).await;
    for number in 0..11 {
        session.post(&broadcast(number, "flood")).await;
    }
    let why = session.until("error_response").await;
    assert_eq!(why["errno"], 1429);
    assert_eq!(session.poll().await, Err(400), "the session has ended");
    assert_eq!(session.post(&broadcast(99, "more")).await, 400);
    server.stop().await;
}

#[tokio::test]
async fn idle_time_restores_the_allowance() {
    let flags = ["--max-events-at-once", "10", "--max-events-per-second", "5"];
    let server = TestServer::start(&flags).await;
    let (mut wire, _) = Wire::join(&server).await;
    for round in 0..5 {
        for number in 0..10 {
            wire.send(&broadcast(number, "x")).await;
            assert_eq!(read(&wire.text().await).0.as_deref(), Some("x"), "{round}");
            wire.text().await;
        }
        server.pass(2);
    }
    server.stop().await;
}

const FILLING: usize = 80;

/// Sends enough to fill the socket buffers of a client that doesn't read.
async fn fill(sender: &mut Wire) {
    let text = "a".repeat(90 * 1024);
    for number in 0..FILLING {
        sender.send(&broadcast(number, &text)).await;
        for _ in 0..2 {
            sender.text().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_client_that_reads_too_slowly_is_disconnected_and_counted() {
    let folder = TempDir::new().unwrap();
    let flags = [
        "--max-events-at-once",
        "1000000",
        "--max-buffered-bytes",
        "1000000",
    ];
    let running = Running::start_with(folder.path(), &flags);
    let address = running
        .address
        .strip_prefix("http://")
        .unwrap()
        .parse()
        .unwrap();
    let token = running.token(folder.path()).await;
    let mut slow = Wire::join_narrowly(address, &token).await;
    let mut sender = Wire::try_join(address, &token).await.unwrap();
    sender.until_now().await;
    fill(&mut sender).await;
    let log = running.log_until(1, "a socket is ended").pop().unwrap();
    assert!(log.contains("1408"), "{log}");
    running.log_until(1, "left");

    // Packets already sent still arrive, then the connection ends; the client may reconnect.
    let frames = slow.rest().await;
    assert!(frames.len() < FILLING, "{}", frames.len());
    assert!(!frames.iter().any(|frame| frame.starts_with("41")));
    Wire::try_join(address, &token).await.unwrap();
    let log = running.stop();
    let last = log.last().unwrap();
    assert!(
        last.contains("sockets cut that read too slowly: 1"),
        "{last}"
    );
}

#[tokio::test]
async fn a_client_that_polls_too_slowly_is_disconnected() {
    let flags = ["--max-buffered-packets", "20"];
    let server = TestServer::start(&flags).await;
    let (slow, _) = Polling::join(&server).await;
    let (mut sender, _) = Wire::join(&server).await;
    for number in 0..40 {
        sender.send(&broadcast(number, "x")).await;
        sender.text().await;
        sender.text().await;
    }
    // The queued packets, and then the reason.
    let packets = slow.poll().await.unwrap();
    let last = payload(packets.last().unwrap(), "42/mofang,");
    assert_eq!(
        (&last[0], &last[1]["errno"]),
        (&json!("error_response"), &json!(1408))
    );
    assert_eq!(slow.poll().await, Err(400));
    server.stop().await;
}

#[tokio::test]
async fn messages_that_are_read_in_time_do_not_accumulate() {
    let flags = [
        "--max-buffered-packets",
        "20",
        "--max-buffered-bytes",
        "10000",
    ];
    let server = TestServer::start(&flags).await;
    let (mut wire, _) = Wire::join(&server).await;
    let (polling, _) = Polling::join(&server).await;
    wire.until_now().await;
    for number in 0..200 {
        wire.send(&broadcast(number, &"x".repeat(number))).await;
        wire.text().await;
        wire.text().await;
        let received = polling.until("broadcast_response").await;
        assert_eq!(received["text"].as_str().unwrap().len(), number);
    }
    server.stop().await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn one_flooder_affects_none_of_twenty() {
    let folder = TempDir::new().unwrap();
    let running = Running::start_with(folder.path(), &[]);
    let address = running
        .address
        .strip_prefix("http://")
        .unwrap()
        .parse()
        .unwrap();
    let token = running.token(folder.path()).await;
    let mut listeners = Vec::new();
    for _ in 0..20 {
        listeners.push(Wire::try_join(address, &token).await.unwrap());
    }
    let mut flooder = Wire::try_join(address, &token).await.unwrap();
    let flooding = tokio::spawn(async move {
        let text = "f".repeat(500);
        for number in 0..20_000 {
            if !flooder.try_send(&broadcast(number, &text)).await {
                return true;
            }
        }
        false
    });
    let mut receiving = tokio::task::JoinSet::new();
    for (number, mut listener) in listeners.into_iter().enumerate() {
        receiving.spawn(async move {
            // Each listener sends one text, and receives the texts of all.
            listener
                .send(&broadcast(0, &format!("from {number}")))
                .await;
            let mut received = 0;
            while received < 20 {
                let frame = listener.text().await;
                if frame.contains("from ") {
                    received += 1;
                }
                assert!(!frame.contains("error_response"), "{frame}");
            }
        });
    }
    receiving.join_all().await;
    assert!(flooding.await.unwrap(), "the flooder is cut");
    let (_, peak) = running.memory();
    assert!(peak < 150 * 1024, "{peak} KiB at most");
}
