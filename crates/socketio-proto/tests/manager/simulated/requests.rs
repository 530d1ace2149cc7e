//! CONNECTs that were sent too late, or never.

use std::time::Duration;

use socketio_proto::Auth;
use socketio_proto::manager::{Config, EmitOptions, Outcome};

use super::{auth, requested_beside_root};
use crate::script::{OPEN, Script};

#[test]
fn a_namespace_is_joined_again_if_a_frame_arrives_before_the_timer() {
    let (mut script, socket) = requested_beside_root(Auth::NONE);
    script.drain();
    script.they_send(r#"40/b,{"sid":"b1"}"#);
    script.drain();
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    script.expect(["> 41/b,", "disconnected: io client disconnect"]);
    script.now = script.now + Duration::from_millis(150);
    script.they_send("6");
    assert_eq!(script.run_to_deadline(), Duration::ZERO);
    script.expect(["> 40/b,"]);
}

#[test]
fn a_withdrawn_request_counts_from_when_it_was_sent() {
    let (mut script, socket) = requested_beside_root(Auth::NONE);
    script.expect(["> 40/b,"]);
    script.after(10_000);
    script.manager.disconnect(socket, script.now);
    script.after(100);
    script.manager.connect(socket, script.now);
    script.expect(["> 40/b,"]);
}

#[test]
fn connect_is_acted_on_even_after_an_earlier_slow_answer() {
    let mut script = Script::new(Config {
        connect_timeout: None,
        ..Config::default()
    });
    script.connect("/");
    script.drain();
    script.they_send_after_drain(OPEN);
    // The first answer is late.
    script.after(19_000);
    script.they_send_after_drain("2");
    script.after(19_000);
    script.they_send_after_drain(r#"40{"sid":"s"}"#);
    let socket = script.connect("/b");
    script.expect(["> 40/b,"]);
    for _ in 0..2 {
        script.after(10_000);
        script.they_send_after_drain("2");
    }
    script.manager.connect(socket, script.now);
    script.expect(["> 40/b,"]);
}

#[test]
fn connect_opens_a_new_connection_if_a_request_on_the_old_one_has_no_answer() {
    let (mut script, socket) = requested_beside_root(Auth::NONE);
    script.expect(["> 40/b,"]);
    // The connect handler has failed: python-socketio sends nothing, and considers the namespace
    // joined.
    script.run_to_deadline();
    script.run_to_deadline();
    script.drain();
    script.they_send(r#"44/b,"Unable to connect""#);
    script.expect(["connect error: the server refused the namespace: Unable to connect"]);
    script.after(5_000);
    script.manager.connect(socket, script.now);
    script.expect(["> 40/b,"]);
    script.they_send(r#"44/b,"Unable to connect""#);
    let lines = script.take();
    assert_eq!(lines[0], "close");
    assert_eq!(lines.last().map(|line| &**line), Some("open"));
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 1", "> 40", "> 40/b,"]);
    // Here, a refusal is final.
    script.they_send(r#"44/b,"no""#);
    script.expect(["connect error: the server refused the namespace: no"]);
}

#[test]
fn connect_opens_a_connection_after_all_attempts_are_used_up() {
    let mut script = Script::new(Config {
        reconnection_attempts: Some(0),
        ..Config::default()
    });
    let root = script.connect("/");
    let socket = script.manager.socket("/b", auth("alice")).unwrap();
    script.manager.connect(socket, script.now);
    script.drain();
    script.they_send_after_drain(OPEN);
    script.they_send_after_drain(r#"40{"sid":"s"}"#);
    script.after(1_000);
    script.manager.set_auth(socket, auth("bob"), script.now);
    script.manager.connect(socket, script.now);
    let lines = script.take();
    assert_eq!(lines[0], "close");
    assert_eq!(lines.last().map(|line| &**line), Some("open"));
    assert!(script.manager.is_active(socket) && script.manager.is_active(root));
}

#[test]
fn connect_while_the_connection_opens_ends_the_delay_of_a_namespace() {
    for is_system_s in [false, true] {
        let mut script = Script::new(Config::default());
        script.connect("/");
        let socket = script.manager.socket("/b", Auth::NONE).unwrap();
        script.drain();
        script.they_close();
        script.run_to_deadline();
        script.drain();
        script.they_close();
        // A program has used its immediate attempt, and has to wait.
        for _ in 0..3 {
            script.manager.disconnect(socket, script.now);
            script.manager.connect(socket, script.now);
        }
        script.drain();
        assert!(script.manager.next_request(socket).is_some());
        script.after(150);
        match is_system_s {
            true => script.manager.handle_wake(script.now),
            false => script.manager.connect(socket, script.now),
        }
        script.drain();
        script.they_send(OPEN);
        script.expect(["opened", "reconnected 2", "> 40", "> 40/b,"]);
    }
}

#[test]
fn events_of_a_handler_are_sent_before_its_connect_opens_a_new_connection() {
    let (mut script, pending) = requested_beside_root(auth("alice"));
    script.drain();
    script.after(2_000);
    script.manager.set_auth(pending, auth("bob"), script.now);
    let socket = script.connect("/c");
    script.drain();
    script.they_send(r#"40/c,{"sid":"c"}"#);
    assert_eq!(script.take_one().as_deref(), Some("connected c"));
    let emitted = script.emit(socket, "hi", EmitOptions::default()).unwrap();
    assert_eq!(emitted.outcome, Outcome::Sent);
    script.manager.connect(pending, script.now);
    let lines = script.take();
    assert_eq!(lines[..2], [r#"> 42/c,["hi","x"]"#, "close"]);
}

#[test]
fn the_delay_of_a_namespace_ends_with_the_connection() {
    let (mut script, socket) = requested_beside_root(Auth::NONE);
    script.after(20_000);
    script.drain();
    assert!(script.manager.next_request(socket).is_some());
    script.they_close();
    script.manager.handle_wake(script.now);
    script.drain();
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 1", "> 40", "> 40/b,"]);
}
