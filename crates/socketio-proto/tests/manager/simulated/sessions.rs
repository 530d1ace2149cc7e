//! Sessions that were mixed up.

use std::time::Duration;

use socketio_proto::manager::{Config, EmitOptions, TransportEvent};
use socketio_proto::{Auth, Retries, SendBuffer, SocketOptions};

use super::{ACK, auth, requested_beside_root};
use crate::script::{OPEN, Script};

#[test]
fn events_emitted_before_the_first_connect_belong_to_its_user() {
    let mut script = Script::new(Config::default());
    let socket = script.manager.socket("/", auth("alice")).unwrap();
    script.emit(socket, "secret", ACK).unwrap();
    script.manager.set_auth(socket, auth("bob"), script.now);
    script.manager.connect(socket, script.now);
    script.drain();
    script.they_send(OPEN);
    let dropped = "ack 0 failed: the packet was dropped";
    script.expect(["opened", dropped, r#"> 40{"token":"bob"}"#]);
    script.they_send(r#"40{"sid":"s"}"#);
    script.expect(["connected s"]);
}

#[test]
fn buffered_events_are_sent_in_the_session_of_the_user_who_emitted_them() {
    let (mut script, socket) = Script::connecting(auth("alice").into());
    script.they_accept("s1");
    script.they_close();
    let plain = EmitOptions::default();
    script.emit(socket, "alice's", plain).unwrap();
    script.manager.set_auth(socket, auth("bob"), script.now);
    script.emit(socket, "bob's", plain).unwrap();
    script.manager.set_auth(socket, auth("alice"), script.now);
    script.drain();
    script.run_to_deadline();
    let lines = script.they_accept("s2");
    assert_eq!(lines, ["connected s2", r#"> 42["alice's","x"]"#]);
}

#[test]
fn events_of_a_session_are_not_sent_for_the_provider_s_next_user() {
    let options = SocketOptions {
        auth: Auth::ASK,
        retries: Some(Retries::default()),
        ..SocketOptions::default()
    };
    let (mut script, socket) = Script::connecting(options);
    script.they_send_after_drain(OPEN);
    let now = script.now;
    script.manager.authorize(socket, 1, Ok(auth("alice")), now);
    script.they_send_after_drain(r#"40{"sid":"s1"}"#);
    script.emit(socket, "secret", ACK).unwrap();
    script.drain();
    script.they_break();
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 1", "authorize"]);
    let request = *script.requests.last().unwrap();
    let now = script.now;
    script
        .manager
        .authorize(socket, request, Ok(auth("bob")), now);
    let dropped = "ack 0 failed: the packet was dropped";
    script.expect([dropped, r#"> 40{"token":"bob"}"#]);
    script.they_send(r#"40{"sid":"s2"}"#);
    script.expect(["connected s2"]);
}

#[test]
fn an_acknowledgement_ends_no_wait_of_a_socket_created_later() {
    let (mut script, socket) = requested_beside_root(Auth::NONE);
    script.drain();
    script.they_send(r#"40/b,{"sid":"b1"}"#);
    script.drain();
    script.emit(socket, "one", ACK).unwrap();
    script.manager.remove(socket, script.now);
    let socket = script.connect("/b");
    script.emit(socket, "two", ACK).unwrap();
    script.drain();
    // The acknowledgement of the first one's event.
    script.they_send(r#"43/b,0["for one"]"#);
    script.expect([]);
    script.after(100);
    script.expect(["> 40/b,"]);
    script.they_send(r#"40/b,{"sid":"b2"}"#);
    script.expect(["connected b2", r#"> 42/b,1["two","x"]"#]);
    script.they_send(r#"43/b,1["for two"]"#);
    script.expect([r#"acked 1 ["for two"]"#]);
}

#[test]
fn each_answer_to_a_withdrawn_request_is_disconnected() {
    let (mut script, first) = requested_beside_root(Auth::NONE);
    script.expect(["> 40/b,"]);
    script.manager.remove(first, script.now);
    let second = script.connect("/b");
    script.after(20_000);
    script.expect(["> 40/b,"]);
    script.manager.remove(second, script.now);
    // The server has both sessions, and the user wants neither.
    script.they_send(r#"40/b,{"sid":"b1"}"#);
    script.expect(["> 41/b,"]);
    script.they_send(r#"40/b,{"sid":"b2"}"#);
    script.expect(["> 41/b,"]);
    script.connect("/b");
    script.after(100);
    script.expect(["> 40/b,"]);
}

#[test]
fn a_late_answer_to_a_withdrawn_request_is_disconnected_while_auth_is_requested() {
    let (mut script, socket) = requested_beside_root(Auth::ASK);
    script.expect(["authorize"]);
    let now = script.now;
    script.manager.authorize(socket, 1, Ok(auth("alice")), now);
    script.expect([r#"> 40/b,{"token":"alice"}"#]);
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    script.after(20_000);
    script.expect(["authorize"]);
    // The server has opened a session for alice; the auth of the current user is being requested.
    script.they_send(r#"40/b,{"sid":"b1"}"#);
    script.expect(["> 41/b,"]);
    script.after(100);
    script.expect(["authorize"]);
}

#[test]
fn a_late_refusal_of_a_withdrawn_request_is_not_reported() {
    let (mut script, socket) = requested_beside_root(Auth::ASK);
    script.expect(["authorize"]);
    let now = script.now;
    script.manager.authorize(socket, 1, Ok(auth("alice")), now);
    script.expect([r#"> 40/b,{"token":"alice"}"#]);
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    script.after(20_000);
    script.expect(["authorize"]);
    script.they_send(r#"44/b,{"message":"not alice"}"#);
    script.expect([]);
    assert!(script.manager.is_active(socket));
}

#[test]
fn a_pending_request_of_a_removed_socket_is_not_answered_to_another_user() {
    let options = |name| SocketOptions {
        auth: auth(name),
        // Each names one user, but not both the same.
        one_user: true,
        ..SocketOptions::default()
    };
    let (mut script, socket) = requested_beside_root(options("alice"));
    script.expect([r#"> 40/b,{"token":"alice"}"#]);
    script.manager.remove(socket, script.now);
    let socket = script.manager.socket("/b", options("bob")).unwrap();
    script.after(20_000);
    script.manager.connect(socket, script.now);
    let lines = script.take();
    assert_eq!(lines[0], "close");
    assert_eq!(lines.last().map(|line| &**line), Some("open"));
    script.they_send(OPEN);
    let bob = r#"> 40/b,{"token":"bob"}"#;
    script.expect(["opened", "reconnected 1", "> 40", bob]);
}

#[test]
fn a_session_is_not_offered_with_an_offset_that_may_belong_to_another() {
    let (mut script, socket) = requested_beside_root(Auth::NONE);
    script.expect(["> 40/b,"]);
    // The user calls `connect` again, and the server answers the second CONNECT first.
    script.after(2_000);
    script.manager.connect(socket, script.now);
    script.expect(["> 40/b,"]);
    script.they_send(r#"40/b,{"sid":"b2","pid":"P2"}"#);
    script.expect(["connected b2"]);
    // This belongs to the first session, whose reply is still in flight when the connection breaks.
    script.they_send(r#"42/b,["x","off1"]"#);
    script.drain();
    script.they_break();
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 1", "> 40", "> 40/b,"]);
}

#[test]
fn an_event_whose_attachments_arrive_in_the_next_session_is_not_delivered_in_it() {
    let (mut script, socket) = requested_beside_root(Auth::NONE);
    script.drain();
    script.they_send_after_drain(r#"40/b,{"sid":"b1"}"#);
    script.they_send(r#"451-/b,["secret",{"_placeholder":true,"num":0}]"#);
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    script.drain();
    // The server has read the DISCONNECT.
    for _ in 0..2 {
        script.after(10_000);
        script.they_send_after_drain("2");
    }
    script.they(TransportEvent::Binary(vec![1]));
    script.expect([]);
    script.they_send(r#"40/b,{"sid":"b2"}"#);
    script.expect(["connected b2"]);
}

#[test]
fn a_namespace_that_the_server_ends_while_another_answer_is_due_has_no_session_left() {
    let (mut script, socket) = requested_beside_root(Auth::NONE);
    script.expect(["> 40/b,"]);
    script.after(2_000);
    script.manager.connect(socket, script.now);
    script.they_send_after_drain(r#"40/b,{"sid":"b1"}"#);
    // It may refuse the other CONNECT, as a server with `always_connect` does: b1 then still
    // exists.
    script.they_send("41/b,");
    let lines = script.take();
    assert!(lines[0].starts_with("disconnected: io server disconnect"));
    assert!(lines.contains(&"close".into()), "{lines:?}");
    assert_eq!(lines.last().map(|line| &**line), Some("open"));
    assert!(!script.manager.is_active(socket));
}

#[test]
fn a_namespace_that_a_server_of_version_2_accepts_is_disconnected() {
    let (mut script, _) = requested_beside_root(Auth::NONE);
    script.drain();
    script.they_send("40/b,{}");
    script.expect(["> 41/b,", "connect error: the server speaks Socket.IO 2…"]);
}

#[test]
fn a_connect_sent_ahead_is_not_used_for_another_user() {
    let (mut script, socket) = Script::connecting(auth("alice").into());
    script.manager.connect_went_out(socket);
    script.manager.set_auth(socket, auth("bob"), script.now);
    script.expect(["close", "open"]);
    script.they_send(OPEN);
    script.expect(["opened", r#"> 40{"token":"bob"}"#]);
}

#[test]
fn a_connect_sent_ahead_can_be_withdrawn() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    let socket = script.connect("/b");
    script.drain();
    script.manager.connect_went_out(socket);
    script.manager.disconnect(socket, script.now);
    script.they_send(OPEN);
    script.expect(["opened", "> 40"]);
    script.they_send(r#"40/b,{"sid":"b1"}"#);
    script.expect(["> 41/b,"]);
}

#[test]
fn a_connect_sent_ahead_gets_no_events_of_another_user() {
    let (mut script, socket) = Script::connecting(auth("alice").into());
    script.emit(socket, "secret", ACK).unwrap();
    script.manager.set_auth(socket, auth("bob"), script.now);
    script.manager.connect_went_out(socket);
    script.expect(["ack 0 failed: the packet was dropped"]);
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"40{"sid":"s"}"#);
    script.expect(["connected s"]);
}

#[test]
fn expired_packets_are_not_sent_even_if_the_timer_is_late() {
    let options = SocketOptions {
        send_buffer: SendBuffer {
            time_to_live: Some(Duration::from_secs(5)),
            ..SendBuffer::default()
        },
        ..SocketOptions::default()
    };
    let (mut script, socket) = Script::connecting(options);
    script.they_send(OPEN);
    script.drain();
    let in_time = EmitOptions {
        timeout: Some(Duration::from_secs(1)),
        ..ACK
    };
    script.emit(socket, "asks", in_time).unwrap();
    script.emit(socket, "stale", ACK).unwrap();
    script.now = script.now + Duration::from_secs(6);
    script.they_send(r#"40{"sid":"s"}"#);
    script.expect([
        "connected s",
        "ack 0 failed: operation has timed out",
        "ack 1 failed: the packet was dropped",
    ]);
}

#[test]
fn events_of_a_handler_on_a_lost_connection_expire_like_others() {
    let options = SocketOptions {
        send_buffer: SendBuffer {
            time_to_live: Some(Duration::from_secs(5)),
            ..SendBuffer::default()
        },
        ..SocketOptions::default()
    };
    let (mut script, socket) = Script::connecting(options);
    script.they_send_after_drain(OPEN);
    script.they_send(r#"40{"sid":"s"}"#);
    script.emit(socket, "hi", EmitOptions::default()).unwrap();
    script.manager.handle_suspend(script.now);
    script.drain();
    assert_eq!(script.manager.buffered(socket), 1);
    assert_eq!(script.run_to_deadline(), Duration::from_secs(5));
    assert_eq!(script.manager.buffered(socket), 0);
}
