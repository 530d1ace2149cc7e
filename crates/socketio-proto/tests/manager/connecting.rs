use std::time::Duration;

use socketio_proto::manager::{Config, ConnectionState, SocketError, TransportEvent};
use socketio_proto::{Auth, Instant, Limits, SocketOptions};

use crate::script::{OPEN, Script};

#[test]
fn g1_handshake_then_connect_then_connected() {
    let mut script = Script::new(Config::default());
    assert_eq!(script.manager.state(), ConnectionState::Closed);
    let socket = script.connect("/mofang");
    script.expect(["open"]);
    assert_eq!(script.manager.state(), ConnectionState::Opening);
    script.they_send(OPEN);
    script.expect(["opened", "> 40/mofang,"]);
    assert_eq!(script.manager.state(), ConnectionState::Open);
    assert!(!script.manager.is_connected(socket) && script.manager.is_active(socket));
    script.they_send(r#"40/mofang,{"sid":"abc"}"#);
    script.expect(["connected abc"]);
    assert!(script.manager.is_connected(socket));
    assert_eq!(script.manager.id(socket), Some("abc"));
    assert_eq!(
        script.manager.handshake().map(|handshake| &*handshake.sid),
        Some("engine")
    );
}

#[test]
fn h4_events_before_the_connect_reply_are_held_and_come_before_connected() {
    let mut script = Script::new(Config::default());
    script.connect("/mofang");
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"42/mofang,["server_response",{"count":7,"sid":"abc"}]"#);
    script.expect([]);
    script.they_send(r#"42/mofang,["server_response",{"count":8}]"#);
    script.expect([]);
    script.they_send(r#"40/mofang,{"sid":"abc"}"#);
    script.expect([
        r#"event ["server_response",{"count":7,"sid":"abc"}]"#,
        r#"event ["server_response",{"count":8}]"#,
        "connected abc",
    ]);
}

#[test]
fn h4_held_events_are_bounded() {
    let mut script = Script::new(Config {
        receive_buffer: 1,
        ..Config::default()
    });
    script.connect("/");
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"42["a"]"#);
    script.expect([]);
    script.they_send(r#"42["b"]"#);
    script.expect([
        "close",
        "closed: parse error",
        "connect error: the transport failed: more than 1 events before …",
        "scheduled 1",
    ]);

    // Their total size is bounded as well.
    let mut script = Script::new(Config {
        limits: Limits {
            packet_bytes: 30,
            ..Limits::default()
        },
        ..Config::default()
    });
    script.connect("/");
    script.drain();
    script.they_send(OPEN);
    script.drain();
    for _ in 0..2 {
        script.they_send(r#"42["twenty bytes long"]"#);
        script.expect([]);
    }
    script.they_send(r#"42["a"]"#);
    script.expect([
        "close",
        "closed: parse error",
        "connect error: the server sent a bad packet: the packet has more than 30 bytes…",
        "scheduled 1",
    ]);
}

#[test]
fn h4_held_events_are_dropped_with_their_connection() {
    let (mut script, _) = Script::connecting(SocketOptions::default());
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"42["of the lost connection"]"#);
    script.they_break();
    assert_eq!(script.they_accept("s"), ["connected s"]);
}

#[test]
fn d1_auth_is_sent_with_every_connect() {
    #[derive(serde::Serialize)]
    struct Token {
        token: &'static str,
    }
    let mut script = Script::new(Config::default());
    let auth = Auth::object(&Token { token: "a\"b" }).unwrap();
    let socket = script.manager.socket("/", auth).unwrap();
    script.manager.connect(socket, script.now);
    script.drain();
    script.they_send(OPEN);
    script.expect(["opened", r#"> 40{"token":"a\"b"}"#]);
    script.they_close();
    script.drain();
    script.run_to_deadline();
    script.drain();
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 1", r#"> 40{"token":"a\"b"}"#]);
    // The auth is also kept once it was accepted.
    script.they_send(r#"40{"sid":"s"}"#);
    script.drain();
    script.they_break();
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 2", r#"> 40{"token":"a\"b"}"#]);
}

#[test]
fn d2_auth_can_be_requested_and_a_late_answer_is_ignored() {
    let mut script = Script::new(Config::default());
    let socket = script.manager.socket("/", Auth::ASK).unwrap();
    script.manager.connect(socket, script.now);
    script.drain();
    script.they_send(OPEN);
    script.expect(["opened", "authorize"]);
    script.they_close();
    script.drain();
    script.run_to_deadline();
    script.drain();
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 1", "authorize"]);
    let [first, second] = script.requests[..] else {
        panic!("two requests")
    };
    script
        .manager
        .authorize(socket, first, Ok(Auth::NONE), script.now);
    script.expect([]);
    script.manager.authorize(
        socket,
        second,
        Ok(Auth::object(
            &[("a", 1)]
                .into_iter()
                .collect::<std::collections::BTreeMap<_, _>>(),
        )
        .unwrap()),
        script.now,
    );
    script.expect([r#"> 40{"a":1}"#]);
    // It is requested at each CONNECT.
    script.they_break();
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 2", "authorize"]);
}

#[test]
fn d2_auth_that_never_arrives_is_reported_at_its_timeout() {
    let mut script = Script::new(Config::default());
    let socket = script.manager.socket("/", Auth::ASK).unwrap();
    script.manager.connect(socket, script.now);
    script.drain();
    script.they_send(OPEN);
    script.expect(["opened", "authorize"]);
    assert_eq!(script.run_to_deadline(), Duration::from_secs(20));
    script.expect([
        "connect error: the auth data could not be had: no answer in time: see the option timeout",
        "close",
        "closed: forced close",
    ]);
    assert_eq!(script.manager.poll_timeout(), None);
    script
        .manager
        .authorize(socket, script.requests[0], Ok(Auth::NONE), script.now);
    script.expect([]);
}

#[test]
fn d2_auth_that_arrives_in_time_has_no_deadline() {
    let mut script = Script::new(Config::default());
    let socket = script.manager.socket("/", Auth::ASK).unwrap();
    script.manager.connect(socket, script.now);
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.now = script.now + Duration::from_secs(19);
    let request = script.requests[0];
    script
        .manager
        .authorize(socket, request, Ok(Auth::NONE), script.now);
    script.expect(["> 40"]);
    script.after(1_000);
    script.expect([]);
    script.they_send(r#"40{"sid":"s"}"#);
    script.expect(["connected s"]);
    // The time that the auth took doesn't count against the server.
    let latest = script.manager.round_trip().unwrap().latest;
    assert_eq!(latest, Duration::from_secs(1));
}

#[test]
fn d1_auth_counts_against_the_limit_of_a_packet() {
    let auth = |bytes: usize| {
        let text = "x".repeat(bytes);
        Auth::object(&std::collections::BTreeMap::from([("a", text)])).unwrap()
    };
    // `0{"a":"…"}` takes nine bytes in addition to the text.
    for (bytes, fits) in [(91, true), (92, false)] {
        let mut script = Script::new(Config {
            limits: Limits {
                packet_bytes: 100,
                ..Limits::default()
            },
            ..Config::default()
        });
        let socket = script.manager.socket("/", auth(bytes)).unwrap();
        script.manager.connect(socket, script.now);
        script.drain();
        script.they_send(OPEN);
        let lines = script.take();
        assert_eq!(lines[1].starts_with("> 40{"), fits, "{lines:?}");
        let refused = "connect error: the auth data could not be had: the packet has 101 bytes, ";
        assert_eq!(lines[1].starts_with(refused), !fits, "{lines:?}");
        assert_eq!(script.manager.is_active(socket), fits);
    }
}

#[test]
fn d2_auth_that_fails_is_reported() {
    let mut script = Script::new(Config::default());
    let socket = script.manager.socket("/", Auth::ASK).unwrap();
    script.manager.connect(socket, script.now);
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.manager.authorize(
        socket,
        script.requests[0],
        Err("no token".into()),
        script.now,
    );
    script.expect([
        "connect error: the auth data could not be had: no token",
        "close",
        "closed: forced close",
    ]);
    assert!(!script.manager.is_active(socket));
}

#[test]
fn d1_auth_that_is_not_an_object_is_refused() {
    assert!(Auth::object("token").is_err());
    assert!(Auth::object(&Some(1)).is_err());
    assert_eq!(
        format!(
            "{:?}",
            Auth::object(
                &[("a", "secret")]
                    .into_iter()
                    .collect::<std::collections::BTreeMap<_, _>>()
            )
            .unwrap()
        ),
        "Auth::object(…)"
    );
}

#[test]
fn g3_a_refused_namespace_is_not_retried_and_the_unused_connection_is_closed() {
    let mut script = Script::new(Config::default());
    let socket = script.connect("/admin");
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"44/admin,{"message":"not allowed","data":{"code":7}}"#);
    script.expect([
        "connect error: the server refused the namespace: not allowed",
        "close",
        "closed: forced close",
    ]);
    assert!(!script.manager.is_active(socket));
    assert_eq!(script.manager.poll_timeout(), None);
}

#[test]
fn g3_a_refusal_as_a_bare_string_keeps_its_message() {
    let mut script = Script::new(Config::default());
    script.connect("/nope");
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"44/nope,"Unable to connect""#);
    script.expect([
        "connect error: the server refused the namespace: Unable to connect",
        "close",
        "closed: forced close",
    ]);
}

#[test]
fn g3_refusal_data_is_typed() {
    use socketio_proto::manager::{ConnectError, Event, Output};
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Code {
        code: u32,
    }
    let mut script = Script::new(Config::default());
    script.connect("/admin");
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"44/admin,{"message":"no","data":{"code":7}}"#);
    let Some(Output::Event(Event::ConnectError {
        error: ConnectError::Refused(refusal),
        ..
    })) = script.manager.poll_output()
    else {
        panic!("refused")
    };
    assert_eq!(refusal.data::<Code>(), Ok(Code { code: 7 }));
    assert_eq!(refusal.data::<Option<Code>>(), Ok(Some(Code { code: 7 })));
    assert!(refusal.data::<u32>().is_err());
    assert!(refusal.data::<Option<u32>>().is_err());
}

#[test]
fn g4_a_server_of_version_2_is_recognized() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.they_send("40");
    script.expect([
        "connect error: the server speaks Socket.IO 2…",
        "close",
        "closed: forced close",
    ]);
}

#[test]
fn w1_drop_before_the_handshake_is_noticed_at_once() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    script.expect(["open"]);
    script.they_close();
    script.expect([
        "connect error: the transport failed: the connection was closed with code 1006",
        "scheduled 1",
    ]);
}

#[test]
fn w6_a_transport_that_cannot_be_created_is_reported_at_once() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    script.drain();
    script.they(TransportEvent::Failed("SecurityError: insecure".into()));
    script.expect([
        "connect error: the transport failed: SecurityError: insecure",
        "scheduled 1",
    ]);
}

#[test]
fn a_message_that_was_too_large_to_be_copied_ends_the_attempt_and_names_the_limit() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    script.drain();
    script.they(TransportEvent::TooLarge);
    script.expect([
        "close",
        "connect error: the server sent a bad packet: the packet has more than 16777216 bytes: \
         raise `Limits::packet_bytes` if you trust the peer",
        "scheduled 1",
    ]);
}

#[test]
fn w8_no_disconnect_without_a_connect() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.they_close();
    script.expect([
        "closed: transport close",
        "connect error: the transport failed: the connection was closed with code 1006",
        "scheduled 1",
    ]);
}

#[test]
fn c15_a_close_is_reported_once_and_only_for_a_connection_that_was_open() {
    // One attempt fails, and the user ends the next one.
    let mut script = Script::new(Config::default());
    let socket = script.connect("/");
    script.drain();
    script.they_close();
    script.expect(["connect error: the transport failed…", "scheduled 1"]);
    script.run_to_deadline();
    script.expect(["attempt 1", "open"]);
    script.manager.disconnect(socket, script.now);
    script.expect(["close"]);

    script.manager.connect(socket, script.now);
    script.they_accept("s");
    script.manager.disconnect(socket, script.now);
    script.expect([
        "> 41",
        "disconnected: io client disconnect",
        "close",
        "closed: forced close",
    ]);
    script.manager.close();
    script.they_close();
    script.expect([]);

    script.manager.connect(socket, script.now);
    script.they_accept("s");
    script.they_close();
    script.expect([
        "closed: transport close",
        "disconnected: transport close (closed with code 1006)",
        "scheduled 1",
    ]);
    script.manager.close();
    script.expect([]);
}

#[test]
fn b11_attempt_times_out() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    script.drain();
    assert_eq!(script.run_to_deadline().as_secs(), 20);
    script.expect([
        "close",
        "connect error: no handshake in time…",
        "scheduled 1",
    ]);
    let mut script = Script::new(Config {
        timeout: None,
        ..Config::default()
    });
    script.connect("/");
    script.drain();
    assert_eq!(script.manager.poll_timeout(), None);
}

#[test]
fn j6_handshake_without_its_fields_is_a_typed_error() {
    for (frame, error) in [
        ("0", "the handshake is no JSON object"),
        ("0{}", "the handshake has no `sid`"),
        (
            r#"0{"sid":"a","upgrades":[]}"#,
            "the handshake has no `pingInterval`",
        ),
        ("0[]", "the handshake is no JSON object"),
        (
            r#"0{"sid":1,"upgrades":[],"pingInterval":1,"pingTimeout":1}"#,
            "`sid` of the handshake must be ",
        ),
    ] {
        let mut script = Script::new(Config::default());
        script.connect("/");
        script.drain();
        script.they_send(frame);
        script.expect([
            "close",
            &*format!("connect error: the handshake can't be used: {error}…"),
            "scheduled 1",
        ]);
    }
}

#[test]
fn message_before_the_handshake_is_a_violation() {
    for frame in [r#"42["a"]"#, "2", "40"] {
        let mut script = Script::new(Config::default());
        script.connect("/");
        script.drain();
        script.they_send(frame);
        script.expect([
            "close",
            "connect error: the server sent a message before its handshake",
            "scheduled 1",
        ]);
    }
}

#[test]
fn second_handshake_changes_nothing() {
    let (mut script, socket) = Script::connected("/");
    script.they_send(OPEN);
    script.expect([]);
    assert!(script.manager.is_connected(socket));
}

#[test]
fn events_of_a_superseded_transport_are_ignored() {
    let (mut script, socket) = Script::connected("/");
    let old = script.transport.unwrap();
    script.they_close();
    script.drain();
    script.run_to_deadline();
    script.expect(["attempt 1", "open"]);
    for event in [
        TransportEvent::Text(OPEN.into()),
        TransportEvent::Binary(vec![1]),
        TransportEvent::Closed {
            code: 1000,
            reason: String::new(),
            failed: false,
        },
    ] {
        script.manager.handle_transport(old, event, script.now);
    }
    script.expect([]);
    assert!(!script.manager.is_connected(socket));
}

#[test]
fn a8_a_namespace_has_one_socket() {
    let mut script = Script::new(Config::default());
    script.connect("mofang");
    for name in ["/mofang", "mofang"] {
        let again = script.manager.socket(name, Auth::NONE);
        assert_eq!(again, Err(SocketError::NamespaceTaken("/mofang".into())));
    }
    let bad = script.manager.socket("/a,b", Auth::NONE);
    assert_eq!(bad, Err(SocketError::BadNamespace("/a,b".into())));
}

#[test]
fn time_saturates() {
    let end = Instant::from_millis(u64::MAX) + std::time::Duration::MAX;
    assert_eq!(end.as_millis(), u64::MAX);
    assert_eq!(Instant::from_millis(1).saturating_since(end).as_millis(), 0);
}

#[test]
fn auth_is_refreshed_once_after_a_refusal() {
    let options = SocketOptions {
        auth: Auth::ASK,
        refresh_auth: true,
        ..SocketOptions::default()
    };
    let (mut script, socket) = Script::connecting(options);
    script.they_send(OPEN);
    script.expect(["opened", "authorize"]);
    script
        .manager
        .authorize(socket, script.requests[0], Ok(Auth::NONE), script.now);
    script.expect(["> 40"]);
    script.they_send(r#"44{"message":"expired"}"#);
    script.expect(["authorize again"]);
    script
        .manager
        .authorize(socket, script.requests[1], Ok(Auth::NONE), script.now);
    script.expect(["> 40"]);
    script.they_send(r#"44{"message":"expired"}"#);
    script.expect([
        "connect error: the server refused the namespace: expired",
        "close",
        "closed: forced close",
    ]);
}

#[test]
fn c4_reconnection_can_be_disabled_during_a_back_off() {
    let (mut script, socket) = Script::connected("/");
    script.they_close();
    script.drain();
    script
        .manager
        .configure(|config| config.reconnection = false);
    assert_eq!(script.manager.poll_timeout(), None);
    assert!(!script.manager.is_active(socket));
    // That holds for later losses too, until it is enabled again.
    for reconnection in [false, true] {
        script.after(1_000);
        if reconnection {
            script
                .manager
                .configure(|config| config.reconnection = true);
        }
        script.manager.connect(socket, script.now);
        script.they_accept("s");
        script.they_close();
        script.drain();
        assert_eq!(script.manager.poll_timeout().is_some(), reconnection);
        assert_eq!(script.manager.is_active(socket), reconnection);
    }
}

#[test]
fn c10_handshake_is_that_of_the_open_connection() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    script.drain();
    assert_eq!(script.manager.handshake(), None);
    script.they_send(OPEN);
    script.drain();
    let sid = |script: &Script| Some(script.manager.handshake()?.sid.clone());
    assert_eq!(sid(&script).as_deref(), Some("engine"));
    script.they_close();
    script.drain();
    assert_eq!(script.manager.handshake(), None);
    script.run_to_deadline();
    script.drain();
    script.they_send(&OPEN.replace("engine", "another"));
    script.drain();
    assert_eq!(sid(&script).as_deref(), Some("another"));
}

#[test]
fn c4_changed_limits_apply_from_the_next_attempt() {
    let (mut script, _) = Script::connected("/");
    script
        .manager
        .configure(|config| config.limits.packet_bytes = 20);
    script.they_send(r#"42["a","longer than the limit"]"#);
    script.expect([r#"event ["a","longer than the limit"]"#]);
    script.they_break();
    script.they_accept("s");
    script.they_send(r#"42["a","longer than the limit"]"#);
    script.expect([
        "close",
        "closed: parse error",
        "disconnected: parse error…",
        "scheduled 2",
    ]);
}

#[test]
fn a_connect_that_was_sent_ahead_is_not_repeated_and_auth_is_not_requested() {
    let (mut script, socket) = Script::connecting(Auth::ASK.into());
    script.manager.connect_went_out(socket);
    script.they_send(OPEN);
    script.expect(["opened"]);
    script.they_send(r#"42["early"]"#);
    script.they_send(r#"40{"sid":"abc"}"#);
    script.expect([r#"event ["early"]"#, "connected abc"]);
    // It only held for that connection.
    script.they_break();
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 1", "authorize"]);
}

#[test]
fn a_connect_that_was_sent_ahead_is_forgotten_with_its_connection() {
    let (mut script, socket) = Script::connecting(Auth::NONE.into());
    script.manager.connect_went_out(socket);
    script.they_break();
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 1", "> 40"]);
    // CONNECT was sent by then, so this has no effect.
    script.manager.connect_went_out(socket);
    script.they_break();
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 2", "> 40"]);
}
