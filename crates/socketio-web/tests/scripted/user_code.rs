//! User code that throws, panics or calls into the client affects only that call, wherever it runs
//! (C26, P7).

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use js_sys::Function;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use socketio_web::{
    AckError, Auth, ConnectError, HeadStart, HeadStartEvent, Outcome, Socket, Status, Subscription,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use super::connecting::listen;
use super::events::Chat;
use crate::support::clock::pass;
use crate::support::log::Log;
use crate::support::owned::Owned;
use crate::support::reported::Reported;
use crate::support::script::{HANDSHAKE, Script, Ws, address, connected, connected_with};
use crate::support::wait::until;
use crate::times;

const CHAT: &str = r#"42["chat","x"]"#;

/// How a call of user code fails.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// A JavaScript exception, thrown by a function that it calls.
    Throws,
    /// A panic: a trap, in WebAssembly.
    Panics,
}

const FAULTS: [Fault; 2] = [Fault::Throws, Fault::Panics];

impl Fault {
    fn happen(self) {
        match self {
            Self::Throws => throw(),
            Self::Panics => panic!("a panic of the test's"),
        }
    }

    /// Asserts that this many of these faults were reported.
    fn assert_reported(self, reported: &Reported, count: usize) {
        let messages = reported.take();
        let what = match self {
            Self::Throws => "thrown",
            Self::Panics => "unreachable",
        };
        assert_eq!(messages.len(), count, "{self:?}: {messages:?}");
        assert!(
            messages.iter().all(|message| message.contains(what)),
            "{self:?}: {messages:?}"
        );
    }
}

/// Throws as a binding does that does not catch exceptions of its function.
fn throw() {
    wasm_bindgen::throw_str("thrown");
}

/// Asserts that the connection works: it receives, answers heartbeats, sends, and notices when it
/// is lost.
fn assert_lives(script: &Script, ws: &Ws, socket: Socket) {
    ws.sent();
    let log = Log::default();
    let noted = log.clone();
    let _chat = socket.on(move |Chat(text)| noted.push(text));
    ws.deliver(r#"42["chat","lives"]"#);
    assert_eq!(log.take(), ["lives"]);
    ws.deliver("2");
    assert_eq!(ws.sent(), ["3"]);
    assert_eq!(socket.emit_named("e", &1).unwrap(), Outcome::Sent);
    assert_eq!(ws.sent(), [r#"42["e",1]"#]);
    let count = script.count();
    ws.drop();
    assert!(matches!(
        socket.status(),
        Status::Reconnecting { attempt: 1, .. }
    ));
    // A later `connect` does not count as a program's reaction to the failure.
    pass(Duration::from_secs(1));
    socket.connect();
    assert_eq!(script.count(), count + 1);
    script.last().accept("again");
    assert!(socket.is_connected());
}

#[wasm_bindgen_test]
async fn c26_p7_a_listener_that_throws_or_panics_fails_that_call_only() {
    for fault in FAULTS {
        let reported = Reported::watch();
        let delay = Duration::from_millis(1);
        let (script, ws, socket) = connected_with(|builder| builder.reconnection_delay(delay));
        let log = Log::default();
        let (first, second) = (log.clone(), log.clone());
        let _bad = socket.on_named("bad", move |_| {
            first.push("bad");
            fault.happen();
        });
        let _chat = socket.on(move |Chat(text)| second.push(text));
        ws.deliver(r#"42["bad"]"#);
        fault.assert_reported(&reported, 1);
        ws.deliver(CHAT);
        ws.deliver("2");
        assert_eq!(ws.sent(), ["3"]);
        ws.deliver(r#"42["bad"]"#);
        assert_eq!(log.take(), ["bad", "x", "bad"]);
        fault.assert_reported(&reported, 1);
        ws.drop();
        // The client reconnects by its own timer.
        script.made(2).await.accept("s2");
        assert!(socket.is_connected());
    }
}

/// Adds a listener that logs its name, and then fails if it has a fault.
type Listen = fn(Socket, Rc<dyn Fn()>) -> Subscription;

#[wasm_bindgen_test]
fn c26_for_every_kind_of_listener_the_others_are_called_and_it_is_called_next_time() {
    let kinds: [(&str, Listen); 9] = [
        ("on", |socket, f| socket.on(move |Chat(_)| f())),
        ("try_on", |socket, f| socket.try_on::<Chat>(move |_| f())),
        ("on_named", |socket, f| {
            socket.on_named("chat", move |_| f())
        }),
        ("on_any", |socket, f| socket.on_any(move |_| f())),
        ("on_any_outgoing", |socket, f| {
            socket.on_any_outgoing(move |_| f())
        }),
        ("on_connect", |socket, f| socket.on_connect(move || f())),
        ("on_disconnect", |socket, f| {
            socket.on_disconnect(move |_| f())
        }),
        ("on_connection", |socket, f| {
            socket.on_connection(move |_| f())
        }),
        ("on_status", |socket, f| socket.on_status(move |_| f())),
    ];
    for fault in FAULTS {
        for (name, kind) in kinds {
            let reported = Reported::watch();
            let (script, ws, socket) = connected();
            let calls = Log::default();
            let add = |is_bad: bool| {
                let calls = calls.clone();
                let call = move || {
                    calls.push(if is_bad { "bad" } else { "good" });
                    if is_bad {
                        fault.happen();
                    }
                };
                kind(*socket, Rc::new(call))
            };
            let _listeners = [true, false, true, false].map(add);
            let all = ["bad", "good", "bad", "good"];
            let happen = || {
                script.last().deliver(CHAT);
                socket.emit_named("out", &1).unwrap();
                script.last().drop();
                pass(Duration::from_secs(1));
                socket.connect();
                script.last().accept("next");
            };
            happen();
            let first = calls.take();
            assert!(!first.is_empty(), "{name}");
            for calls_of_event in first.chunks(4) {
                assert_eq!(calls_of_event, all, "{fault:?} in {name}");
            }
            fault.assert_reported(&reported, first.len() / 2);
            happen();
            assert_eq!(calls.take().len(), first.len(), "{fault:?} in {name}");
            assert_lives(&script, &script.last(), *socket);
            drop(ws);
        }
    }
}

#[wasm_bindgen_test]
fn an_on_connect_error_that_throws_does_not_stop_the_retries() {
    for fault in FAULTS {
        let reported = Reported::watch();
        let script = Script::install();
        let socket = Owned(Socket::builder(&address()).build().unwrap());
        let log = Log::default();
        let noted = log.clone();
        socket.on_connect_error(move |_| fault.happen()).forget();
        socket
            .on_connect_error(move |error| {
                noted.push(matches!(error, ConnectError::Closed(_)));
            })
            .forget();
        socket.connect();
        script.last().drop();
        assert_eq!(log.take(), ["true"]);
        fault.assert_reported(&reported, 1);
        assert!(socket.is_active());
        socket.connect();
        script.last().accept("s1");
        assert_lives(&script, &script.last(), *socket);
    }
}

#[wasm_bindgen_test]
fn a_once_listener_that_throws_is_still_called_once() {
    for fault in FAULTS {
        let reported = Reported::watch();
        let (script, ws, socket) = connected();
        let log = Log::default();
        let (first, second) = (log.clone(), log.clone());
        let _once = socket.once(move |Chat(_)| {
            first.push("once");
            fault.happen();
        });
        let _always = socket.on(move |Chat(_)| second.push("always"));
        ws.deliver(CHAT);
        ws.deliver(CHAT);
        assert_eq!(log.take(), ["once", "always", "always"]);
        fault.assert_reported(&reported, 1);
        assert_eq!(socket.listeners("chat"), 1);
        assert_lives(&script, &ws, *socket);
    }
}

#[wasm_bindgen_test]
fn calls_of_a_listener_before_it_throws_take_effect() {
    for fault in FAULTS {
        let reported = Reported::watch();
        let (script, ws, socket) = connected();
        let other = Owned(Socket::builder(&address()).build().unwrap());
        let log = Log::default();
        let (noted, handle, second) = (log.clone(), *socket, *other);
        let slot: Rc<RefCell<Option<Subscription>>> = Rc::default();
        let own = Rc::clone(&slot);
        let subscription = socket.on(move |Chat(_)| {
            handle.emit_named("answer", &1).unwrap();
            second.connect();
            drop(own.take());
            noted.push("threw");
            fault.happen();
        });
        *slot.borrow_mut() = Some(subscription);
        ws.deliver(CHAT);
        ws.deliver(CHAT);
        assert_eq!(log.take(), ["threw"], "it has ended its own listening");
        assert_eq!(ws.sent(), [r#"42["answer",1]"#]);
        assert_eq!(script.count(), 2);
        script.last().accept("s2");
        assert!(other.is_connected());
        fault.assert_reported(&reported, 1);
        assert_lives(&script, &ws, *socket);

        // A listener that removes its own socket.
        let (script, ws, socket) = connected();
        let handle = *socket;
        socket
            .on(move |Chat(_)| {
                handle.remove();
                fault.happen();
            })
            .forget();
        ws.deliver(CHAT);
        assert!(ws.is_closed() && !socket.exists());
        assert_eq!(script.handlers(), 0.0);
        fault.assert_reported(&reported, 1);
    }
}

#[wasm_bindgen_test]
fn a_listener_that_throws_within_a_listener_of_another_connection() {
    for fault in FAULTS {
        let reported = Reported::watch();
        let (script, ws, socket) = connected();
        let other = Owned(Socket::builder(&address()).connect().unwrap());
        let second = script.last();
        second.accept("other");
        let log = Log::default();
        let (before, after) = (log.clone(), log.clone());
        let handle = *other;
        other
            .on_disconnect(move |_| {
                before.push("inner");
                fault.happen();
            })
            .forget();
        socket
            .on(move |Chat(_)| {
                handle.disconnect();
                after.push("outer");
                fault.happen();
            })
            .forget();
        ws.deliver(CHAT);
        assert_eq!(log.take(), ["inner", "outer"]);
        fault.assert_reported(&reported, 2);
        assert!(second.is_closed());
        other.connect();
        let again = script.last();
        again.accept("again");
        assert_lives(&script, &again, *other);
        assert_lives(&script, &ws, *socket);
    }
}

/// The page's handler for uncaught exceptions, which calls into the client.
#[wasm_bindgen_test]
fn an_error_handler_may_call_the_client() {
    let reported = Reported::watch();
    let (script, ws, socket) = connected();
    let handle = *socket;
    let log = Log::default();
    let noted = log.clone();
    let once = Cell::new(None);
    let first = socket.on(move |Chat(_)| throw());
    once.set(Some(first));
    let closure = wasm_bindgen::closure::Closure::<dyn Fn()>::new(move || {
        handle.emit_named("report", &1).unwrap();
        drop(once.take());
        noted.push("reported");
    });
    let window = web_sys::window().unwrap();
    let handler: &Function = closure.as_ref().unchecked_ref();
    window
        .add_event_listener_with_callback("error", handler)
        .unwrap();
    ws.deliver(CHAT);
    ws.deliver(CHAT);
    window
        .remove_event_listener_with_callback("error", handler)
        .unwrap();
    assert_eq!(log.take(), ["reported"]);
    assert_eq!(ws.sent(), [r#"42["report",1]"#]);
    assert_eq!(reported.count(), 1);
    assert_lives(&script, &ws, *socket);
}

#[wasm_bindgen_test]
async fn without_report_error_an_exception_is_an_unhandled_rejection() {
    let reported = Reported::watch();
    let script = "globalThis.rejections = [];
        globalThis.realReportError = reportError;
        delete globalThis.reportError;
        globalThis.onunhandledrejection = (event) => {
            globalThis.rejections.push(event.reason.message);
            event.preventDefault();
        };";
    js_sys::eval(script).unwrap();
    let (_script, ws, socket) = connected();
    let _bad = socket.on(move |Chat(_)| throw());
    ws.deliver(CHAT);
    let rejections: js_sys::Array = js_sys::eval("rejections").unwrap().unchecked_into();
    until("it is reported", || rejections.length() == 1).await;
    let back = "globalThis.reportError = realReportError; globalThis.onunhandledrejection = null;";
    js_sys::eval(back).unwrap();
    assert_eq!(rejections.get(0).as_string().unwrap(), "thrown");
    assert_eq!(reported.count(), 0);
}

#[wasm_bindgen_test]
async fn d2_an_auth_provider_that_throws_has_failed() {
    #[derive(Clone, Copy)]
    enum When {
        Called,
        Polled,
        PolledAgain,
    }
    for fault in FAULTS {
        for when in [When::Called, When::Polled, When::PolledAgain] {
            let reported = Reported::watch();
            let script = Script::install();
            let is_bad = Rc::new(Cell::new(true));
            let bad = Rc::clone(&is_bad);
            let builder = Socket::builder(&address()).auth_with(move || {
                let is_bad = bad.get();
                let fails = move |now: bool| {
                    if is_bad && now {
                        fault.happen();
                    }
                };
                fails(matches!(when, When::Called));
                async move {
                    fails(matches!(when, When::Polled));
                    gloo_timers::future::TimeoutFuture::new(1).await;
                    fails(matches!(when, When::PolledAgain));
                    Ok(Auth::NONE)
                }
            });
            let socket = Owned(builder.build().unwrap());
            let log = listen(*socket);
            socket.connect();
            script.last().deliver(HANDSHAKE);
            until("it is refused", || {
                matches!(socket.status(), Status::Refused { .. })
            })
            .await;
            let lines = log.take();
            assert_eq!(lines.len(), 3, "{lines:?}");
            assert!(lines[2].contains("auth provider threw: "), "{lines:?}");
            fault.assert_reported(&reported, 1);
            assert!(script.last().is_closed());
            is_bad.set(false);
            socket.connect();
            let ws = script.last();
            ws.deliver(HANDSHAKE);
            until("CONNECT is sent", || ws.sent() == ["40"]).await;
            ws.deliver(r#"40{"sid":"s1"}"#);
            assert!(socket.is_connected());
        }
    }
}

/// A waker of a custom executor, which runs code when it is woken.
struct OnWake(fn());

impl Wake for OnWake {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

#[wasm_bindgen_test]
fn an_executor_that_throws_when_it_is_woken_fails_that_wake_only() {
    let wakes: [fn(); 2] = [throw, || panic!("a panic of the test's")];
    for (fault, wake) in FAULTS.into_iter().zip(wakes) {
        let reported = Reported::watch();
        let (script, ws, socket) = connected();
        let waker = Waker::from(Arc::new(OnWake(wake)));
        let mut context = Context::from_waker(&waker);

        let mut ack = Box::pin(socket.emit_named_with_ack::<_, u32>("ask", &1, None));
        assert!(ack.as_mut().poll(&mut context).is_pending());
        ws.deliver("430[7]");
        fault.assert_reported(&reported, 1);
        let answer = ack.as_mut().poll(&mut context);
        assert!(matches!(answer, Poll::Ready(Ok(7))), "{answer:?}");

        ws.set_buffered_amount(1);
        let mut drained = Box::pin(socket.drained());
        assert!(drained.as_mut().poll(&mut context).is_pending());
        ws.set_buffered_amount(0);
        drop(drained);

        ws.drop();
        let mut connected = Box::pin(socket.connected());
        assert!(connected.as_mut().poll(&mut context).is_pending());
        socket.connect();
        script.last().accept("s2");
        // Attempt, and success: it is polled only once in between.
        fault.assert_reported(&reported, 1);
        assert!(connected.as_mut().poll(&mut context).is_ready());
        drop(connected);
        assert_lives(&script, &script.last(), *socket);
        socket.remove();
    }
}

#[wasm_bindgen_test]
async fn an_executor_that_throws_when_the_browser_s_buffer_is_empty() {
    let reported = Reported::watch();
    let (script, ws, socket) = connected();
    let waker = Waker::from(Arc::new(OnWake(throw)));
    let mut context = Context::from_waker(&waker);
    ws.set_buffered_amount(1);
    let mut drained = Box::pin(socket.drained());
    assert!(drained.as_mut().poll(&mut context).is_pending());
    until("it is woken", || reported.count() == 1).await;
    ws.set_buffered_amount(0);
    assert!(drained.as_mut().poll(&mut context).is_ready());
    assert_lives(&script, &ws, *socket);
}

/// A value that fails when it is dropped.
struct Bomb(Fault, Log);

impl Drop for Bomb {
    fn drop(&mut self) {
        self.1.push("dropped");
        self.0.happen();
    }
}

#[wasm_bindgen_test]
fn values_of_a_listener_may_throw_when_they_are_dropped() {
    for fault in FAULTS {
        let reported = Reported::watch();
        let log = Log::default();
        let bomb = || Bomb(fault, log.clone());

        // Dropped by a `once` listener that has run, and by a listener that ends itself.
        let (script, ws, socket) = connected();
        let held = bomb();
        socket.once(move |Chat(_)| drop(held)).forget();
        let (held, slot) = (bomb(), Rc::new(RefCell::new(None)));
        let own = Rc::clone(&slot);
        let subscription = socket.on(move |Chat(_)| {
            _ = &held;
            drop(own.take());
        });
        *slot.borrow_mut() = Some(subscription);
        let noted = log.clone();
        socket.on(move |Chat(_)| noted.push("received")).forget();
        ws.deliver(CHAT);
        assert_eq!(log.take(), ["dropped", "dropped", "received"]);
        fault.assert_reported(&reported, 2);
        assert_lives(&script, &ws, *socket);
        log.take();

        // Dropped with the socket: each listener is dropped.
        let (script, ws, socket) = connected();
        for _ in 0..3 {
            let held = bomb();
            socket.on_any(move |_| _ = &held).forget();
        }
        socket.remove();
        assert_eq!(log.take(), ["dropped"; 3]);
        fault.assert_reported(&reported, 3);
        assert!(ws.is_closed());
        assert_eq!(script.handlers(), 0.0);

        // Dropped with the auth provider, and with its future.
        let script = Script::install();
        let held = bomb();
        let builder = Socket::builder(&address()).auth_with(move || {
            _ = &held;
            async { Ok(Auth::NONE) }
        });
        let socket = Owned(builder.connect().unwrap());
        socket.remove();
        assert_eq!(log.take(), ["dropped"]);
        fault.assert_reported(&reported, 1);
        assert_eq!(script.handlers(), 0.0);
    }
}

#[wasm_bindgen_test]
fn an_observer_of_a_head_start_may_throw() {
    for fault in FAULTS {
        let reported = Reported::watch();
        let (script, address) = (Script::install(), address());
        let log = Log::default();
        let noted = log.clone();
        let head_start = HeadStart::open(&address, "/socket.io", "/", None, move |event| {
            noted.push(matches!(event, HeadStartEvent::Packet(_)));
            fault.happen();
        });
        let head_start = head_start.unwrap();
        let ws = script.last();
        ws.accept("s1");
        ws.deliver("2");
        assert_eq!(ws.sent(), ["40", "3"]);
        assert_eq!(log.take(), ["true"]);
        fault.assert_reported(&reported, 1);
        ws.drop();
        assert_eq!(log.take(), ["false"]);
        fault.assert_reported(&reported, 1);
        assert_eq!(ws.handlers_at_close().unwrap_or_default(), 0.0);
        assert_eq!(script.handlers(), 0.0);
        drop(head_start);
    }
}

/// A value whose conversion calls into the client, and then fails.
struct Meddler {
    socket: Socket,
    fault: Option<Fault>,
}

impl Serialize for Meddler {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.socket.emit_named("inner", &1).unwrap();
        if let Some(fault) = self.fault {
            fault.happen();
        }
        serializer.serialize_str("outer")
    }
}

/// A listener's type whose conversion calls into the client; the socket can't be passed to it.
struct Reader;

thread_local! {
    static MEDDLES: Cell<Option<(Socket, Option<Fault>)>> = const { Cell::new(None) };
}

impl<'de> Deserialize<'de> for Reader {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if let Some((socket, fault)) = MEDDLES.get() {
            socket.emit_named("read", &1).unwrap();
            if let Some(fault) = fault {
                fault.happen();
            }
        }
        String::deserialize(deserializer).map(|_| Self)
    }
}

impl socketio_web::Event for Reader {
    const NAME: &'static str = "chat";
    type Ack = ();
}

#[wasm_bindgen_test]
fn calls_during_serialization_and_deserialization_take_effect() {
    let (script, ws, socket) = connected();
    let meddler = Meddler {
        socket: *socket,
        fault: None,
    };
    socket.emit_named("e", &meddler).unwrap();
    drop(socket.emit_named_with_ack::<_, ()>("e", &meddler, None));
    assert_eq!(
        ws.sent(),
        [
            r#"42["inner",1]"#,
            r#"42["e","outer"]"#,
            r#"42["inner",1]"#,
            r#"420["e","outer"]"#
        ]
    );
    let log = Log::default();
    let noted = log.clone();
    let _reader = socket.on(move |Reader| noted.push("read"));
    MEDDLES.set(Some((*socket, None)));
    ws.deliver(CHAT);
    MEDDLES.set(None);
    assert_eq!(log.take(), ["read"]);
    assert_eq!(ws.sent(), [r#"42["read",1]"#]);
    assert_lives(&script, &ws, *socket);
}

#[wasm_bindgen_test]
fn a_value_that_throws_during_serialization_or_deserialization_fails_that_call_only() {
    for fault in FAULTS {
        let reported = Reported::watch();
        let (script, ws, socket) = connected();
        let handle = *socket;
        let _bad = socket.on_named("write", move |_| {
            let fault = Some(fault);
            let meddler = Meddler {
                socket: handle,
                fault,
            };
            _ = handle.emit_named("e", &meddler);
        });
        ws.deliver(r#"42["write"]"#);
        fault.assert_reported(&reported, 1);
        assert_eq!(ws.sent(), [r#"42["inner",1]"#]);

        let log = Log::default();
        let noted = log.clone();
        let _reader = socket.on(|Reader| ());
        let _chat = socket.on(move |Chat(text)| noted.push(text));
        MEDDLES.set(Some((*socket, Some(fault))));
        ws.deliver(CHAT);
        MEDDLES.set(None);
        assert_eq!(log.take(), ["x"]);
        fault.assert_reported(&reported, 1);
        assert_lives(&script, &ws, *socket);
    }
}

#[wasm_bindgen_test]
fn the_closure_of_configure_may_call_the_client_or_throw() {
    for fault in FAULTS {
        let reported = Reported::watch();
        let (script, ws, socket) = connected();
        let handle = *socket;
        socket.configure(|config| {
            handle.emit_named("inner", &1).unwrap();
            config.reconnection_delay = Duration::from_millis(1);
        });
        assert_eq!(ws.sent(), [r#"42["inner",1]"#]);
        let _bad = socket.on(move |Chat(_)| {
            handle.configure(|config| {
                config.reconnection = false;
                fault.happen();
            });
        });
        ws.deliver(CHAT);
        fault.assert_reported(&reported, 1);
        // A change that was not completed has no effect.
        assert_lives(&script, &ws, *socket);
    }
}

/// A WebSocket of the page that calls into the client from `send`, and one that throws there.
#[wasm_bindgen_test]
fn a_transport_may_answer_before_send_returns() {
    let reported = Reported::watch();
    let (script, ws, socket) = connected();
    let log = Log::default();
    let (noted, handle) = (log.clone(), *socket);
    let _chat = socket.on(move |Chat(text)| {
        noted.push(&text);
        // Again, within a dispatch.
        if text == "one" {
            handle.emit_named("two", &2).unwrap();
        }
    });
    ws.on_send(
        "(ws, data) => {
            if (data === '42[\"one\",1]') ws.deliver('42[\"chat\",\"one\"]');
            if (data === '42[\"two\",2]') ws.deliver('42[\"chat\",\"two\"]');
            if (data === '42[\"three\",3]') throw new Error('not sent');
        }",
    );
    socket.emit_named("one", &1).unwrap();
    assert_eq!(log.take(), ["one", "two"]);
    socket.emit_named("three", &3).unwrap();
    ws.on_send("null");
    assert!(reported.take().is_empty());
    assert_lives(&script, &ws, *socket);
}

#[wasm_bindgen_test]
fn a_wait_for_an_acknowledgement_ends_even_if_the_waker_throws() {
    let reported = Reported::watch();
    let (_script, ws, socket) = connected();
    let waker = Waker::from(Arc::new(OnWake(throw)));
    let mut context = Context::from_waker(&waker);
    let mut waits: Vec<_> = (0..3)
        .map(|_| Box::pin(socket.emit_named_with_ack::<_, u32>("ask", &1, None)))
        .collect();
    for wait in &mut waits {
        assert!(wait.as_mut().poll(&mut context).is_pending());
    }
    ws.drop();
    assert_eq!(reported.count(), 3, "each is woken");
    for wait in &mut waits {
        let ended = Pin::as_mut(wait).poll(&mut context);
        assert!(matches!(ended, Poll::Ready(Err(AckError::Disconnected))));
    }
}

/// All tests run again with this feature.
#[cfg(feature = "__faults")]
#[wasm_bindgen_test]
fn every_tenth_call_of_a_listener_throws() {
    let watch = "globalThis.tenths = 0;
        addEventListener('error', (event) => {
            globalThis.tenths += String(event.error?.message).startsWith('every tenth');
            event.preventDefault();
        });";
    js_sys::eval(watch).unwrap();
    let (_script, ws, socket) = connected();
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    let _chat = socket.on(move |Chat(_)| counted.set(counted.get() + 1));
    for _ in 0..100 {
        ws.deliver(CHAT);
    }
    assert_eq!(count.get(), 100);
    assert_eq!(js_sys::eval("tenths").unwrap(), 10);
}

/// Returns the address of the next frame on WebAssembly's shadow stack.
#[inline(never)]
fn stack() -> usize {
    let local = std::hint::black_box(0_u8);
    std::ptr::from_ref(std::hint::black_box(&local)) as usize
}

const THROWS: usize = times(100_000);

#[wasm_bindgen_test]
fn a_hundred_thousand_exceptions_leave_the_stack_pointer_unchanged() {
    let reported = Reported::watch_many();
    let (script, ws, socket) = connected();
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    let bad = socket.on(move |Chat(_)| {
        counted.set(counted.get() + 1);
        throw();
    });
    let before = stack();
    for _ in 0..THROWS {
        ws.deliver(CHAT);
    }
    assert_eq!(stack(), before);
    assert_eq!(count.get(), THROWS);
    assert_eq!(reported.count() as usize, THROWS);
    drop(bad);
    assert_lives(&script, &ws, *socket);
}

#[wasm_bindgen_test]
fn a_hundred_thousand_exceptions_for_one_event_leave_the_stack_pointer_unchanged() {
    let reported = Reported::watch_many();
    let (script, ws, socket) = connected();
    let places: Rc<Cell<[usize; 2]>> = Rc::default();
    let look = |index: usize| {
        let places = Rc::clone(&places);
        socket.on(move |Chat(_)| {
            let mut found = places.get();
            found[index] = stack();
            places.set(found);
        })
    };
    let first = look(0);
    let bad: Vec<_> = (0..THROWS).map(|_| socket.on(|Chat(_)| throw())).collect();
    let last = look(1);
    ws.deliver(CHAT);
    let [at_first, at_last] = places.get();
    assert_eq!(reported.count() as usize, THROWS);
    assert!(at_first > 0 && at_first == at_last, "{at_first} {at_last}");
    socket.remove();
    drop((first, bad, last));
    let again = Owned(Socket::builder(&address()).connect().unwrap());
    script.last().accept("s2");
    assert_lives(&script, &script.last(), *again);
}

/// The engine's stack overflows in user code, or in a function that it calls.
#[wasm_bindgen_test]
fn a_listener_that_recurses_without_end_fails_that_call_only() {
    #[inline(never)]
    fn deeper(count: &Cell<u64>) -> u64 {
        count.set(count.get() + 1);
        match count.get() {
            u64::MAX => 0,
            _ => std::hint::black_box(deeper(std::hint::black_box(count))) + count.get(),
        }
    }
    let reported = Reported::watch();
    let (script, ws, socket) = connected();
    let _bad = socket.on(move |Chat(_)| {
        std::hint::black_box(deeper(&Cell::new(0)));
    });
    ws.deliver(CHAT);
    let messages = reported.take();
    assert_eq!(messages.len(), 1, "{messages:?}");
    ws.deliver(CHAT);
    assert_eq!(reported.take(), messages);
    assert_lives(&script, &ws, *socket);
}

#[wasm_bindgen_test]
fn thrown_values_are_dropped() {
    let _reported = Reported::watch();
    let (_script, ws, socket) = connected();
    let _bad = socket.on(|Chat(_)| throw());
    let happen = |times: usize| (0..times).for_each(|_| ws.deliver(CHAT));
    happen(10);
    let before = wasm_bindgen::externref_heap_live_count();
    happen(100);
    assert_eq!(wasm_bindgen::externref_heap_live_count(), before);
}
