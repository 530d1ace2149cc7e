//! A request to be connected takes effect at once, in every state, without busy loops.

use std::time::Duration;

use socketio_proto::manager::{Config, Event, Output, TransportEvent};

use crate::script::{OPEN, Script};

fn exact() -> Config {
    Config {
        randomization_factor: 0.0,
        ..Config::default()
    }
}

/// Runs for a minute against a server that answers each attempt with `frames`, or closes the
/// connection if there are none. The program connects whenever `reacts` returns true. Returns the
/// number of attempts.
fn attempts_in_a_minute(
    config: Config,
    frames: &[&str],
    reacts: impl Fn(&Event) -> bool,
    leaves_first: bool,
) -> usize {
    let mut script = Script::new(config);
    let socket = script.connect("/");
    let end = script.now + Duration::from_secs(60);
    let mut attempts = 0;
    while script.now < end {
        while let Some(output) = script.manager.poll_output() {
            match output {
                Output::OpenTransport(transport) => {
                    attempts += 1;
                    assert!(attempts < 1_000, "a loop");
                    let closed = TransportEvent::Closed {
                        code: 1006,
                        reason: String::new(),
                        failed: true,
                    };
                    let frames = frames
                        .iter()
                        .map(|frame| TransportEvent::Text((*frame).into()));
                    for event in frames.chain([closed]) {
                        script
                            .manager
                            .handle_transport(transport, event, script.now);
                    }
                }
                Output::Event(event) if reacts(&event) => {
                    if leaves_first {
                        script.manager.disconnect(socket, script.now);
                    }
                    script.manager.connect(socket, script.now);
                }
                _ => {}
            }
        }
        match script.manager.poll_timeout() {
            Some(at) => {
                script.now = script.now.max(at);
                script.manager.handle_timeout(script.now);
            }
            None => break,
        }
    }
    attempts
}

#[test]
fn a_program_that_connects_at_each_failure_makes_one_attempt_at_once_and_then_backs_off() {
    let is_error = |event: &Event| matches!(event, Event::ConnectError { .. });
    let is_end = |event: &Event| {
        matches!(
            event,
            Event::ConnectError { .. } | Event::Disconnected { .. } | Event::ReconnectFailed
        )
    };
    let alone = attempts_in_a_minute(exact(), &[], |_| false, false);
    assert_eq!(alone, 14, "at 0, 1, 3, 7, 12, 17 … 57 s");
    let refusal = r#"44{"message":"no"}"#;
    let accept = r#"40{"sid":"s"}"#;
    let once = Config {
        reconnection: false,
        ..exact()
    };
    let few = Config {
        reconnection_attempts: Some(2),
        ..exact()
    };
    for (config, frames) in [
        (exact(), &[][..]),
        (exact(), &[OPEN]),
        (exact(), &[OPEN, accept]),
        (exact(), &[OPEN, accept, "41"]),
        (exact(), &[OPEN, refusal]),
        (exact(), &[OPEN, "41"]),
        (exact(), &["x"]),
        (once.clone(), &[]),
        (once, &[OPEN, refusal]),
        (few, &[]),
    ] {
        for leaves_first in [false, true] {
            let attempts = attempts_in_a_minute(config.clone(), frames, is_end, leaves_first);
            let what = format!("{attempts} of {frames:?}, {leaves_first}, {config:?}");
            assert!((4..=alone + 4).contains(&attempts), "{what}");
        }
    }
    let attempts = attempts_in_a_minute(exact(), &[], is_error, false);
    assert!(attempts <= alone + 1, "{attempts}");
}

#[test]
fn a_call_of_connect_is_acted_on_at_once_however_often() {
    let mut script = Script::new(exact());
    let socket = script.connect("/");
    script.drain();
    for _ in 0..20 {
        script.they_close();
        script.drain();
        script.after(300);
        script.manager.connect(socket, script.now);
        script.expect(["attempt 1", "open"]);
    }
}

#[test]
fn attempts_on_request_are_not_counted() {
    let config = Config {
        reconnection_attempts: Some(3),
        ..exact()
    };
    let mut script = Script::new(config);
    let socket = script.connect("/");
    script.drain();
    for _ in 0..10 {
        script.they_close();
        script.drain();
        script.after(300);
        script.manager.connect(socket, script.now);
        script.drain();
        script.they_close();
        script.drain();
        script.after(600);
        script.manager.handle_wake(script.now);
        script.drain();
    }
    for attempt in 1..=3 {
        script.they_close();
        assert_eq!(script.take().pop(), Some(format!("scheduled {attempt}")));
        script.run_to_deadline();
        script.drain();
    }
    script.they_close();
    assert_eq!(script.take().pop().as_deref(), Some("reconnect failed"));
}

#[test]
fn attempts_after_a_wake_are_half_a_second_apart() {
    let (mut script, _) = Script::connected("/");
    script.they_close();
    script.drain();
    script.manager.handle_wake(script.now);
    script.expect(["attempt 1", "open"]);
    script.they_close();
    script.drain();
    for _ in 0..5 {
        script.manager.handle_wake(script.now);
    }
    script.expect([]);
    assert_eq!(script.run_to_deadline(), Duration::from_millis(500));
    script.expect(["attempt 1", "open"]);
}

#[test]
fn attempts_without_a_network_do_not_count_towards_the_limit() {
    let config = Config {
        reconnection_attempts: Some(2),
        ..exact()
    };
    let mut script = Script::new(config);
    script.connect("/");
    script.drain();
    script.they_send(OPEN);
    script.they_send_after_drain(r#"40{"sid":"s"}"#);
    script.manager.handle_offline(script.now);
    script.drain();
    for _ in 0..10 {
        script.run_to_deadline();
        script.drain();
        script.they_close();
        assert!(script.take().pop().unwrap().starts_with("scheduled"));
    }
    script.manager.handle_wake(script.now);
    assert_eq!(script.take().pop().as_deref(), Some("open"));
    script.they_close();
    assert!(script.take().pop().unwrap().starts_with("scheduled"));
}

#[test]
fn connect_requests_a_delayed_namespace_on_an_open_connection_at_once() {
    let (mut script, _) = Script::connected("/");
    let socket = script.connect("/b");
    script.drain();
    script.after(20_000);
    script.drain();
    script.after(200);
    script.manager.connect(socket, script.now);
    script.expect(["> 40/b,"]);
    script.they_send("2");
    script.drain();
    script.after(20_000);
    script.drain();
    script.after(200);
    script.manager.handle_wake(script.now);
    script.expect(["> 40/b,"]);
}

#[test]
fn events_of_a_handler_are_sent_before_its_calls_take_effect() {
    type Deed = fn(&mut Script, socketio_proto::manager::SocketId);
    let deeds: [(Deed, &[&str]); 3] = [
        (
            |script, socket| script.manager.disconnect(socket, script.now),
            &["> 41", "disconnected: io client disconnect"],
        ),
        (
            |script, socket| script.manager.remove(socket, script.now),
            &["> 41", "disconnected: io client disconnect"],
        ),
        (
            |script, _| script.manager.close(),
            &["disconnected: forced close"],
        ),
    ];
    for (deed, ends) in deeds {
        let mut script = Script::new(Config::default());
        let socket = script.connect("/");
        script.emit(socket, "early", Default::default()).unwrap();
        script.drain();
        script.they_send(OPEN);
        script.drain();
        script.they_send(r#"40{"sid":"s"}"#);
        assert_eq!(script.take_one().as_deref(), Some("connected s"));
        let plain = Default::default();
        let volatile = socketio_proto::manager::EmitOptions {
            volatile: true,
            ..plain
        };
        for options in [plain, volatile] {
            let emitted = script.emit(socket, "hi", options).unwrap();
            assert_eq!(emitted.outcome, socketio_proto::manager::Outcome::Sent);
        }
        deed(&mut script, socket);
        let lines = script.take();
        let sent = [
            r#"> 42["early","x"]"#,
            r#"> 42["hi","x"]"#,
            r#"> 42["hi","x"]"#,
        ];
        let expected: Vec<&str> = sent.into_iter().chain(ends.iter().copied()).collect();
        assert_eq!(lines[..expected.len()], expected, "{lines:?}");
    }
}
