//! Sessions do not mix: packets of a session that the user left, or of another user, are neither
//! sent nor delivered in the next one.

use std::collections::BTreeMap;
use std::time::Duration;

use socketio_proto::manager::{EmitOptions, SocketId};
use socketio_proto::{Auth, Retries, SocketOptions};

use crate::script::{OPEN, Script};

const ACK: EmitOptions = EmitOptions {
    ack: true,
    timeout: None,
    volatile: false,
};

fn auth(name: &str) -> Auth {
    Auth::object(&BTreeMap::from([("token", name)])).unwrap()
}

/// Connects `/` as alice, in a session that can be recovered.
fn alice(options: SocketOptions) -> (Script, SocketId) {
    let options = SocketOptions {
        auth: auth("alice"),
        ..options
    };
    let (mut script, socket) = Script::connecting(options);
    script.they_send(OPEN);
    script.expect(["opened", r#"> 40{"token":"alice"}"#]);
    script.they_send(r#"40{"sid":"s1","pid":"P"}"#);
    script.drain();
    script.they_send(r#"42["x","off1"]"#);
    script.drain();
    (script, socket)
}

/// Connects `/b` as alice, in addition to `/`, which keeps the connection open.
fn alice_beside_root() -> (Script, SocketId) {
    let (mut script, _) = Script::connected("/");
    let socket = script.manager.socket("/b", auth("alice")).unwrap();
    script.manager.connect(socket, script.now);
    script.expect([r#"> 40/b,{"token":"alice"}"#]);
    script.they_send(r#"40/b,{"sid":"b1"}"#);
    script.expect(["connected b1"]);
    (script, socket)
}

/// Disconnects, and reconnects as bob.
fn bob(script: &mut Script, socket: SocketId) {
    script.manager.disconnect(socket, script.now);
    script.manager.set_auth(socket, auth("bob"), script.now);
    script.manager.connect(socket, script.now);
}

#[track_caller]
fn expect_connect(script: &mut Script, frame: &str) {
    let lines = script.take();
    assert_eq!(lines.last().map(|line| &**line), Some(frame), "{lines:?}");
}

#[test]
fn no_session_is_offered_after_the_user_left_it() {
    let (mut script, socket) = alice(SocketOptions::default());
    script.they_break();
    bob(&mut script, socket);
    script.drain();
    script.they_send(OPEN);
    expect_connect(&mut script, r#"> 40{"token":"bob"}"#);
    // It is not sent to the same user either.
    let (mut script, socket) = alice(SocketOptions::default());
    script.they_break();
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    script.drain();
    script.they_send(OPEN);
    expect_connect(&mut script, r#"> 40{"token":"alice"}"#);
}

#[test]
fn no_session_is_offered_to_another_user() {
    let (mut script, socket) = alice(SocketOptions::default());
    script.manager.set_auth(socket, auth("bob"), script.now);
    script.they_break();
    script.they_send(OPEN);
    expect_connect(&mut script, r#"> 40{"token":"bob"}"#);
    script.they_send(r#"40{"sid":"s2","pid":"Q"}"#);
    script.expect(["connected s2"]);
}

#[test]
fn no_session_is_offered_to_another_user_of_the_provider() {
    let (mut script, socket) = Script::connecting(Auth::ASK.into());
    for (name, frame) in [
        ("alice", r#"> 40{"token":"alice"}"#),
        ("bob", r#"> 40{"token":"bob"}"#),
        ("bob", r#"> 40{"pid":"P","token":"bob"}"#),
    ] {
        script.they_send(OPEN);
        script.drain();
        let request = *script.requests.last().unwrap();
        script
            .manager
            .authorize(socket, request, Ok(auth(name)), script.now);
        expect_connect(&mut script, frame);
        script.they_send(r#"40{"sid":"s","pid":"P"}"#);
        script.drain();
        script.they_break();
    }
}

#[test]
fn no_session_is_offered_after_the_server_ended_it() {
    let (mut script, socket) = alice(SocketOptions::default());
    script.they_send("41");
    script.drain();
    script.manager.connect(socket, script.now);
    script.drain();
    script.they_send(OPEN);
    expect_connect(&mut script, r#"> 40{"token":"alice"}"#);
}

#[test]
fn a_session_is_offered_with_a_renewed_token_if_one_user_is_set() {
    let (mut script, socket) = alice(SocketOptions {
        one_user: true,
        ..SocketOptions::default()
    });
    script.manager.set_auth(socket, auth("alice2"), script.now);
    script.they_break();
    script.they_send(OPEN);
    expect_connect(
        &mut script,
        r#"> 40{"pid":"P","offset":"off1","token":"alice2"}"#,
    );
}

#[test]
fn buffered_packets_are_not_sent_as_another_user() {
    let (mut script, socket) = alice(SocketOptions::default());
    script.they_break();
    script.emit(socket, "alice's", ACK).unwrap();
    bob(&mut script, socket);
    script.emit(socket, "bob's", ACK).unwrap();
    script.drain();
    script.they_send(OPEN);
    script.expect([
        "opened",
        "ack 0 failed: the packet was dropped",
        r#"> 40{"token":"bob"}"#,
    ]);
    script.they_send(r#"40{"sid":"s2"}"#);
    script.expect(["connected s2", r#"> 421["bob's","x"]"#]);
}

#[test]
fn buffered_packets_are_not_sent_as_another_user_without_a_disconnect_either() {
    let (mut script, socket) = alice(SocketOptions::default());
    script.they_break();
    script.emit(socket, "alice's", ACK).unwrap();
    script.manager.set_auth(socket, auth("bob"), script.now);
    script.they_send(OPEN);
    script.expect([
        "opened",
        "reconnected 1",
        "ack 0 failed: the packet was dropped",
        r#"> 40{"token":"bob"}"#,
    ]);
}

#[test]
fn buffered_packets_are_sent_in_the_next_session_of_the_same_user() {
    let (mut script, socket) = alice(SocketOptions::default());
    script.they_break();
    script.emit(socket, "kept", ACK).unwrap();
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"40{"sid":"s2"}"#);
    script.expect(["connected s2", r#"> 420["kept","x"]"#]);
}

#[test]
fn packets_emitted_without_auth_are_sent_once_a_user_signs_in() {
    let mut script = Script::new(Default::default());
    let socket = script.manager.socket("/", Auth::NONE).unwrap();
    script.emit(socket, "early", ACK).unwrap();
    script.manager.set_auth(socket, auth("alice"), script.now);
    script.manager.connect(socket, script.now);
    script.drain();
    script.they_send(OPEN);
    expect_connect(&mut script, r#"> 40{"token":"alice"}"#);
    script.they_send(r#"40{"sid":"s"}"#);
    script.expect(["connected s", r#"> 420["early","x"]"#]);
}

#[test]
fn events_of_the_retry_queue_are_not_sent_as_another_user() {
    let (mut script, socket) = alice(SocketOptions {
        retries: Some(Retries::default()),
        ..SocketOptions::default()
    });
    script.emit(socket, "alice's", ACK).unwrap();
    script.expect([r#"> 420["alice's","x"]"#]);
    bob(&mut script, socket);
    script.drain();
    script.they_send(OPEN);
    script.expect([
        "opened",
        "ack 0 failed: the packet was dropped",
        r#"> 40{"token":"bob"}"#,
    ]);
    script.they_send(r#"40{"sid":"s2"}"#);
    script.expect(["connected s2"]);
}

#[test]
fn events_in_flight_of_an_abandoned_session_are_dropped_at_any_latency() {
    let (mut script, socket) = alice_beside_root();
    bob(&mut script, socket);
    script.expect(["> 41/b,", "disconnected: io client disconnect"]);
    script.run_to_deadline();
    script.expect([r#"> 40/b,{"token":"bob"}"#]);
    script.after(3_000);
    script.they_send(r#"42/b,["secret","alice's"]"#);
    script.they_send(r#"42/b,7["ask","alice"]"#);
    script.they_send(r#"43/b,0["alice's"]"#);
    // The server had ended alice's session by itself, before it read the DISCONNECT.
    script.they_send("41/b,");
    script.expect([]);
    script.they_send(r#"40/b,{"sid":"b2"}"#);
    script.expect(["connected b2"]);
    script.they_send(r#"42/b,["update","bob's"]"#);
    script.expect([r#"event ["update","bob's"]"#]);
}

#[test]
fn events_before_the_reply_are_held_again_once_the_server_has_read_the_disconnect() {
    let (mut script, socket) = alice_beside_root();
    script.manager.disconnect(socket, script.now);
    script.drain();
    for _ in 0..2 {
        script.after(25_000);
        script.they_send_after_drain("2");
    }
    script.manager.connect(socket, script.now);
    script.expect([r#"> 40/b,{"token":"alice"}"#]);
    script.they_send(r#"42/b,["count",1]"#);
    script.they_send(r#"40/b,{"sid":"b2"}"#);
    script.expect([r#"event ["count",1]"#, "connected b2"]);
}

#[test]
fn the_refusal_of_an_earlier_user_is_not_attributed_to_the_next_one() {
    let (mut script, _) = Script::connected("/");
    let socket = script.manager.socket("/b", auth("alice")).unwrap();
    script.manager.connect(socket, script.now);
    script.expect([r#"> 40/b,{"token":"alice"}"#]);
    bob(&mut script, socket);
    script.after(5_000);
    script.expect([]);
    script.they_send(r#"44/b,{"message":"not alice"}"#);
    script.expect([r#"> 40/b,{"token":"bob"}"#]);
    script.they_send(r#"40/b,{"sid":"b"}"#);
    script.expect(["connected b"]);
}

#[test]
fn an_answer_due_to_one_user_is_not_taken_for_that_of_another() {
    let (mut script, _) = Script::connected("/");
    let socket = script.manager.socket("/b", auth("alice")).unwrap();
    script.manager.connect(socket, script.now);
    script.drain();
    bob(&mut script, socket);
    // The answer doesn't arrive in time, so it could arrive at any later time. On a new connection,
    // none is due.
    script.run_to_deadline();
    script.expect([
        "close",
        "closed: transport close",
        "disconnected: transport close (the connection was opened anew…",
        "connect error: the server did not answer…",
        "scheduled 1",
        "attempt 1",
        "open",
    ]);
    script.they_send(OPEN);
    script.expect([
        "opened",
        "reconnected 1",
        "> 40",
        r#"> 40/b,{"token":"bob"}"#,
    ]);
}

#[test]
fn a_late_answer_to_one_user_is_disconnected_when_another_waits() {
    let (mut script, _) = Script::connected("/");
    let socket = script.manager.socket("/b", auth("alice")).unwrap();
    script.manager.connect(socket, script.now);
    script.drain();
    script.after(20_000);
    script.drain();
    script.manager.set_auth(socket, auth("bob"), script.now);
    script.they_send(r#"40/b,{"sid":"alice's"}"#);
    script.expect(["> 41/b,"]);
    // After the delay for the server and the delay of the back-off.
    script.after(2_000);
    script.expect([r#"> 40/b,{"token":"bob"}"#]);
}

#[test]
fn auth_that_was_requested_before_it_changed_is_not_sent() {
    let (mut script, socket) = Script::connecting(Auth::ASK.into());
    script.they_send(OPEN);
    script.expect(["opened", "authorize"]);
    script.manager.set_auth(socket, auth("bob"), script.now);
    script.expect([r#"> 40{"token":"bob"}"#]);
    let request = script.requests[0];
    script
        .manager
        .authorize(socket, request, Ok(auth("alice")), script.now);
    script.expect([]);
}

#[test]
fn held_events_are_not_delivered_after_a_disconnect() {
    let (mut script, _) = Script::connected("/");
    let socket = script.connect("/b");
    script.drain();
    for frame in [r#"42/b,["a",1]"#, r#"42/b,["b",2]"#, r#"40/b,{"sid":"b"}"#] {
        script.they_send(frame);
        if frame.starts_with("42") {
            script.expect([]);
        }
    }
    assert_eq!(script.take_one().as_deref(), Some(r#"event ["a",1]"#));
    // Its handler disconnects and reconnects.
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    script.expect(["> 41/b,"]);
    script.run_to_deadline();
    script.expect(["> 40/b,"]);
}

#[test]
fn an_acknowledgement_of_an_earlier_session_ends_no_wait_of_a_later_one() {
    let (mut script, socket) = alice_beside_root();
    script.emit(socket, "ask", ACK).unwrap();
    script.drain();
    bob(&mut script, socket);
    script.expect([
        "> 41/b,",
        "disconnected: io client disconnect",
        "ack 0 failed: socket has been disconnected",
    ]);
    script.after(Duration::from_millis(100).as_millis() as u64);
    script.they_send_after_drain(r#"40/b,{"sid":"b2"}"#);
    script.emit(socket, "ask", ACK).unwrap();
    script.expect([r#"> 42/b,1["ask","x"]"#]);
    script.they_send(r#"43/b,0["alice's"]"#);
    script.expect([]);
    script.they_send(r#"43/b,1["bob's"]"#);
    script.expect([r#"acked 1 ["bob's"]"#]);
}
