use std::time::Duration;

use socketio_proto::manager::{Config, ConnectionState};

use crate::script::{OPEN, Script};

#[test]
fn several_namespaces_share_one_connection() {
    let mut script = Script::new(Config::default());
    let root = script.connect("/");
    let mofang = script.connect("/mofang");
    script.expect(["open"]);
    script.they_send(OPEN);
    script.expect(["opened", "> 40", "> 40/mofang,"]);
    script.they_send(r#"40{"sid":"r"}"#);
    script.expect(["connected r"]);
    script.they_send(r#"40/mofang,{"sid":"m"}"#);
    script.expect(["connected m"]);
    // A third one joins later.
    script.connect("/late");
    script.expect(["> 40/late,"]);
    script.they_send(r#"44/late,{"message":"no"}"#);
    script.expect(["connect error: the server refused the namespace: no"]);
    assert!(script.manager.is_connected(root) && script.manager.is_connected(mofang));
}

#[test]
fn c24_the_connection_closes_with_its_last_socket() {
    let (mut script, root) = Script::connected("/");
    let mofang = script.connect("/mofang");
    script.expect(["> 40/mofang,"]);
    script.they_send(r#"40/mofang,{"sid":"m"}"#);
    script.drain();
    script.manager.disconnect(root, script.now);
    script.expect(["> 41", "disconnected: io client disconnect"]);
    script.manager.disconnect(mofang, script.now);
    script.expect([
        "> 41/mofang,",
        "disconnected: io client disconnect",
        "close",
        "closed: forced close",
    ]);
    assert_eq!(script.manager.poll_timeout(), None);
}

#[test]
fn g6_server_side_disconnect_is_final() {
    let (mut script, socket) = Script::connected("/mofang");
    script.they_send("41/mofang");
    script.expect([
        "disconnected: io server disconnect",
        "close",
        "closed: forced close",
    ]);
    assert!(!script.manager.is_active(socket));
    // The user may connect again.
    script.manager.connect(socket, script.now);
    script.expect(["open"]);

    // The same where another socket keeps the connection open, and reconnects.
    let (mut script, root) = Script::connected("/");
    script.connect("/other");
    script.they_send_after_drain(r#"40/other,{"sid":"o"}"#);
    script.they_send("41");
    script.expect(["disconnected: io server disconnect"]);
    assert!(!script.manager.is_active(root));
    script.they_break();
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 1", "> 40/other,"]);
}

#[test]
fn g6_server_side_disconnect_with_a_payload_is_final() {
    // python-socketio refuses this way where `always_connect` is set.
    let (mut script, socket) = Script::connected("/mofang");
    script.they_send(r#"41/mofang,{"message":"too many","data":{"limit":3}}"#);
    script.expect([
        "disconnected: io server disconnect (too many)",
        "close",
        "closed: forced close",
    ]);
    assert!(!script.manager.is_active(socket));
    assert_eq!(script.manager.poll_timeout(), None);
}

#[test]
fn g3_a_refusal_is_final_whatever_its_payload() {
    for (payload, message) in [
        ("", ""),
        (r#""no""#, "no"),
        (r#"{"message":"no"}"#, "no"),
        (r#"{"message":7}"#, ""),
        (r#"["no"]"#, ""),
        ("null", ""),
        ("true", ""),
    ] {
        let mut script = Script::new(Config::default());
        let socket = script.connect("/mofang");
        script.drain();
        script.they_send(OPEN);
        script.drain();
        script.they_send(&format!("44/mofang,{payload}"));
        let error = match message {
            "" => "connect error: the server refused the namespace, and gave no reason".into(),
            message => format!("connect error: the server refused the namespace: {message}"),
        };
        script.expect([error.as_str(), "close", "closed: forced close"]);
        assert!(!script.manager.is_active(socket), "{payload}");
    }
}

#[test]
fn g4_a_connect_reply_without_an_id_is_incompatible_whatever_its_payload() {
    for payload in ["", "{}", "[]", "null", r#""sid""#, r#"{"sid":7}"#] {
        let mut script = Script::new(Config::default());
        let socket = script.connect("/mofang");
        script.drain();
        script.they_send(OPEN);
        script.drain();
        script.they_send(&format!("40/mofang,{payload}"));
        script.expect([
            "connect error: the server speaks Socket.IO 2…",
            "close",
            "closed: forced close",
        ]);
        assert!(!script.manager.is_active(socket), "{payload}");
    }
}

#[test]
fn f2_connect_right_after_disconnect_waits_until_the_server_is_done() {
    let (mut script, socket) = Script::connected("/");
    let other = script.connect("/other");
    script.they_send_after_drain(r#"40/other,{"sid":"o"}"#);
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    script.expect(["> 41", "disconnected: io client disconnect"]);
    assert!(script.manager.is_active(socket) && script.manager.is_connected(other));
    // Other namespaces don't wait.
    script.connect("/third");
    script.expect(["> 40/third,"]);
    script.after(99);
    script.manager.connect(socket, script.now);
    script.expect([]);
    assert_eq!(script.run_to_deadline(), Duration::from_millis(1));
    script.expect(["> 40"]);
    script.they_send(r#"40{"sid":"again"}"#);
    script.expect(["connected again"]);
}

#[test]
fn f2_connect_long_after_disconnect_does_not_wait() {
    let (mut script, socket) = Script::connected("/");
    script.connect("/other");
    script.they_send_after_drain(r#"40/other,{"sid":"o"}"#);
    // There was no input for long, so the command must carry the time.
    script.now = script.now + Duration::from_secs(10);
    script.manager.disconnect(socket, script.now);
    script.now = script.now + Duration::from_millis(100);
    script.manager.connect(socket, script.now);
    script.expect(["> 41", "disconnected: io client disconnect", "> 40"]);
}

#[test]
fn f2_a_namespace_whose_socket_was_removed_is_not_requested_at_once() {
    let (mut script, socket) = Script::connected("/");
    script.connect("/other");
    script.they_send_after_drain(r#"40/other,{"sid":"o"}"#);
    script.manager.remove(socket, script.now);
    let socket = script.connect("/");
    script.expect(["> 41", "disconnected: io client disconnect"]);
    script.after(100);
    script.expect(["> 40"]);
    // On a new connection there is nothing to wait for.
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    script.they_close();
    script.run_to_deadline();
    script.drain();
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 1", "> 40", "> 40/other,"]);
}

#[test]
fn f2_the_wait_is_an_option() {
    let (mut script, socket) = Script::connected("/");
    script.connect("/other");
    script.they_send_after_drain(r#"40/other,{"sid":"o"}"#);
    script
        .manager
        .configure(|config| config.rejoin_delay = Duration::ZERO);
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    script.expect(["> 41", "disconnected: io client disconnect", "> 40"]);
}

#[test]
fn a_withdrawn_connect_is_disconnected_once_it_is_answered() {
    let (mut script, _) = Script::connected("/");
    let socket = script.connect("/slow");
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    script.expect(["> 40/slow,"]);
    script.they_send(r#"42/slow,["early"]"#);
    script.expect([]);
    script.they_send(r#"40/slow,{"sid":"first"}"#);
    script.expect(["> 41/slow,"]);
    script.run_to_deadline();
    script.expect(["> 40/slow,"]);
    script.they_send(r#"40/slow,{"sid":"second"}"#);
    script.expect(["connected second"]);
}

#[test]
fn a_withdrawn_connect_that_is_refused_allows_the_next_one() {
    let (mut script, _) = Script::connected("/");
    let socket = script.connect("/slow");
    script.manager.remove(socket, script.now);
    script.expect(["> 40/slow,"]);
    script.connect("/slow");
    script.expect([]);
    script.they_send(r#"44/slow,{"message":"not you"}"#);
    script.expect(["> 40/slow,"]);
    script.they_send(r#"44/slow,{"message":"nor you"}"#);
    script.expect(["connect error: the server refused the namespace: nor you"]);
}

#[test]
fn packets_of_unknown_namespaces_are_ignored() {
    let (mut script, _) = Script::connected("/mofang");
    for frame in [
        r#"42["some event",{"data":42}]"#,
        "41/other",
        r#"40/other,{"sid":"x"}"#,
        "43/other,1[]",
    ] {
        script.they_send(frame);
        script.expect([]);
    }
}

#[test]
fn packets_after_a_disconnect_are_ignored() {
    let (mut script, root) = Script::connected("/");
    let socket = script.connect("/mofang");
    script.they_send_after_drain(r#"40/mofang,{"sid":"m"}"#);
    script.manager.disconnect(socket, script.now);
    script.drain();
    script.they_send(r#"42/mofang,["late"]"#);
    script.expect([]);
    assert!(script.manager.is_connected(root));
}

#[test]
fn ids_of_removed_sockets_are_invalid() {
    let (mut script, socket) = Script::connected("/");
    script.manager.remove(socket, script.now);
    script.drain();
    let next = script.connect("/");
    assert_ne!(socket, next);
    assert_eq!(script.manager.namespace(socket), None);
    assert!(!script.manager.is_active(socket) && script.manager.is_active(next));
    script.manager.disconnect(socket, script.now);
    script.manager.connect(socket, script.now);
    assert!(script.manager.is_active(next));
}

#[test]
fn close_disconnects_every_socket() {
    let (mut script, root) = Script::connected("/");
    let mofang = script.connect("/mofang");
    script.they_send_after_drain(r#"40/mofang,{"sid":"m"}"#);
    let connecting = script.connect("/connecting");
    script.expect(["> 40/connecting,"]);
    script.manager.close();
    script.expect([
        "disconnected: forced close",
        "disconnected: forced close",
        "close",
        "closed: forced close",
    ]);
    // It is final.
    for socket in [root, mofang, connecting] {
        assert!(!script.manager.is_active(socket));
    }
    assert_eq!(script.manager.state(), ConnectionState::Closed);
    assert_eq!(script.manager.poll_timeout(), None);
}

#[test]
fn h18_h19_a_session_is_offered_for_recovery() {
    let mut script = Script::new(Config::default());
    let socket = script.connect("/");
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"40{"sid":"s1","pid":"p1"}"#);
    script.expect(["connected s1"]);
    script.they_send(r#"42["update",1,"offset-1"]"#);
    script.drain();
    script.they_send(r#"42["no offset",1]"#);
    script.drain();
    script.they_close();
    script.drain();
    script.run_to_deadline();
    script.drain();
    script.they_send(OPEN);
    script.expect([
        "opened",
        "reconnected 1",
        r#"> 40{"pid":"p1","offset":"offset-1"}"#,
    ]);
    script.they_send(r#"40{"sid":"s1","pid":"p1"}"#);
    script.expect(["connected s1 recovered"]);
    assert!(script.manager.is_recovered(socket));
    // The server lost the session: its offset is not offered with the next one.
    script.they_break();
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"40{"sid":"s7","pid":"p7"}"#);
    script.expect(["connected s7"]);
    assert!(!script.manager.is_recovered(socket));
    script.they_break();
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 3", r#"> 40{"pid":"p7"}"#]);
    // A server without recovery: `recovered` is false and never undefined (W9), also after the next
    // connect.
    for id in ["s8", "s9"] {
        script.they_break();
        script.they_accept(id);
        assert!(!script.manager.is_recovered(socket), "{id}");
    }
}

#[test]
fn h19_an_event_that_asks_for_an_acknowledgement_carries_no_offset() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    script.drain();
    script.they_send(OPEN);
    script.drain();
    for frame in [
        r#"40{"sid":"s1","pid":"p1"}"#,
        r#"42["update","offset-1"]"#,
        r#"427["question","no offset"]"#,
    ] {
        script.they_send(frame);
        script.drain();
    }
    script.they_break();
    script.they_send(OPEN);
    script.expect([
        "opened",
        "reconnected 1",
        r#"> 40{"pid":"p1","offset":"offset-1"}"#,
    ]);
}

#[test]
fn h19_the_user_s_own_auth_takes_precedence_over_the_fields_of_recovery() {
    let auth: std::collections::BTreeMap<_, _> = [("pid", "mine")].into();
    let auth = socketio_proto::Auth::object(&auth).unwrap();
    let (mut script, _) = Script::connecting(auth.into());
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"40{"sid":"s1","pid":"p1"}"#);
    script.drain();
    script.they_send(r#"42["update",1,"offset-1"]"#);
    script.drain();
    script.they_break();
    script.they_send(OPEN);
    script.expect([
        "opened",
        "reconnected 1",
        r#"> 40{"pid":"p1","offset":"offset-1","pid":"mine"}"#,
    ]);
}
