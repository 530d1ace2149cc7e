//! No state waits for the peer for ever: each wait has a bound, an error that names what was
//! awaited, and a way to end it at once.

use std::time::Duration;

use socketio_proto::manager::Config;
use socketio_proto::{Auth, SocketOptions};

use crate::script::{OPEN, Script};

const NOT_ANSWERED: &str =
    "connect error: the server did not answer the request for the namespace…";

/// `/` is connected, and the CONNECT of `/b` was sent.
fn requested_beside_root() -> (Script, socketio_proto::manager::SocketId) {
    let (mut script, _) = Script::connected("/");
    let socket = script.connect("/b");
    script.expect(["> 40/b,"]);
    (script, socket)
}

/// Lets time pass, with the heartbeats that keep the connection open.
fn heartbeats(script: &mut Script, seconds: u64) {
    for second in 1..=seconds {
        script.after(1_000);
        if second % 20 == 0 {
            script.they_send_after_drain("2");
        }
    }
}

#[test]
fn an_unanswered_connect_is_reported_and_retried_on_a_new_connection() {
    let mut script = Script::new(Config::default());
    let socket = script.connect("/b");
    script.drain();
    script.they_send(OPEN);
    script.expect(["opened", "> 40/b,"]);
    assert_eq!(script.run_to_deadline(), Duration::from_secs(20));
    script.expect([
        "close",
        "closed: transport close",
        NOT_ANSWERED,
        "scheduled 1",
    ]);
    assert!(script.manager.is_active(socket));
    script.run_to_deadline();
    script.expect(["attempt 1", "open"]);
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 1", "> 40/b,"]);
}

#[test]
fn an_unanswered_connect_leaves_the_other_namespaces_connected() {
    let (mut script, socket) = requested_beside_root();
    assert_eq!(script.run_to_deadline(), Duration::from_secs(20));
    script.expect([NOT_ANSWERED]);
    assert!(script.manager.is_active(socket));
    let (attempt, at) = script.manager.next_request(socket).unwrap();
    assert_eq!((attempt, at > script.now), (1, true));
    let first = script.run_to_deadline();
    assert!(first <= Duration::from_millis(1_500), "{first:?}");
    script.expect(["> 40/b,"]);
    // Heartbeats don't count as an answer; the delay grows.
    script.they_send("2");
    script.drain();
    script.run_to_deadline();
    script.expect([NOT_ANSWERED]);
    let second = script.run_to_deadline();
    assert!(second >= Duration::from_millis(1_000), "{second:?}");
    script.expect(["> 40/b,"]);
    script.they_send(r#"40/b,{"sid":"b"}"#);
    script.expect(["connected b"]);
}

#[test]
fn an_unanswered_connect_is_retried_as_often_as_the_options_allow() {
    let (mut script, socket) = requested_beside_root();
    script
        .manager
        .configure(|config| config.reconnection_attempts = Some(1));
    script.after(20_000);
    script.expect([NOT_ANSWERED]);
    script.they_send_after_drain("2");
    script.after(1_500);
    script.expect(["> 40/b,"]);
    script.after(20_000);
    script.expect([NOT_ANSWERED]);
    assert!(!script.manager.is_active(socket));
    // If the server answers after all, the client sends DISCONNECT.
    script.they_send(r#"40/b,{"sid":"b"}"#);
    script.expect(["> 41/b,"]);
}

#[test]
fn the_time_limit_of_connect_is_an_option() {
    let mut script = Script::new(Config {
        connect_timeout: Some(Duration::from_secs(3)),
        ..Config::default()
    });
    script.connect("/");
    script.drain();
    script.they_send(OPEN);
    script.drain();
    assert_eq!(script.run_to_deadline(), Duration::from_secs(3));
    script.drain();
    script
        .manager
        .configure(|config| config.connect_timeout = None);
    script.run_to_deadline();
    script.drain();
    script.they_send(OPEN);
    script.drain();
    assert_eq!(script.run_to_deadline(), Duration::from_secs(45));
}

#[test]
fn connect_requests_an_unanswered_namespace_again_at_once() {
    let (mut script, socket) = requested_beside_root();
    // A call right after another one is not a second request.
    script.manager.connect(socket, script.now);
    script.expect([]);
    script.after(5_000);
    script.manager.connect(socket, script.now);
    script.expect(["> 40/b,"]);
    script.after(20_000);
    script.expect([NOT_ANSWERED]);
    script.manager.connect(socket, script.now);
    script.expect(["> 40/b,"]);
}

#[test]
fn connect_opens_a_new_connection_if_the_only_namespace_is_unanswered() {
    let mut script = Script::new(Config::default());
    let socket = script.connect("/b");
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.after(5_000);
    script.manager.connect(socket, script.now);
    script.expect(["close", "closed: forced close", "open"]);
    script.they_send(OPEN);
    script.expect(["opened", "> 40/b,"]);
    script.they_send(r#"40/b,{"sid":"b"}"#);
    script.expect(["connected b"]);
}

#[test]
fn an_answer_after_the_time_limit_is_accepted() {
    let (mut script, socket) = requested_beside_root();
    script.after(20_000);
    script.expect([NOT_ANSWERED]);
    script.they_send(r#"40/b,{"sid":"late"}"#);
    script.expect(["connected late"]);
    assert_eq!(script.manager.id(socket), Some("late"));
    // A late refusal is final.
    let (mut script, socket) = requested_beside_root();
    script.after(20_000);
    script.drain();
    script.they_send(r#"44/b,{"message":"no"}"#);
    script.expect(["connect error: the server refused the namespace: no"]);
    assert!(!script.manager.is_active(socket));
}

#[test]
fn two_answers_mean_two_sessions_on_the_server_so_a_new_connection_is_opened() {
    let (mut script, socket) = requested_beside_root();
    script.after(5_000);
    script.manager.connect(socket, script.now);
    script.expect(["> 40/b,"]);
    script.they_send(r#"40/b,{"sid":"one"}"#);
    script.expect(["connected one"]);
    script.they_send(r#"40/b,{"sid":"two"}"#);
    script.expect([
        "close",
        "closed: transport close",
        "disconnected: transport close (the connection was opened anew…",
        "disconnected: transport close (the connection was opened anew…",
        "scheduled 1",
        "attempt 1",
        "open",
    ]);
}

#[test]
fn a_withdrawn_connect_does_not_delay_the_next_one_for_ever() {
    for end in ["", "41/b,"] {
        let (mut script, socket) = requested_beside_root();
        script.manager.disconnect(socket, script.now);
        script.manager.connect(socket, script.now);
        script.expect([]);
        if !end.is_empty() {
            script.they_send(end);
            script.expect([]);
        }
        let waited = script.run_to_deadline();
        assert!(waited <= Duration::from_secs(20), "{waited:?}");
        script.expect(["> 40/b,"]);
        script.they_send(r#"40/b,{"sid":"b"}"#);
        script.expect(["connected b"]);
    }
}

#[test]
fn a_second_call_of_connect_does_not_wait_for_a_withdrawn_one() {
    let (mut script, socket) = requested_beside_root();
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    script.after(3_000);
    script.expect([]);
    script.manager.connect(socket, script.now);
    script.expect(["> 40/b,"]);
}

#[test]
fn an_attempt_that_hangs_is_restarted_by_connect_or_wake() {
    let mut script = Script::new(Config::default());
    let socket = script.connect("/");
    script.expect(["open"]);
    script.after(5_000);
    script.manager.connect(socket, script.now);
    script.expect(["close", "open"]);
    script.after(5_000);
    script.manager.handle_wake(script.now);
    script.expect(["close", "open"]);
    // An attempt that has just begun is not restarted.
    script.after(400);
    script.manager.connect(socket, script.now);
    script.manager.handle_wake(script.now);
    script.expect([]);
    assert_eq!(script.run_to_deadline(), Duration::from_millis(19_600));
}

#[test]
fn auth_that_hangs_is_requested_again_by_connect() {
    let (mut script, socket) = Script::connecting(Auth::ASK.into());
    script.they_send(OPEN);
    script.expect(["opened", "authorize"]);
    script.after(5_000);
    script.manager.connect(socket, script.now);
    script.expect(["authorize"]);
    let [first, second] = script.requests[..] else {
        panic!("two requests")
    };
    for (request, sent) in [(first, None), (second, Some("> 40"))] {
        let answer = Ok(Auth::NONE);
        script
            .manager
            .authorize(socket, request, answer, script.now);
        assert_eq!(script.take_one().as_deref(), sent);
    }
}

#[test]
fn attachments_that_never_arrive_end_the_connection() {
    let (mut script, _) = Script::connected("/");
    script.they_send(r#"451-["photo",{"_placeholder":true,"num":0}]"#);
    script.expect([]);
    script.after(20_000);
    script.they_send("2");
    script.drain();
    assert_eq!(script.run_to_deadline(), Duration::from_secs(25));
    script.expect([
        "close",
        "closed: parse error",
        "disconnected: parse error (the attachments of an event did not follow it in time)",
        "scheduled 1",
    ]);
}

#[test]
fn packets_between_an_event_and_its_attachments_do_not_extend_the_time_limit() {
    let (mut script, _) = Script::connected("/");
    script.they_send(r#"451-["photo",{"_placeholder":true,"num":0}]"#);
    script.expect([]);
    script.after(20_000);
    script.they_send(r#"42["between"]"#);
    script.expect([r#"event ["between"]"#]);
    script.they_send("2");
    script.drain();
    assert_eq!(script.run_to_deadline(), Duration::from_secs(25));
    script.expect([
        "close",
        "closed: parse error",
        "disconnected: parse error (the attachments of an event did not follow it in time)",
        "scheduled 1",
    ]);
}

#[test]
fn attachments_that_arrive_slowly_are_accepted() {
    use socketio_proto::manager::TransportEvent;
    let (mut script, _) = Script::connected("/");
    script
        .they_send(r#"452-["photo",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#);
    for _ in 0..2 {
        heartbeats(&mut script, 40);
        script.drain();
        script.they(TransportEvent::Binary(vec![1]));
    }
    let lines = script.take();
    assert!(lines[0].starts_with("event"), "{lines:?}");
    heartbeats(&mut script, 100);
    assert!(script.manager.handshake().is_some());
}

#[test]
fn a_heartbeat_that_is_missed_while_a_namespace_connects_is_named() {
    let config = Config {
        connect_timeout: None,
        ..Config::default()
    };
    let mut script = Script::new(config);
    script.connect("/");
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.run_to_deadline();
    script.expect([
        "close",
        "closed: ping timeout",
        "connect error: no heartbeat of the server in time…",
        "scheduled 1",
    ]);
}

#[test]
fn a_disconnect_instead_of_an_answer_is_a_refusal() {
    for (frame, message) in [
        ("41", ", and gave no reason"),
        (r#"41{"message":"full"}"#, ": full"),
    ] {
        let mut script = Script::new(Config::default());
        let socket = script.connect("/");
        script.drain();
        script.they_send(OPEN);
        script.expect(["opened", "> 40"]);
        script.they_send(frame);
        let error = format!("connect error: the server refused the namespace{message}");
        script.expect([&error, "close", "closed: forced close"]);
        assert!(!script.manager.is_active(socket));
        assert_eq!(script.manager.poll_timeout(), None);
    }
}

#[test]
fn a_disconnect_instead_of_an_answer_requests_fresh_auth() {
    let options = SocketOptions {
        auth: Auth::ASK,
        refresh_auth: true,
        ..SocketOptions::default()
    };
    let (mut script, socket) = Script::connecting(options);
    script.they_send(OPEN);
    script.drain();
    let request = script.requests[0];
    script
        .manager
        .authorize(socket, request, Ok(Auth::NONE), script.now);
    script.drain();
    script.they_send("41");
    script.expect(["authorize again"]);
}

#[test]
fn a_sleep_of_the_device_ends_a_connection_that_the_server_gave_up() {
    let (mut script, _) = Script::connected("/");
    script
        .manager
        .handle_sleep(Duration::from_secs(10), script.now);
    script.expect([]);
    assert_eq!(script.run_to_deadline(), Duration::from_secs(35));
    let (mut script, _) = Script::connected("/");
    script
        .manager
        .handle_sleep(Duration::from_secs(46), script.now);
    script.expect([
        "close",
        "closed: ping timeout",
        "disconnected: ping timeout",
        "scheduled 1",
    ]);
    // The attempt follows after its delay, not when the heartbeat would have been due.
    assert!(script.run_to_deadline() <= Duration::from_millis(1_500));
    script.expect(["attempt 1", "open"]);
}

#[test]
fn nothing_is_opened_while_the_page_is_suspended_and_everything_when_it_wakes() {
    let (mut script, socket) = Script::connected("/");
    script.manager.handle_suspend(script.now);
    script.expect([
        "close",
        "closed: transport close",
        "disconnected: transport close (the page was left or frozen)",
        "scheduled 1",
    ]);
    assert_eq!(script.manager.poll_timeout(), None);
    script.after(3_600_000);
    script.manager.connect(socket, script.now);
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    script.after(3_600_000);
    script.expect([]);
    assert!(script.manager.is_active(socket));
    script.manager.handle_wake(script.now);
    script.expect(["open"]);
    script.they_send(OPEN);
    script.expect(["opened", "> 40"]);
}

#[test]
fn disabling_reconnection_during_the_back_off_is_reported() {
    let (mut script, _) = Script::connected("/");
    script.they_close();
    script.drain();
    script
        .manager
        .configure(|config| config.reconnection = false);
    script.expect(["reconnect failed"]);
}
