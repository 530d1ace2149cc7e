use std::time::Duration;

use socketio_proto::manager::{Config, ConnectionState};

use crate::script::{OPEN, Script};

#[test]
fn c22_the_first_connect_is_retried_like_later_ones() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    script.expect(["open"]);
    for attempt in 1..=5 {
        script.they_close();
        let mut expected = script.take();
        assert_eq!(expected.pop(), Some(format!("scheduled {attempt}")));
        script.run_to_deadline();
        let [first, second] = &script.take()[..] else {
            panic!("an attempt")
        };
        assert_eq!(
            (&**first, &**second),
            (&*format!("attempt {attempt}"), "open")
        );
    }
    script.they_send(OPEN);
    script.expect(["opened", "reconnected 5", "> 40"]);
    assert_eq!(script.manager.attempt(), 0);
}

#[test]
fn b5_after_the_last_attempt_it_stays_closed() {
    let mut script = Script::new(Config {
        reconnection_attempts: Some(2),
        ..Config::default()
    });
    let socket = script.connect("/");
    script.drain();
    for _ in 0..2 {
        script.they_close();
        script.drain();
        script.run_to_deadline();
        script.drain();
    }
    script.they_close();
    script.expect([
        "reconnect error: the transport failed…",
        "connect error: the transport failed…",
        "reconnect failed",
    ]);
    assert_eq!(script.manager.poll_timeout(), None);
    assert!(!script.manager.is_active(socket));
    // The user may start over, with all attempts again.
    script.manager.connect(socket, script.now);
    script.expect(["open"]);
    script.they_close();
    script.expect(["connect error: the transport failed…", "scheduled 1"]);
}

#[test]
fn b4_without_reconnection_it_stays_closed() {
    let mut script = Script::new(Config {
        reconnection: false,
        ..Config::default()
    });
    let socket = script.connect("/");
    script.drain();
    script.they_send(OPEN);
    script.they_send_after_drain(r#"40{"sid":"a"}"#);
    script.they_close();
    script.expect([
        "closed: transport close",
        "disconnected: transport close (closed with code 1006)",
    ]);
    assert_eq!(script.manager.state(), ConnectionState::Closed);
    assert!(!script.manager.is_active(socket));
}

#[test]
fn w4_connect_during_the_back_off_retries_now() {
    let (mut script, socket) = Script::connected("/");
    script.they_close();
    script.drain();
    assert!(matches!(
        script.manager.state(),
        ConnectionState::Reconnecting { .. }
    ));
    script.manager.connect(socket, script.now);
    script.expect(["attempt 1", "open"]);
    // And while it opens, nothing is opened twice.
    script.manager.connect(socket, script.now);
    script.expect([]);
}

#[test]
fn g7_disconnect_during_the_back_off_stops_it() {
    let (mut script, socket) = Script::connected("/");
    script.they_close();
    script.drain();
    script.manager.disconnect(socket, script.now);
    script.expect([]);
    assert_eq!(script.manager.poll_timeout(), None);
    assert_eq!(script.manager.state(), ConnectionState::Closed);
}

#[test]
fn w3_a_week_of_outage_stays_within_the_bounds() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    let week = script.now + Duration::from_secs(7 * 24 * 3600);
    let mut attempts = 0u32;
    while script.now < week {
        script.drain();
        script.they_close();
        script.drain();
        let waited = script.run_to_deadline();
        assert!(
            waited <= Duration::from_secs(5),
            "{waited:?} at attempt {attempts}"
        );
        assert!(
            attempts < 3 || waited >= Duration::from_secs(2),
            "{waited:?} at attempt {attempts}"
        );
        attempts += 1;
    }
    assert!(attempts > 100_000, "{attempts}");
    script.drain();
    script.they_send(OPEN);
    let lines = script.take();
    assert!(lines.contains(&"> 40".to_owned()), "{lines:?}");
}

#[test]
fn back_off_starts_over_once_a_namespace_stayed_connected() {
    let (mut script, _) = Script::connected("/");
    for _ in 0..10 {
        script.after(5_000);
        script.they_close();
        script.drain();
        let waited = script.run_to_deadline();
        assert!(waited < Duration::from_millis(1500), "{waited:?}");
        script.drain();
        script.they_accept("s");
    }
}

#[test]
fn a_server_that_closes_right_after_each_handshake_uses_up_the_attempts() {
    let mut script = Script::new(Config {
        reconnection_attempts: Some(3),
        randomization_factor: 0.0,
        ..Config::default()
    });
    let socket = script.connect("/");
    let mut waits = Vec::new();
    script.drain();
    loop {
        script.they_send(OPEN);
        script.drain();
        script.they_close();
        if script.take().contains(&"reconnect failed".into()) {
            break;
        }
        waits.push(script.run_to_deadline().as_secs());
        script.drain();
    }
    assert_eq!(waits, [1, 2, 4]);
    assert!(!script.manager.is_active(socket));
}

#[test]
fn a_server_that_disconnects_right_after_each_connect_is_tried_at_growing_intervals() {
    let config = Config {
        randomization_factor: 0.0,
        ..Config::default()
    };
    let mut script = Script::new(config);
    script.connect("/");
    let mut waits = Vec::new();
    for _ in 0..5 {
        script.they_accept("s");
        script.they_close();
        script.drain();
        waits.push(script.run_to_deadline().as_secs());
    }
    assert_eq!(waits, [1, 2, 4, 5, 5]);
}

#[test]
fn b5_zero_attempts_are_none_rather_than_unlimited() {
    let mut script = Script::new(Config {
        reconnection_attempts: Some(0),
        ..Config::default()
    });
    script.connect("/");
    script.drain();
    script.they_close();
    script.expect(["connect error: the transport failed…", "reconnect failed"]);
    assert_eq!(script.manager.poll_timeout(), None);
}

#[test]
fn c5_c6_c7_c8_changed_options_apply_from_the_next_attempt() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    script.drain();
    script.they_close();
    script.drain();
    script.manager.configure(|config| {
        config.reconnection_attempts = Some(3);
        config.reconnection_delay = Duration::from_millis(20);
        config.reconnection_delay_max = Duration::from_millis(50);
        config.randomization_factor = 0.0;
    });
    let waiting = script.run_to_deadline();
    assert!(waiting >= Duration::from_millis(500), "{waiting:?}");
    script.drain();
    script.they_close();
    script.drain();
    // The second delay is twice the base, the third would be four times the base and is cut to its
    // bound.
    assert_eq!(script.run_to_deadline(), Duration::from_millis(40));
    script.drain();
    script.they_close();
    script.drain();
    assert_eq!(script.run_to_deadline(), Duration::from_millis(50));
    script.drain();
    script.they_close();
    script.expect([
        "reconnect error: the transport failed…",
        "connect error: the transport failed…",
        "reconnect failed",
    ]);
}

#[test]
fn c9_a_changed_timeout_applies_from_the_next_attempt() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    script.drain();
    script
        .manager
        .configure(|config| config.timeout = Some(Duration::from_secs(3)));
    assert_eq!(script.run_to_deadline(), Duration::from_secs(20));
    script.drain();
    script.run_to_deadline();
    script.drain();
    assert_eq!(script.run_to_deadline(), Duration::from_secs(3));
    script.expect([
        "close",
        "reconnect error: no handshake in time…",
        "connect error: no handshake in time…",
        "scheduled 2",
    ]);
}
