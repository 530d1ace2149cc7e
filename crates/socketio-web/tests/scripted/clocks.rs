//! Deadlines follow the monotonic clock; a sleep of the device, during which it stops, is
//! detected by the wall clock.

use std::time::Duration;

use js_sys::Function;
use socketio_web::{Builder, Status};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use super::connecting::listen;
use super::events::Chat;
use crate::support::clock::{pass, set_wall, sleep};
use crate::support::log::Log;
use crate::support::script::{Script, connected, connected_with, disturbed};
use crate::support::wait::until;

const HOUR: f64 = 3_600_000.0;

/// Attempts follow so soon that a test can wait for them.
fn soon(builder: Builder) -> Builder {
    builder.reconnection_delay(Duration::from_millis(1))
}

/// Delivers an external event that changes nothing.
fn look(script: &Script) {
    script.last().deliver("6");
}

/// These tests run again with a wall clock that is set all the time.
#[wasm_bindgen_test]
fn the_wall_clock_is_disturbed_on_request() {
    Script::install();
    let looks: Vec<f64> = (0..8).map(|_| js_sys::Date::now()).collect();
    let jumps = looks.windows(2).any(|two| two[1] < two[0]);
    assert_eq!(jumps, disturbed(), "{looks:?}");
}

#[wasm_bindgen_test]
fn a_wall_clock_that_is_set_ends_nothing() {
    let (script, ws, socket) = connected();
    let log = Log::default();
    let noted = log.clone();
    socket
        .on_status(move |status| noted.push(format!("{status:?}")))
        .forget();
    // Back, and ahead again by less than a heartbeat.
    for _ in 0..3 {
        set_wall(-HOUR);
        look(&script);
        set_wall(10_000.0);
        look(&script);
        ws.deliver("2");
    }
    assert!(log.take().is_empty());
    assert!(ws.sent().contains(&"3".to_owned()));
}

#[wasm_bindgen_test]
async fn a_lost_connection_is_retried_after_its_delay_whatever_the_clocks_show() {
    let jumps: [fn(); 3] = [
        || sleep(Duration::from_secs(60)),
        || pass(Duration::from_secs(60)),
        || set_wall(-HOUR),
    ];
    for (index, jump) in jumps.into_iter().enumerate() {
        let (script, ws, socket) = connected_with(soon);
        // The timer of the heartbeat is set: it fires 45 s from now.
        jump();
        _ = socket.emit_named("x", &1);
        if index == 2 {
            assert!(socket.is_connected(), "time has stood still");
            ws.drop();
        }
        assert!(
            matches!(socket.status(), Status::Reconnecting { attempt: 1, .. }),
            "way {index}"
        );
        script.made(2).await.accept("s2");
        assert!(socket.is_connected());
    }
}

#[wasm_bindgen_test]
fn a_sleep_longer_than_the_heartbeat_ends_all_connections() {
    let (_script, ws, socket) = connected();
    let (_script, other_ws, other) = connected();
    let (log, other_log) = (listen(*socket), listen(*other));
    sleep(Duration::from_secs(30));
    ws.deliver("6");
    assert!(
        socket.is_connected() && other.is_connected(),
        "it has slept for less than a heartbeat"
    );
    sleep(Duration::from_secs(30));
    // The first external event detects the sleep for all connections.
    ws.deliver("6");
    for log in [log, other_log] {
        let lines = log.take();
        assert_eq!(lines, ["waiting 1", "on_disconnect: ping timeout"]);
    }
    assert!(ws.is_closed() && other_ws.is_closed());
}

#[wasm_bindgen_test]
fn a_heartbeat_after_a_short_sleep_restarts_its_time_limit() {
    let (_script, ws, socket) = connected();
    for _ in 0..5 {
        sleep(Duration::from_secs(30));
        ws.deliver("2");
    }
    assert!(socket.is_connected());
}

/// An acknowledgement waits for 13 s; the timer that is set is that of the heartbeat, in 45 s.
#[wasm_bindgen_test]
async fn an_acknowledgement_keeps_its_timeout_after_a_clock_jump() {
    let (script, _ws, socket) = connected();
    let answer = socket.emit_named_with_ack::<_, ()>("ask", &1, Some(Duration::from_secs(13)));
    let end = Log::default();
    let noted = end.clone();
    wasm_bindgen_futures::spawn_local(async move {
        noted.push(answer.await.unwrap_err());
    });
    sleep(Duration::from_secs(10));
    look(&script);
    pass(Duration::from_secs(12));
    look(&script);
    gloo_timers::future::TimeoutFuture::new(0).await;
    assert_eq!(end.len(), 0, "what was slept through is no time to wait in");
    // No timer of the browser has moved: this one is late by then, and is set again.
    pass(Duration::from_secs(3));
    look(&script);
    until("the wait ends", || end.len() == 1).await;
    assert_eq!(end.take(), ["no acknowledgement in time"]);
    assert!(socket.is_connected());
}

#[wasm_bindgen_test]
fn a_page_without_a_monotonic_clock_uses_the_wall_clock() {
    js_sys::eval("globalThis.steadyOne = performance; delete globalThis.performance").unwrap();
    let removed = js_sys::eval("typeof performance").unwrap();
    let (script, ws, socket) = connected();
    let _chat = socket.on(|Chat(_)| ());
    look(&script);
    set_wall(60_000.0);
    _ = socket.emit_named("x", &1);
    let is_closed = ws.is_closed();
    js_sys::eval("globalThis.performance = steadyOne").unwrap();
    assert_eq!(removed, "undefined");
    assert!(is_closed, "the heartbeat is overdue");
}

#[wasm_bindgen_test]
async fn a_monotonic_clock_that_returns_no_number_is_replaced_by_the_wall_clock() {
    // A delay of zero would end even on a clock that stops.
    let (script, ws, socket) = connected_with(|builder| {
        let delay = Duration::from_millis(20);
        builder.reconnection_delay(delay).randomization_factor(0.0)
    });
    // As in a browser that hides the time.
    let script_of_clock = "(() => {
        const real = performance.now;
        performance.now = () => NaN;
        return () => { performance.now = real; };
    })()";
    let restore: Function = js_sys::eval(script_of_clock).unwrap().unchecked_into();
    ws.drop();
    until("it is tried again", || script.count() == 2).await;
    script.last().accept("s2");
    assert!(socket.is_connected());
    restore.call0(&JsValue::NULL).unwrap();
    look(&script);
    assert!(socket.is_connected());
}
