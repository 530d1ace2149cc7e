use std::time::Duration;

use socketio_proto::manager::{Config, EmitError, EmitOptions, Outcome};
use socketio_proto::packet::EncodeError;
use socketio_proto::{Limits, Retries, SendBuffer, SocketOptions};

use crate::script::{OPEN, Script};

const PLAIN: EmitOptions = EmitOptions {
    ack: false,
    timeout: None,
    volatile: false,
};
const ACK: EmitOptions = EmitOptions { ack: true, ..PLAIN };

fn options(retries: u32, window: usize) -> SocketOptions {
    SocketOptions {
        ack_timeout: Some(Duration::from_secs(1)),
        retries: Some(Retries {
            retries,
            window,
            message_id: None,
        }),
        ..SocketOptions::default()
    }
}

#[test]
fn h20_h21_an_event_is_sent_until_it_is_acknowledged() {
    let (mut script, socket) = Script::connecting(options(2, 1));
    script.they_accept("s");
    script.emit(socket, "q", PLAIN).unwrap();
    script.expect([r#"> 420["q","x"]"#]);
    script.after(1000);
    script.expect([r#"> 421["q","x"]"#]);
    script.they_send("431[]");
    script.expect([]);
    script.after(5000);
    script.expect([]);
    assert_eq!(script.manager.buffered(socket), 0);
}

#[test]
fn h22_an_event_is_given_up_after_its_retries() {
    let (mut script, socket) = Script::connecting(options(1, 1));
    script.they_accept("s");
    script.emit(socket, "q", ACK).unwrap();
    script.emit(socket, "r", PLAIN).unwrap();
    script.expect([r#"> 420["q","x"]"#]);
    script.after(1000);
    script.expect([r#"> 421["q","x"]"#]);
    script.after(1000);
    script.expect(["ack 0 failed: operation has timed out", r#"> 422["r","x"]"#]);
}

#[test]
fn w17_a_window_of_events_is_in_flight_in_order() {
    let (mut script, socket) = Script::connecting(options(2, 2));
    script.they_accept("s");
    assert_eq!(
        script.emit(socket, "a", ACK).unwrap().outcome,
        Outcome::Sent
    );
    assert_eq!(
        script.emit(socket, "b", ACK).unwrap().outcome,
        Outcome::Sent
    );
    assert_eq!(
        script.emit(socket, "c", ACK).unwrap().outcome,
        Outcome::Buffered
    );
    script.expect([r#"> 420["a","x"]"#, r#"> 421["b","x"]"#]);
    script.they_send("431[]");
    // The window is counted from the oldest, so that the number of unacknowledged events stays
    // bounded.
    script.expect(["acked 1 []", r#"> 422["c","x"]"#]);
    script.they_send("430[]");
    script.expect(["acked 0 []"]);
}

#[test]
fn h20_after_a_reconnect_all_events_are_sent_again_in_order() {
    let (mut script, socket) = Script::connecting(options(5, 8));
    script.they_accept("s");
    for name in ["a", "b"] {
        script.emit(socket, name, ACK).unwrap();
    }
    script.drain();
    let lines = script.they_break();
    assert!(
        !lines.iter().any(|line| line.starts_with("ack ")),
        "{lines:?}"
    );
    script.emit(socket, "c", ACK).unwrap();
    assert_eq!(
        script.they_accept("s2"),
        [
            "connected s2",
            r#"> 423["a","x"]"#,
            r#"> 424["b","x"]"#,
            r#"> 422["c","x"]"#
        ]
    );
    for (ack, awaited) in [
        ("433[1]", "acked 0 [1]"),
        ("434[2]", "acked 1 [2]"),
        ("432[3]", "acked 2 [3]"),
    ] {
        script.they_send(ack);
        script.expect([awaited]);
    }
}

#[test]
fn an_answer_to_an_earlier_sending_is_accepted() {
    let (mut script, socket) = Script::connecting(options(100, 1));
    script.they_accept("s");
    script.emit(socket, "q", ACK).unwrap();
    script.after(1000);
    script.after(1000);
    script.expect([
        r#"> 420["q","x"]"#,
        r#"> 421["q","x"]"#,
        r#"> 422["q","x"]"#,
    ]);
    // The round trip takes longer than the timeout.
    script.they_send("430[1]");
    script.expect(["acked 0 [1]"]);
    for late in ["431[2]", "432[3]"] {
        script.they_send(late);
        script.expect([]);
    }
    script.after(5000);
    script.expect([]);
}

#[test]
fn h23_without_a_timeout_an_event_is_sent_again_only_at_a_reconnect() {
    let options = SocketOptions {
        ack_timeout: None,
        ..options(3, 1)
    };
    let (mut script, socket) = Script::connecting(options);
    script.they_accept("s");
    script.emit(socket, "q", PLAIN).unwrap();
    script.drain();
    script.after(40_000);
    script.expect([]);
    script.they_break();
    assert_eq!(
        script.they_accept("s2"),
        ["connected s2", r#"> 421["q","x"]"#]
    );
}

#[test]
fn h23_without_a_timeout_an_event_is_given_up_after_its_retries() {
    let options = SocketOptions {
        ack_timeout: None,
        ..options(1, 1)
    };
    let (mut script, socket) = Script::connecting(options);
    script.they_accept("s");
    script.emit(socket, "q", ACK).unwrap();
    script.expect([r#"> 420["q","x"]"#]);
    script.they_break();
    assert_eq!(
        script.they_accept("s2"),
        ["connected s2", r#"> 421["q","x"]"#]
    );
    let lines = script.they_break();
    let end = "ack 0 failed: socket has been disconnected".to_owned();
    assert!(lines.contains(&end), "{lines:?}");
    script.emit(socket, "r", PLAIN).unwrap();
    assert_eq!(
        script.they_accept("s3"),
        ["connected s3", r#"> 422["r","x"]"#]
    );
}

#[test]
fn h24_the_queue_pauses_while_disconnected() {
    let (mut script, socket) = Script::connecting(options(1, 1));
    script.emit(socket, "q", ACK).unwrap();
    script.after(10_000);
    script.expect([]);
    assert_eq!(
        script.they_accept("s"),
        ["connected s", r#"> 420["q","x"]"#]
    );
}

#[test]
fn w17_a_message_id_lets_the_server_drop_repeats() {
    let mut options = options(3, 1);
    options.retries = Some(Retries {
        message_id: Some("me".into()),
        window: 1,
        retries: 3,
    });
    let (mut script, socket) = Script::connecting(options);
    script.they_accept("s");
    script.emit(socket, "q", PLAIN).unwrap();
    script.expect([r#"> 420["q","x","me:0"]"#]);
    script.after(1000);
    script.expect([r#"> 421["q","x","me:0"]"#]);
    script.they_send("431[]");
    script.emit(socket, "r", PLAIN).unwrap();
    script.expect([r#"> 422["r","x","me:1"]"#]);
}

#[test]
fn f7_volatile_events_are_not_retried() {
    let (mut script, socket) = Script::connecting(options(3, 1));
    script.they_accept("s");
    script
        .emit(
            socket,
            "v",
            EmitOptions {
                volatile: true,
                ..PLAIN
            },
        )
        .unwrap();
    script.expect([r#"> 42["v","x"]"#]);
    assert_eq!(script.manager.buffered(socket), 0);
}

#[test]
fn a_full_queue_refuses_events() {
    let mut options = options(3, 1);
    options.send_buffer = SendBuffer {
        packets: 2,
        ..SendBuffer::default()
    };
    let (mut script, socket) = Script::connecting(options);
    script.emit(socket, "a", PLAIN).unwrap();
    script.emit(socket, "b", PLAIN).unwrap();
    let refused = script.emit(socket, "c", PLAIN);
    assert!(
        matches!(refused, Err(EmitError::BufferFull { packets: 2 })),
        "{refused:?}"
    );
    assert_eq!(script.manager.clear_buffer(socket), 2);
}

#[test]
fn packets_buffered_before_retries_were_enabled_count_towards_the_bounds() {
    let (mut script, socket) = Script::connecting(SocketOptions {
        send_buffer: SendBuffer {
            packets: 2,
            ..SendBuffer::default()
        },
        ..SocketOptions::default()
    });
    script.emit(socket, "buffered", PLAIN).unwrap();
    script.manager.retry(socket, Retries::default());
    script.emit(socket, "queued", PLAIN).unwrap();
    let refused = script.emit(socket, "refused", PLAIN);
    assert!(
        matches!(refused, Err(EmitError::BufferFull { packets: 2 })),
        "{refused:?}"
    );
    assert_eq!(
        script.they_accept("s"),
        [
            "connected s",
            r#"> 42["buffered","x"]"#,
            r#"> 420["queued","x"]"#
        ]
    );
}

#[test]
fn buffered_packets_count_towards_the_bounds_of_the_queue() {
    let mut options = options(1, 8);
    options.send_buffer.packets = 2;
    let (mut script, socket) = Script::connecting(options);
    script.emit(socket, "queued", PLAIN).unwrap();
    script.they_send(OPEN);
    script.drain();
    script.they_send(r#"40{"sid":"s"}"#);
    assert_eq!(script.take_one().as_deref(), Some("connected s"));
    // The handler of `connected` emits: even a volatile event is sent after the waiting packets.
    let volatile = EmitOptions {
        volatile: true,
        ..PLAIN
    };
    let kept = script.emit(socket, "volatile", volatile).unwrap();
    assert_eq!(kept.outcome, Outcome::Sent);
    assert_eq!(script.manager.buffered(socket), 2);
    // It is connected, so the full buffer is sent instead of refusing more.
    let sent = script.emit(socket, "more", volatile).unwrap();
    assert_eq!(sent.outcome, Outcome::Sent);
    script.expect([
        r#"> 42["volatile","x"]"#,
        r#"> 420["queued","x"]"#,
        r#"> 42["more","x"]"#,
    ]);
}

#[test]
fn a_cancelled_wait_leaves_the_event_in_the_queue() {
    let (mut script, socket) = Script::connecting(options(3, 1));
    script.emit(socket, "a", ACK).unwrap();
    script.manager.cancel_ack(socket, 0);
    assert_eq!(
        script.they_accept("s"),
        ["connected s", r#"> 421["a","x"]"#]
    );
    script.they_send("431[]");
    script.expect([]);
}

#[test]
fn removing_the_socket_ends_the_waits_of_the_queue() {
    let (mut script, socket) = Script::connecting(options(3, 1));
    script.they_accept("s");
    script.emit(socket, "a", ACK).unwrap();
    script.emit(socket, "b", ACK).unwrap();
    script.drain();
    script.manager.remove(socket, script.now);
    let lines = script.take();
    let ended: Vec<_> = lines
        .iter()
        .filter(|line| line.starts_with("ack "))
        .collect();
    assert_eq!(
        ended,
        [
            "ack 0 failed: the socket was removed",
            "ack 1 failed: the socket was removed"
        ]
    );
}

#[test]
fn h25_the_emit_s_own_timeout_is_kept_with_the_event() {
    let (mut script, socket) = Script::connecting(options(1, 1));
    let own = EmitOptions {
        timeout: Some(Duration::from_secs(7)),
        ..ACK
    };
    script.emit(socket, "q", own).unwrap();
    script.they_accept("s");
    // At each transmission, instead of the socket's default of one second.
    assert_eq!(script.run_to_deadline(), Duration::from_secs(7));
    script.expect([r#"> 421["q","x"]"#]);
    assert_eq!(script.run_to_deadline(), Duration::from_secs(7));
    script.expect(["ack 0 failed: operation has timed out"]);
}

#[test]
fn w17_a_message_id_counts_against_the_limits() {
    let mut options = options(3, 1);
    options.retries = Some(Retries {
        message_id: Some("m".repeat(100)),
        ..Retries::default()
    });
    let config = Config {
        limits: Limits {
            packet_bytes: 150,
            ..Limits::default()
        },
        ..Config::default()
    };
    let mut script = Script::new(config);
    let socket = script.manager.socket("/", options).unwrap();
    // Without the message id it would be accepted, but it could not be sent with it.
    let refused = script.emit(socket, "q", PLAIN);
    assert!(
        matches!(
            refused,
            Err(EmitError::Encode(EncodeError::PacketTooLarge { .. }))
        ),
        "{refused:?}"
    );
    assert_eq!(script.manager.buffered(socket), 0);
}

#[test]
fn h20_an_accepted_event_is_sent_even_if_the_limits_were_lowered_since() {
    let (mut script, socket) = Script::connecting(options(3, 1));
    script.emit(socket, "q", ACK).unwrap();
    script
        .manager
        .configure(|config| config.limits.packet_bytes = 8);
    assert_eq!(
        script.they_accept("s"),
        ["connected s", r#"> 420["q","x"]"#]
    );
}
