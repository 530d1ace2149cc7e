use socketio_proto::manager::{EmitOptions, Outcome, TransportEvent};

use crate::script::{OPEN, Script};

#[test]
fn l1_ping_is_answered_and_never_echoed() {
    let (mut script, _) = Script::connected("/");
    script.they_send("2");
    script.expect(["> 3", "ping"]);
    script.they_send("2probe");
    script.expect(["> 3", "ping"]);
}

#[test]
fn l1_only_a_ping_moves_the_deadline() {
    let (mut script, _) = Script::connected("/");
    script.after(40_000);
    script.expect([]);
    script.they_send(r#"42["busy"]"#);
    script.expect([r#"event ["busy"]"#]);
    assert_eq!(script.run_to_deadline().as_secs(), 5);
    script.expect([
        "close",
        "closed: ping timeout",
        "disconnected: ping timeout",
        "scheduled 1",
    ]);

    // Nor does any other packet of the engine: a handshake, a pong, a noop, or an attachment, as
    // bytes or in base64.
    let (mut script, _) = Script::connected("/");
    script.after(40_000);
    for frame in [OPEN, "3", "6"] {
        script.they_send(frame);
        script.expect([]);
    }
    script.they_send(r#"452-["up",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#);
    script.they_send("bAQ==");
    script.expect([]);
    script.they(TransportEvent::Binary(vec![2]));
    script.expect([r#"event ["up",…"#]);
    assert_eq!(script.run_to_deadline().as_secs(), 5);

    let (mut script, _) = Script::connected("/");
    script.after(40_000);
    script.they_send("2");
    script.drain();
    assert_eq!(script.run_to_deadline().as_secs(), 45);
}

#[test]
fn h5_an_emit_notices_an_overdue_heartbeat() {
    let (mut script, socket) = Script::connected("/");
    // The device slept: no timer ran.
    script.now = script.now + std::time::Duration::from_secs(3600);
    let emitted = script.emit(socket, "late", EmitOptions::default()).unwrap();
    assert_eq!(emitted.outcome, Outcome::Buffered);
    script.expect([
        "close",
        "closed: ping timeout",
        "disconnected: ping timeout",
        "scheduled 1",
    ]);
}

#[test]
fn w5_waking_checks_the_clock_and_retries_at_once() {
    let (mut script, _) = Script::connected("/");
    script.manager.handle_wake(script.now);
    script.expect([]);
    script.now = script.now + std::time::Duration::from_secs(3600);
    script.manager.handle_wake(script.now);
    script.expect([
        "close",
        "closed: ping timeout",
        "disconnected: ping timeout",
        "scheduled 1",
        "attempt 1",
        "open",
    ]);
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 1", "> 40"]);
}

#[test]
fn l4_offline_closes_at_once() {
    let (mut script, _) = Script::connected("/");
    script.manager.handle_offline(script.now);
    script.expect([
        "close",
        "closed: transport close",
        "disconnected: transport close (network connection lost)",
        "scheduled 1",
    ]);
    script.manager.handle_offline(script.now);
    script.expect([]);
}

#[test]
fn w16_engine_close_is_honoured() {
    let (mut script, _) = Script::connected("/");
    script.they_send("1");
    script.expect([
        "close",
        "closed: transport close",
        "disconnected: transport close (transport closed by the server)",
        "scheduled 1",
    ]);
}

#[test]
fn g9_g10_a_closed_and_a_failed_transport_are_distinguished() {
    let (mut script, _) = Script::connected("/");
    script.they(TransportEvent::Closed {
        code: 1001,
        reason: "bye".into(),
        failed: false,
    });
    script.expect([
        "closed: transport close",
        "disconnected: transport close (closed with code 1001: bye)",
        "scheduled 1",
    ]);
    let (mut script, _) = Script::connected("/");
    script.they(TransportEvent::Closed {
        code: 1006,
        reason: String::new(),
        failed: true,
    });
    script.expect([
        "closed: transport error",
        "disconnected: transport error (closed with code 1006)",
        "scheduled 1",
    ]);
}

#[test]
fn g10_bad_engine_packet_is_a_transport_error() {
    for (frame, error) in [
        ("", "the frame is empty"),
        ("9", "the frame begins with '9'"),
        ("b!!!!", "the binary message is not base64"),
    ] {
        let (mut script, _) = Script::connected("/");
        script.they_send(frame);
        script.expect([
            "close",
            "closed: transport error",
            &*format!("disconnected: transport error ({error}…"),
            "scheduled 1",
        ]);
    }
}

#[test]
fn g11_w7_packet_that_cannot_be_read_closes_cleanly() {
    for (frame, error) in [
        ("42", "a packet of type event needs a payload"),
        ("430", "a packet of type ack needs a payload"),
        ("44{", "the payload is not JSON"),
        ("42{}", "invalid payload of event"),
        ("42[", "the payload is not JSON"),
        ("4", "the message is empty"),
        ("47", "unknown packet type"),
        ("430[]]", "the payload is not JSON"),
        (r#"42["connect""#, "the payload is not JSON"),
    ] {
        let (mut script, _) = Script::connected("/");
        script.they_send(frame);
        script.expect([
            "close",
            "closed: parse error",
            &*format!("disconnected: parse error ({error}…"),
            "scheduled 1",
        ]);
    }
    let (mut script, _) = Script::connected("/");
    script.they(TransportEvent::Binary(vec![1, 2]));
    script.expect([
        "close",
        "closed: parse error",
        "disconnected: parse error (a binary frame came…",
        "scheduled 1",
    ]);
}

#[test]
fn packets_without_content_are_ignored() {
    let (mut script, _) = Script::connected("/");
    for frame in ["6", "5", "3"] {
        script.they_send(frame);
        script.expect([]);
    }
}
