use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use socketio_web::{Auth, Binary, ConnectionEvent, Limits, NotConnected, Socket, Status};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::clock::pass;
use crate::support::log::Log;
use crate::support::owned::Owned;
use crate::support::script::{HANDSHAKE, Script, address, connected, connected_with};
use crate::support::wait::until;

/// Awaits a future concurrently with the test, and logs its result.
fn spawn<T: 'static>(future: impl Future<Output = T> + 'static) -> Rc<RefCell<Option<T>>> {
    let end = Rc::<RefCell<Option<T>>>::default();
    let noted = Rc::clone(&end);
    wasm_bindgen_futures::spawn_local(async move {
        let ended = future.await;
        *noted.borrow_mut() = Some(ended);
    });
    end
}

fn watch(socket: Socket) -> Log {
    let log = Log::default();
    let noted = log.clone();
    let listener = move |event: &ConnectionEvent| {
        noted.push(match event {
            ConnectionEvent::Closed(reason) => format!("closed: {reason}"),
            ConnectionEvent::Measured(_) => "measured".into(),
            ConnectionEvent::ReconnectError(error) => format!("reconnect error: {error}"),
            ConnectionEvent::ReconnectScheduled { attempt, .. } => format!("scheduled {attempt}"),
            other => format!("{other:?}").to_lowercase(),
        });
    };
    socket.on_connection(listener).forget();
    log
}

#[wasm_bindgen_test]
async fn w12_connect_can_be_awaited() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).build().unwrap());
    let end = spawn(socket.connect());
    script.made(1).await.accept("s1");
    until("the future has ended", || end.borrow().is_some()).await;
    assert!(matches!(*end.borrow(), Some(Ok(()))));
    assert!(socket.connected().await.is_ok(), "it is connected already");
}

#[wasm_bindgen_test]
async fn w12_a_failed_attempt_that_is_retried_does_not_end_the_wait() {
    let script = Script::install();
    let builder = Socket::builder(&address()).reconnection_delay(Duration::from_millis(1));
    let socket = Owned(builder.connect().unwrap());
    let end = spawn(socket.connected());
    script.last().drop();
    let second = script.made(2).await;
    assert!(end.borrow().is_none());
    second.accept("s1");
    until("the future has ended", || end.borrow().is_some()).await;
    assert!(matches!(*end.borrow(), Some(Ok(()))));
}

#[wasm_bindgen_test]
async fn w12_a_final_error_ends_the_wait() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    let end = spawn(socket.connected());
    script.last().deliver(HANDSHAKE);
    script.last().deliver(r#"44{"message":"no"}"#);
    until("the future has ended", || end.borrow().is_some()).await;
    let refused = end.borrow_mut().take();
    assert!(
        matches!(refused, Some(Err(NotConnected::Failed(_)))),
        "{refused:?}"
    );
    assert!(socket.last_error().unwrap().to_string().ends_with("no"));

    let removed = Socket::builder(&address()).connect().unwrap();
    let end = spawn(removed.connected());
    until("it waits", || !script.last().is_closed()).await;
    removed.remove();
    until("the future has ended", || end.borrow().is_some()).await;
    assert!(matches!(*end.borrow(), Some(Err(NotConnected::Removed))));

    let idle = Owned(Socket::builder(&address()).build().unwrap());
    assert!(matches!(
        idle.connected().await,
        Err(NotConnected::Disconnected)
    ));
}

#[wasm_bindgen_test]
async fn the_last_error_says_how_the_last_connection_ended() {
    let last = |socket: &Socket| socket.last_error().map(|error| error.to_string());
    for (frame, message) in [
        ("41", "disconnected: io server disconnect"),
        (
            r#"41{"message":"too late"}"#,
            "disconnected: io server disconnect: too late",
        ),
    ] {
        let (script, ws, socket) = connected();
        assert_eq!(last(&socket), None);
        ws.deliver(frame);
        assert_eq!(last(&socket).as_deref(), Some(message));
        assert_eq!(socket.status(), Status::Disconnected);
        assert!(matches!(
            socket.connected().await,
            Err(NotConnected::Disconnected)
        ));
        socket.connect();
        assert_eq!(last(&socket), None);
        script.last().accept("s2");
        socket.disconnect();
        assert_eq!(last(&socket), None, "an intended end is not an error");
    }
    let (_script, ws, socket) = connected();
    ws.drop();
    let message = last(&socket).unwrap();
    assert!(
        message.starts_with("disconnected: transport error"),
        "{message}"
    );
}

#[wasm_bindgen_test]
async fn c13_c21_every_step_of_a_connection_is_reported() {
    let script = Script::install();
    let builder = Socket::builder(&address())
        .reconnection_delay(Duration::from_millis(1))
        .reconnection_attempts(1);
    let socket = Owned(builder.connect().unwrap());
    let log = watch(*socket);
    script.last().accept("s1");
    assert_eq!(log.take(), ["opened", "measured"]);
    script.last().deliver("2");
    assert_eq!(log.take(), ["ping"]);
    script.last().drop();
    let again = script.made(2).await;
    assert_eq!(
        log.take(),
        [
            "closed: transport error",
            "scheduled 1",
            "reconnectattempt(1)"
        ]
    );
    again.accept("s2");
    assert_eq!(log.take(), ["opened", "reconnected(1)", "measured"]);
    pass(Duration::from_secs(6));
    again.drop();
    script.made(3).await.drop();
    let lines = log.take();
    assert_eq!(
        lines[..3],
        [
            "closed: transport error",
            "scheduled 1",
            "reconnectattempt(1)"
        ]
    );
    assert!(lines[3].starts_with("reconnect error: "), "{lines:?}");
    assert_eq!(lines[4..], ["reconnectfailed"]);
}

#[wasm_bindgen_test]
async fn c4_reconnection_can_be_disabled_and_enabled() {
    let (script, ws, socket) = connected();
    socket.configure(|config| config.reconnection = false);
    ws.drop();
    assert_eq!(socket.status(), Status::Disconnected);
    socket.configure(|config| {
        config.reconnection = true;
        config.reconnection_delay = Duration::from_millis(1);
    });
    socket.connect();
    script.made(2).await.drop();
    script.made(3).await;
}

#[wasm_bindgen_test]
async fn c5_c6_c7_c8_delays_and_attempts_can_be_changed() {
    let (script, ws, socket) = connected();
    let delays = Rc::<RefCell<Vec<u128>>>::default();
    let noted = Rc::clone(&delays);
    let _scheduled = socket.on_connection(move |event| {
        if let ConnectionEvent::ReconnectScheduled { delay, .. } = event {
            noted.borrow_mut().push(delay.as_millis());
        }
    });
    socket.configure(|config| {
        config.reconnection_attempts = Some(3);
        config.reconnection_delay = Duration::from_millis(2);
        config.reconnection_delay_max = Duration::from_millis(5);
        config.randomization_factor = 0.0;
    });
    ws.drop();
    for made in 2..=4 {
        script.made(made).await.drop();
    }
    assert_eq!(*delays.borrow(), [2, 4, 5]);
    assert_eq!(socket.status(), Status::Disconnected, "out of attempts");
}

#[wasm_bindgen_test]
async fn c9_the_timeout_can_be_changed() {
    let (script, ws, socket) = connected();
    let log = watch(*socket);
    socket.configure(|config| {
        config.reconnection_attempts = Some(1);
        config.reconnection_delay = Duration::from_millis(1);
        config.timeout = Some(Duration::from_millis(5));
    });
    ws.drop();
    // The server does not answer.
    let second = script.made(2).await;
    until("it gives up", || log.has("reconnectfailed")).await;
    let error = "reconnect error: no handshake in time: check that the server is reachable";
    assert!(log.has(error) && second.is_closed());
}

#[wasm_bindgen_test]
fn a12_a_changed_query_is_sent_with_the_next_attempt() {
    let script = Script::install();
    let url = format!("{}/?of=url", address());
    let builder = Socket::builder(&url).query("a", "1?").query("b", "2");
    let socket = Owned(builder.connect().unwrap());
    let shares = Owned(Socket::builder(&url).namespace("/x").build().unwrap());
    let query = || {
        let url = script.last().url();
        let (endpoint, query) = url.split_once('?').unwrap();
        assert!(endpoint.ends_with(".test/socket.io/"), "{endpoint}");
        query.to_owned()
    };
    let protocol = "EIO=4&transport=websocket";
    assert_eq!(query(), format!("of=url&a=1%3F&b=2&{protocol}"));

    shares.set_query(&[("a", "?3"), ("EIO", "3")]);
    assert_eq!(script.count(), 1, "what is open stays");
    let again = || {
        script.last().drop();
        pass(Duration::from_secs(1));
        socket.connect();
    };
    again();
    assert_eq!(query(), format!("of=url&a=%3F3&{protocol}"));

    socket.set_query(&[]);
    again();
    assert_eq!(query(), format!("of=url&{protocol}"));
}

#[wasm_bindgen_test]
fn f10_outgoing_events_are_reported_when_they_are_sent() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    let log = Log::default();
    let noted = log.clone();
    let listening = socket.on_any_outgoing(move |message| {
        let number: u32 = message.arg(0).unwrap();
        noted.push(format!("{} {number}", message.name()));
    });
    socket.emit_named("early", &1).unwrap();
    assert!(log.take().is_empty());
    assert_eq!(socket.buffer(), [r#"42["early",1]"#]);
    script.last().accept("s1");
    assert_eq!(log.take(), ["early 1"]);
    assert!(socket.buffer().is_empty());
    socket.emit_named("late", &2).unwrap();
    assert_eq!(log.take(), ["late 2"]);
    drop(listening);
    socket.emit_named("unheard", &3).unwrap();
    assert!(log.take().is_empty());
}

#[wasm_bindgen_test]
fn f10_outgoing_events_are_reported_with_raised_limits() {
    let limits = Limits {
        attachments: 20,
        ..Limits::default()
    };
    let (_script, ws, socket) = connected_with(|builder| builder.limits(limits));
    let log = Log::default();
    let noted = log.clone();
    let _listening = socket.on_any_outgoing(move |message| noted.push(message.name()));
    let files = vec![Binary::from([1]); 11];
    socket.emit_named("many", &files).unwrap();
    assert_eq!(ws.sent().len(), 12);
    assert_eq!(log.take(), ["many"]);
}

#[wasm_bindgen_test]
async fn auth_is_refreshed_once_after_a_refusal() {
    let script = Script::install();
    let calls = Rc::<RefCell<Vec<bool>>>::default();
    let noted = Rc::clone(&calls);
    let builder = Socket::builder(&address()).auth_with_refresh(move |refused| {
        noted.borrow_mut().push(refused);
        async { Ok(Auth::NONE) }
    });
    let socket = Owned(builder.connect().unwrap());
    let ws = script.last();
    ws.deliver(HANDSHAKE);
    for refusals in 1..=2 {
        let mut sent = Vec::new();
        until("CONNECT is sent", || {
            sent.extend(ws.sent());
            !sent.is_empty()
        })
        .await;
        assert!(socket.is_active());
        assert_eq!(calls.borrow().len(), refusals);
        ws.deliver(r#"44{"message":"expired"}"#);
    }
    assert_eq!(*calls.borrow(), [false, true]);
    let refused = Status::Refused {
        message: "expired".into(),
    };
    assert_eq!(socket.status(), refused);
}

#[wasm_bindgen_test]
fn d1_auth_can_be_changed() {
    let (script, ws, socket) = connected_with(|builder| builder.force_new());
    let auth = std::collections::BTreeMap::from([("token", "new")]);
    socket.set_auth(&auth).unwrap();
    assert!(socket.set_auth("text").is_err());
    ws.drop();
    socket.connect();
    script.last().deliver(HANDSHAKE);
    assert_eq!(script.last().sent(), [r#"40{"token":"new"}"#]);
}

#[wasm_bindgen_test]
fn w19_round_trip_is_known_after_the_first_answer() {
    let script = Script::install();
    let socket = Owned(Socket::builder(&address()).connect().unwrap());
    assert_eq!(socket.round_trip(), None);
    script.last().accept("s1");
    assert!(socket.round_trip().is_some());
}

#[wasm_bindgen_test]
async fn w11_the_browser_s_send_buffer_can_be_awaited() {
    let (_script, ws, socket) = connected();
    socket.drained().await;
    ws.set_buffered_amount(100);
    let end = spawn(socket.drained());
    assert_eq!(socket.buffered_amount(), 100);
    // Ensures that it is polled at least once.
    let waited = spawn(gloo_timers::future::TimeoutFuture::new(30));
    until("some time has passed", || waited.borrow().is_some()).await;
    assert!(end.borrow().is_none());
    ws.set_buffered_amount(0);
    until("the future has ended", || end.borrow().is_some()).await;
}
