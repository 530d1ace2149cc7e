use std::time::Duration;

use socketio_proto::manager::{EmitError, EmitOptions, Event, Outcome, Output, TransportEvent};
use socketio_proto::packet::Arguments;

use socketio_proto::SocketOptions;

use crate::script::{OPEN, Script};

const ACK: EmitOptions = EmitOptions {
    ack: true,
    timeout: None,
    volatile: false,
};

fn timed(millis: u64) -> EmitOptions {
    EmitOptions {
        timeout: Some(Duration::from_millis(millis)),
        ..ACK
    }
}

#[test]
fn h8_ids_continue_across_reconnects() {
    let (mut script, socket) = Script::connected("/");
    assert_eq!(script.emit(socket, "a", ACK).unwrap().ack, Some(0));
    assert_eq!(script.emit(socket, "b", ACK).unwrap().ack, Some(1));
    script.expect([r#"> 420["a","x"]"#, r#"> 421["b","x"]"#]);
    script.they_close();
    script.drain();
    script.run_to_deadline();
    script.drain();
    script.they_send(OPEN);
    script.they_send_after_drain(r#"40{"sid":"s2"}"#);
    assert_eq!(script.emit(socket, "c", ACK).unwrap().ack, Some(2));
    script.expect([r#"> 422["c","x"]"#]);
}

#[test]
fn f5_acknowledgement_ends_the_wait_once() {
    let (mut script, socket) = Script::connected("/mofang");
    script.emit(socket, "a", timed(1000)).unwrap();
    script.drain();
    script.they_send(r#"43/mofang,0[{"ok":true}]"#);
    script.expect([r#"acked 0 [{"ok":true}]"#]);
    // A second answer and the deadline have no effect (H13).
    script.they_send(r#"43/mofang,0["again"]"#);
    script.expect([]);
    script.after(2000);
    script.expect([]);
}

#[test]
fn h13_unknown_acks_are_ignored() {
    let (mut script, socket) = Script::connected("/");
    script.emit(socket, "a", ACK).unwrap();
    script.expect([r#"> 420["a","x"]"#]);
    // An acknowledgement without an id answers nothing, not even the first event.
    for frame in ["437[]", "43[]", "439007199254740991[]"] {
        script.they_send(frame);
        script.expect([]);
    }
    script.they_send("430[]");
    script.expect(["acked 0 []"]);
}

#[test]
fn h10_timeout_and_disconnect_end_the_wait() {
    let (mut script, socket) = Script::connected("/");
    script.emit(socket, "a", timed(1000)).unwrap();
    script.emit(socket, "b", timed(5000)).unwrap();
    script.emit(socket, "c", ACK).unwrap();
    script.drain();
    assert_eq!(script.run_to_deadline().as_millis(), 1000);
    script.expect(["ack 0 failed: operation has timed out"]);
    script.they_close();
    script.expect([
        "closed: transport close",
        "disconnected: transport close (closed with code 1006)",
        "ack 1 failed: socket has been disconnected",
        "ack 2 failed: socket has been disconnected",
        "scheduled 1",
    ]);
}

#[test]
fn h11_the_timeout_also_applies_to_a_buffered_packet_and_removes_it() {
    let mut script = Script::new(Default::default());
    let socket = script.connect("/");
    assert_eq!(
        script.emit(socket, "a", timed(1000)).unwrap().outcome,
        Outcome::Buffered
    );
    script.emit(socket, "b", ACK).unwrap();
    script.drain();
    script.after(1000);
    script.expect(["ack 0 failed: operation has timed out"]);
    assert_eq!(script.manager.buffered(socket), 1);
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"40{"sid":"a"}"#);
    script.expect(["connected a", r#"> 421["b","x"]"#]);
}

#[test]
fn h12_the_ack_of_an_unsent_packet_survives_a_disconnect() {
    let mut script = Script::new(Default::default());
    let socket = script.connect("/");
    script.emit(socket, "a", ACK).unwrap();
    script.drain();
    script.they_close();
    script.drain();
    script.run_to_deadline();
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"40{"sid":"a"}"#);
    script.expect(["connected a", r#"> 420["a","x"]"#]);
    script.they_send(r#"430["late"]"#);
    script.expect([r#"acked 0 ["late"]"#]);
}

#[test]
fn h12_the_ack_of_an_unsent_packet_survives_the_user_s_disconnect() {
    let (mut script, socket) = Script::connected("/");
    script.emit(socket, "sent", ACK).unwrap();
    script.drain();
    script.they_close();
    script.emit(socket, "unsent", ACK).unwrap();
    script.drain();
    script.manager.disconnect(socket, script.now);
    script.expect([]);
    script.manager.connect(socket, script.now);
    assert_eq!(
        script.they_accept("s2"),
        ["connected s2", r#"> 421["unsent","x"]"#]
    );
    script.they_send(r#"431["late"]"#);
    script.expect([r#"acked 1 ["late"]"#]);
}

#[test]
fn w14_the_ack_of_a_dropped_volatile_packet_ends_at_once() {
    let mut script = Script::new(Default::default());
    let socket = script.connect("/");
    script.drain();
    let emitted = script
        .emit(
            socket,
            "a",
            EmitOptions {
                volatile: true,
                ..ACK
            },
        )
        .unwrap();
    assert_eq!(emitted.outcome, Outcome::Dropped);
    script.expect(["ack 0 failed: the packet was dropped"]);
}

#[test]
fn removing_a_socket_ends_every_wait() {
    let (mut script, socket) = Script::connected("/");
    script.emit(socket, "a", ACK).unwrap();
    script.drain();
    script.they_close();
    script.drain();
    script.emit(socket, "b", ACK).unwrap();
    script.manager.remove(socket, script.now);
    script.expect(["ack 1 failed: the socket was removed"]);
    assert!(matches!(
        script.emit(socket, "c", ACK),
        Err(EmitError::NoSocket)
    ));
}

#[test]
fn a_cancelled_wait_reports_nothing() {
    let (mut script, socket) = Script::connected("/");
    script.emit(socket, "a", timed(1000)).unwrap();
    script.drain();
    script.manager.cancel_ack(socket, 0);
    script.they_send("430[]");
    script.after(5000);
    script.expect([]);
}

#[test]
fn h14_a_received_event_is_acknowledged() {
    let (mut script, socket) = Script::connected("/mofang");
    script.they_send(r#"42/mofang,12["ask",1]"#);
    script.expect([r#"event ["ask",1] wants ack 12"#]);
    let mut answer = Arguments::ack();
    answer.push("yes").unwrap();
    script
        .manager
        .acknowledge(socket, script.tokens[0], answer)
        .unwrap();
    script.expect([r#"> 43/mofang,12["yes"]"#]);
}

#[test]
fn h14_an_answer_never_reaches_another_session() {
    let (mut script, socket) = Script::connected("/");
    script.they_send(r#"420["ask"]"#);
    script.drain();
    script.they_close();
    script.drain();
    let answer = |script: &mut Script| {
        script
            .manager
            .acknowledge(socket, script.tokens[0], Arguments::ack())
    };
    assert!(matches!(answer(&mut script), Err(EmitError::StaleAck)));
    script.run_to_deadline();
    script.drain();
    script.they_send(OPEN);
    script.they_send_after_drain(r#"40{"sid":"s2"}"#);
    assert!(matches!(answer(&mut script), Err(EmitError::StaleAck)));
    script.expect([]);
}

#[test]
fn h16_binary_is_sent_and_received() {
    use socketio_proto::Binary;
    let (mut script, socket) = Script::connected("/");
    let mut event = Arguments::event("up").unwrap();
    event
        .push(&(Binary(vec![1, 2]), "t", Binary(vec![3])))
        .unwrap();
    script.manager.emit(socket, event, ACK, script.now).unwrap();
    script.expect([
        r#"> 452-0["up",[{"_placeholder":true,"num":0},"t",{"_placeholder":true,"num":1}]]"#,
        "> [1, 2]",
        "> [3]",
    ]);
    script.they_send(r#"461-0[{"_placeholder":true,"num":0}]"#);
    script.expect([]);
    script.they(TransportEvent::Binary(vec![9]));
    script.expect([r#"acked 0 [{"_placeholder":true,"num":0}]"#]);
}

#[test]
fn d4_the_socket_s_timeout_applies_if_the_emit_has_none() {
    let options = SocketOptions {
        ack_timeout: Some(Duration::from_secs(3)),
        ..SocketOptions::default()
    };
    let (mut script, socket) = Script::connecting(options);
    script.they_accept("s");
    // The timeout of one emit doesn't carry over to the next (F12).
    script.emit(socket, "a", timed(1000)).unwrap();
    script.emit(socket, "b", ACK).unwrap();
    script.drain();
    assert_eq!(script.run_to_deadline().as_millis(), 1000);
    script.expect(["ack 0 failed: operation has timed out"]);
    assert_eq!(script.run_to_deadline().as_millis(), 2000);
    script.expect(["ack 1 failed: operation has timed out"]);
}

#[test]
fn w19_round_trip_is_measured_by_what_is_answered() {
    let (mut script, socket) = Script::connecting(SocketOptions::default());
    script.they_send(OPEN);
    script.drain();
    script.after(80);
    script.they_send(r#"40{"sid":"s"}"#);
    script.drain();
    let round_trip = script.manager.round_trip().unwrap();
    assert_eq!(
        (
            round_trip.latest.as_millis(),
            round_trip.smoothed.as_millis()
        ),
        (80, 80)
    );
    script.emit(socket, "a", ACK).unwrap();
    script.drain();
    script.after(160);
    script.they_send("430[]");
    script.drain();
    let round_trip = script.manager.round_trip().unwrap();
    assert_eq!(
        (
            round_trip.latest.as_millis(),
            round_trip.smoothed.as_millis()
        ),
        (160, 90)
    );
}

#[test]
fn w19_the_time_in_the_buffer_is_no_part_of_the_round_trip() {
    let (mut script, socket) = Script::connecting(SocketOptions::default());
    script.emit(socket, "early", ACK).unwrap();
    script.after(5_000);
    script.they_accept("s");
    script.after(160);
    script.they_send("430[]");
    let round_trip = script.manager.round_trip().unwrap();
    assert_eq!(round_trip.latest.as_millis(), 160);
    // Each measurement is also reported.
    let reported = script.manager.poll_output();
    assert!(
        matches!(reported, Some(Output::Event(Event::Measured(measured))) if measured == round_trip),
        "{reported:?}"
    );
}

#[test]
fn f10_outgoing_events_are_reported_on_request() {
    let (mut script, socket) = Script::connecting(SocketOptions::default());
    script.manager.tell_outgoing(socket, true);
    script.emit(socket, "a", ACK).unwrap();
    script.expect([]);
    let lines = script.they_accept("s");
    assert_eq!(
        lines[1..],
        [r#"outgoing 420["a","x"]"#, r#"> 420["a","x"]"#]
    );
    script.manager.tell_outgoing(socket, false);
    script.emit(socket, "b", ACK).unwrap();
    script.expect([r#"> 421["b","x"]"#]);
}
