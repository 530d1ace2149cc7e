//! Events whose arguments are left unread for their listeners: invalid arguments still close the
//! connection (C25).

use socketio_proto::manager::{Config, Event, Output};
use socketio_proto::packet::Packet;

use crate::script::{OPEN, Script};

const BAD: &str = r#"42["x",{"a":1},]"#;

/// A script whose socket of `/` is connected by this CONNECT reply, and whose manager leaves
/// arguments unread where it can.
fn connected(reply: &str) -> Script {
    let mut script = Script::new(Config::default());
    script.manager.leave_unread();
    script.connect("/");
    script.drain();
    script.they_send(OPEN);
    script.they_send_after_drain(reply);
    script
}

fn delivered(script: &mut Script) -> Packet {
    match script.manager.poll_output() {
        Some(Output::Event(Event::Received { packet, .. })) => packet,
        other => panic!("no event: {other:?}"),
    }
}

#[test]
fn c25_a_delivered_packet_that_can_t_be_read_can_be_refused() {
    let mut script = connected(r#"40{"sid":"s1"}"#);
    script.they_send(BAD);
    let mut packet = delivered(&mut script);
    assert!(packet.is_unread());
    assert_eq!(packet.event_name(), Some("x"));
    assert_eq!(
        packet.first::<std::collections::BTreeMap<String, u8>>(),
        None
    );
    assert!(!packet.is_sound());
    let error = packet.check().unwrap_err();
    script.manager.refuse(error.clone(), script.now);
    script.expect([
        "close",
        "closed: parse error",
        "disconnected: parse error (…",
        "scheduled 1",
    ]);
    // It is closed already.
    script.manager.refuse(error, script.now);
    script.expect([]);
}

#[test]
fn c25_packets_that_are_not_delivered_at_once_are_read_at_once() {
    // Held until the CONNECT reply, for a namespace without a socket, or in a recoverable session.
    let mut held = Script::new(Config::default());
    held.manager.leave_unread();
    held.connect("/");
    held.drain();
    held.they_send(OPEN);
    held.drain();
    held.they_send(BAD);
    assert_eq!(held.take_one().as_deref(), Some("close"));

    let mut unknown = connected(r#"40{"sid":"s1"}"#);
    unknown.they_send(r#"42/unknown,["x",1"#);
    assert_eq!(unknown.take_one().as_deref(), Some("close"));

    let mut restored = connected(r#"40{"sid":"s1","pid":"p1"}"#);
    restored.they_send(BAD);
    assert_eq!(restored.take_one().as_deref(), Some("close"));
    let mut restored = connected(r#"40{"sid":"s1","pid":"p1"}"#);
    restored.they_send(r#"42["x","offset"]"#);
    assert!(!delivered(&mut restored).is_unread());
}

#[test]
fn packets_with_attachments_and_acks_are_read_at_once() {
    let mut script = connected(r#"40{"sid":"s1"}"#);
    script.they_send(r#"451-["x",{"_placeholder":true,"num":0},]"#);
    assert_eq!(script.take_one().as_deref(), Some("close"));
    let mut script = connected(r#"40{"sid":"s1"}"#);
    script.they_send("430[1,]");
    assert_eq!(script.take_one().as_deref(), Some("close"));
}
