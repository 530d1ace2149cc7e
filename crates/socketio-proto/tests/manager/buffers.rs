use socketio_proto::manager::{Config, EmitError, EmitOptions, Outcome};

use socketio_proto::{Overflow, SendBuffer, SocketOptions};

use crate::script::{OPEN, Script};

const PLAIN: EmitOptions = EmitOptions {
    ack: false,
    timeout: None,
    volatile: false,
};
const VOLATILE: EmitOptions = EmitOptions {
    volatile: true,
    ..PLAIN
};

#[test]
fn h1_h2_early_events_are_sent_in_order_once_connected() {
    let mut script = Script::new(Config::default());
    let socket = script.connect("/mofang");
    for name in ["a", "b"] {
        assert_eq!(
            script.emit(socket, name, PLAIN).unwrap().outcome,
            Outcome::Buffered
        );
    }
    script.drain();
    script.they_send(OPEN);
    script.drain();
    assert_eq!(script.manager.buffered(socket), 2);
    script.they_send(r#"40/mofang,{"sid":"s"}"#);
    assert_eq!(script.take_one().as_deref(), Some("connected s"));
    // The handler of `connected` emits: its event is sent after the waiting packets.
    assert_eq!(
        script.emit(socket, "c", PLAIN).unwrap().outcome,
        Outcome::Sent
    );
    script.expect([
        r#"> 42/mofang,["a","x"]"#,
        r#"> 42/mofang,["b","x"]"#,
        r#"> 42/mofang,["c","x"]"#,
    ]);
    assert_eq!(
        script.emit(socket, "d", PLAIN).unwrap().outcome,
        Outcome::Sent
    );
    assert_eq!(script.manager.buffered(socket), 0);
}

#[test]
fn w10_the_buffer_can_be_cleared_when_connected_is_reported() {
    let mut script = Script::new(Config::default());
    let socket = script.connect("/");
    script
        .emit(socket, "stale", EmitOptions { ack: true, ..PLAIN })
        .unwrap();
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"40{"sid":"s"}"#);
    assert_eq!(script.take_one().as_deref(), Some("connected s"));
    assert_eq!(script.manager.clear_buffer(socket), 1);
    script.expect(["ack 0 failed: the packet was dropped"]);
}

#[test]
fn w10_the_buffer_is_bounded() {
    let send_buffer = SendBuffer {
        packets: 2,
        ..SendBuffer::default()
    };
    let (mut script, socket) = Script::connecting(SocketOptions {
        send_buffer,
        ..SocketOptions::default()
    });
    for _ in 0..2 {
        script.emit(socket, "a", PLAIN).unwrap();
    }
    let refused = script.emit(socket, "a", EmitOptions { ack: true, ..PLAIN });
    assert!(
        matches!(refused, Err(EmitError::BufferFull { packets: 2 })),
        "{refused:?}"
    );
    assert_eq!(script.manager.buffered(socket), 2);
}

#[test]
fn h3_sent_packets_are_not_sent_again() {
    let (mut script, socket) = Script::connected("/");
    script.emit(socket, "once", PLAIN).unwrap();
    script.expect([r#"> 42["once","x"]"#]);
    script.they_close();
    script.drain();
    script.run_to_deadline();
    script.drain();
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"40{"sid":"s2"}"#);
    script.expect(["connected s2"]);
}

#[test]
fn h6_volatile_is_sent_or_dropped_never_buffered() {
    let mut script = Script::new(Config::default());
    let socket = script.connect("/");
    assert_eq!(
        script.emit(socket, "v", VOLATILE).unwrap().outcome,
        Outcome::Dropped
    );
    // The transport is writable now, but the namespace isn't connected.
    script.drain();
    script.they_send(OPEN);
    assert_eq!(
        script.emit(socket, "v", VOLATILE).unwrap().outcome,
        Outcome::Dropped
    );
    assert_eq!(script.manager.buffered(socket), 0);
    let (mut script, socket) = Script::connected("/");
    assert_eq!(
        script.emit(socket, "v", VOLATILE).unwrap().outcome,
        Outcome::Sent
    );
    script.drain();
    script.manager.set_writable(false);
    assert_eq!(
        script.emit(socket, "v", VOLATILE).unwrap().outcome,
        Outcome::Dropped
    );
    assert_eq!(
        script.emit(socket, "a", PLAIN).unwrap().outcome,
        Outcome::Sent
    );
    script.expect([r#"> 42["a","x"]"#]);
}

#[test]
fn limits_refuse_oversized_packets() {
    use socketio_proto::packet::Arguments;
    let mut config = Config::default();
    config.limits.packet_bytes = 100;
    config.limits.attachments = 1;
    let mut script = Script::new(config);
    let socket = script.connect("/");
    let mut event = Arguments::event("big").unwrap();
    event.push(&"x".repeat(200)).unwrap();
    let refused = script.manager.emit(socket, event, PLAIN, script.now);
    assert!(matches!(refused, Err(EmitError::Encode(_))), "{refused:?}");
    assert!(refused.unwrap_err().to_string().contains("100"));
    assert_eq!(script.manager.buffered(socket), 0);
}

#[test]
fn w10_a_full_buffer_drops_by_its_policy() {
    for (overflow, kept, reported) in [
        (
            Overflow::DropOldest,
            r#"> 421["b","x"]"#,
            "ack 0 failed: the packet was dropped",
        ),
        (
            Overflow::DropNewest,
            r#"> 420["a","x"]"#,
            "ack 1 failed: the packet was dropped",
        ),
    ] {
        let send_buffer = SendBuffer {
            packets: 1,
            overflow,
            ..SendBuffer::default()
        };
        let options = SocketOptions {
            send_buffer,
            ..SocketOptions::default()
        };
        let (mut script, socket) = Script::connecting(options);
        let ack = EmitOptions { ack: true, ..PLAIN };
        assert_eq!(
            script.emit(socket, "a", ack).unwrap().outcome,
            Outcome::Buffered
        );
        script.emit(socket, "b", ack).unwrap();
        script.expect([reported]);
        assert_eq!(script.they_accept("s"), ["connected s", kept]);
    }
}

#[test]
fn w10_a_packet_waits_no_longer_than_its_time_to_live() {
    let send_buffer = SendBuffer {
        time_to_live: Some(std::time::Duration::from_secs(2)),
        ..SendBuffer::default()
    };
    let options = SocketOptions {
        send_buffer,
        ..SocketOptions::default()
    };
    let (mut script, socket) = Script::connecting(options);
    script
        .emit(socket, "old", EmitOptions { ack: true, ..PLAIN })
        .unwrap();
    script.after(1500);
    script.emit(socket, "new", PLAIN).unwrap();
    assert_eq!(script.run_to_deadline().as_millis(), 500);
    script.expect(["ack 0 failed: the packet was dropped"]);
    assert_eq!(
        script.manager.buffer(socket).collect::<Vec<_>>(),
        [r#"42["new","x"]"#]
    );
    assert_eq!(
        script.they_accept("s"),
        ["connected s", r#"> 42["new","x"]"#]
    );
}

#[test]
fn w10_bytes_are_bounded_too() {
    let send_buffer = SendBuffer {
        bytes: 20,
        ..SendBuffer::default()
    };
    let options = SocketOptions {
        send_buffer,
        ..SocketOptions::default()
    };
    let (mut script, socket) = Script::connecting(options);
    script.emit(socket, "a", PLAIN).unwrap();
    let refused = script.emit(socket, "b", PLAIN);
    assert!(
        matches!(refused, Err(EmitError::BufferFull { packets: 1 })),
        "{refused:?}"
    );
}
