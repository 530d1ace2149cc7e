//! Attempts that started too soon, or were counted wrongly.

use std::time::Duration;

use socketio_proto::Auth;
use socketio_proto::manager::{Config, Event, Output, SocketId, TransportEvent};

use super::requested_beside_root;
use crate::script::{OPEN, Script};

/// The network latency of the server.
const ROUND_TRIP: Duration = Duration::from_millis(150);

/// Runs for a minute against a server that refuses each namespace but `/`. Returns how many
/// transports were opened, and how many CONNECTs were sent.
fn run(script: &mut Script, mut reacts: impl FnMut(&mut Script, SocketId)) -> (u32, u32) {
    let end = script.now + Duration::from_secs(60);
    let (mut opened, mut requested) = (0, 0);
    let mut answer = None;
    while script.now < end {
        while let Some(output) = script.manager.poll_output() {
            match output {
                Output::OpenTransport(transport) => {
                    opened += 1;
                    script.transport = Some(transport);
                    answer = Some((script.now + ROUND_TRIP, OPEN.into()));
                }
                Output::SendText(_, text) if text.starts_with("40/") => {
                    requested += 1;
                    answer = Some((script.now + ROUND_TRIP, text.replacen('0', "4", 1)));
                }
                Output::SendText(_, text) if text == "40" => {
                    answer = Some((script.now + ROUND_TRIP, r#"40{"sid":"s"}"#.into()));
                }
                Output::Event(Event::ConnectError { socket, .. }) => reacts(script, socket),
                _ => {}
            }
        }
        let timeout = script.manager.poll_timeout();
        match answer.take() {
            Some((at, text)) if timeout.is_none_or(|timeout| at <= timeout) => {
                script.now = script.now.max(at);
                let transport = script.transport.unwrap();
                let event = TransportEvent::Text(text);
                script
                    .manager
                    .handle_transport(transport, event, script.now);
            }
            waits => {
                answer = waits;
                script.now = script.now.max(timeout.unwrap_or(end));
                script.manager.handle_timeout(script.now);
            }
        }
    }
    (opened, requested)
}

#[test]
fn connecting_another_namespace_at_each_failure_does_not_loop() {
    let mut script = Script::new(Config::default());
    let sockets = ["/a", "/b"].map(|name| script.manager.socket(name, Auth::NONE).unwrap());
    script.manager.connect(sockets[0], script.now);
    let (opened, _) = run(&mut script, |script, failed| {
        let other = if failed == sockets[0] { 1 } else { 0 };
        script.manager.connect(sockets[other], script.now);
    });
    assert!((5..30).contains(&opened), "{opened} in a minute");
}

#[test]
fn creating_a_new_socket_at_each_failure_does_not_loop() {
    let mut script = Script::new(Config::default());
    script.connect("/a");
    let (opened, _) = run(&mut script, |script, failed| {
        script.manager.remove(failed, script.now);
        script.connect("/a");
    });
    assert!((5..30).contains(&opened), "{opened} in a minute");
}

#[test]
fn creating_a_new_socket_at_each_failure_does_not_loop_requests_either() {
    let (mut script, _) = Script::connected("/");
    script.connect("/a");
    let (opened, requested) = run(&mut script, |script, failed| {
        if script.manager.namespace(failed) == Some("/a") {
            script.manager.remove(failed, script.now);
            script.connect("/a");
        }
    });
    assert!((5..30).contains(&requested), "{requested} in a minute");
    assert!(opened < 5, "{opened} in a minute");
}

#[test]
fn connect_right_after_another_failure_does_not_repeat_a_pending_request() {
    let (mut script, socket) = requested_beside_root(Auth::NONE);
    script.drain();
    let other = script.connect("/c");
    script.drain();
    script.after(5_000);
    script.they_send(r#"44/c,"no""#);
    script.expect(["connect error: the server refused the namespace: no"]);
    script.manager.connect(socket, script.now);
    script.expect([]);
    // A person's request is treated differently.
    script.after(5_000);
    script.manager.connect(socket, script.now);
    script.expect(["> 40/b,"]);
    assert!(!script.manager.is_active(other));
}

#[test]
fn connections_lost_by_suspending_do_not_count_towards_the_limit() {
    let mut script = Script::new(Config {
        reconnection_attempts: Some(1),
        ..Config::default()
    });
    let socket = script.connect("/");
    for round in 0..4 {
        let lines = script.they_accept("s");
        assert_eq!(lines, ["connected s"], "round {round}");
        script.manager.handle_suspend(script.now);
        script.drain();
        // Longer than any delay: the attempt that the system requests is not the one that was due.
        script.after(60_000);
        script.manager.handle_wake(script.now);
    }
    assert!(script.manager.is_active(socket));
    script.drain();
    // No scheduled attempt was made so far.
    script.they_close();
    let lines = script.take();
    assert!(lines.contains(&"scheduled 1".into()), "{lines:?}");
}

#[test]
fn the_attempt_of_a_second_wake_is_not_counted_either() {
    let mut script = Script::new(Config {
        reconnection_attempts: Some(1),
        ..Config::default()
    });
    script.connect("/");
    script.drain();
    script.they_close();
    script.drain();
    script.manager.handle_wake(script.now);
    script.drain();
    script.they_close();
    script.drain();
    // Within the spacing: the attempt is made at its end.
    script.manager.handle_wake(script.now);
    script.expect([]);
    assert_eq!(script.run_to_deadline(), Duration::from_millis(500));
    script.expect(["attempt 1", "open"]);
    script.they_close();
    let lines = script.take();
    assert!(lines.contains(&"scheduled 1".into()), "{lines:?}");
}

#[test]
fn a_cancelled_attempt_is_not_counted() {
    let mut script = Script::new(Config {
        reconnection_attempts: Some(1),
        ..Config::default()
    });
    let socket = script.connect("/");
    script.drain();
    script.they_close();
    // A program reacts by leaving and coming back, which uses its one immediate attempt.
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    script.drain();
    script.they_close();
    let lines = script.take();
    assert!(lines.contains(&"scheduled 1".into()), "{lines:?}");
}

#[test]
fn a_page_that_wakes_takes_back_no_more_attempts_than_were_counted() {
    let mut script = Script::new(Config::default());
    let socket = script.connect("/");
    for _ in 0..3 {
        script.drain();
        script.they_close();
        script.drain();
        script.run_to_deadline();
    }
    script.drain();
    script.manager.handle_suspend(script.now);
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    script.drain();
    script.manager.handle_wake(script.now);
    script.drain();
    script.they_close();
    let lines = script.take();
    assert!(lines.contains(&"scheduled 4".into()), "{lines:?}");
}

#[test]
fn a_namespace_left_before_its_connect_was_reported_does_not_reset_the_delays() {
    let mut script = Script::new(Config::default());
    script.manager.socket("/", Auth::ASK).unwrap();
    let root = script.manager.socket("/a", Auth::NONE).unwrap();
    script.manager.connect(root, script.now);
    let socket = script.connect("/b");
    for _ in 0..2 {
        script.drain();
        script.they_close();
        script.drain();
        script.run_to_deadline();
    }
    script.drain();
    script.they_send_after_drain(OPEN);
    script.they_send(r#"40/b,{"sid":"b"}"#);
    script.manager.disconnect(socket, script.now);
    script.expect(["> 41/b,"]);
    script.after(10_000);
    script.they_close();
    let lines = script.take();
    assert!(lines.contains(&"scheduled 3".into()), "{lines:?}");
}
