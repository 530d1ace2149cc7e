use std::cell::RefCell;
use std::rc::Rc;

use socketio_web::{Socket, Subscription};
use wasm_bindgen_test::wasm_bindgen_test;

use super::events::{Chat, Count};
use crate::support::log::Log;
use crate::support::script::connected;

const CHAT: &str = r#"42["chat","hello"]"#;

/// Holds a subscription that its own listener, or another one, ends.
type Slot = Rc<RefCell<Option<Subscription>>>;

/// Ends the subscription in the slot while the slot is not borrowed.
fn end(slot: &Slot) {
    let subscription = slot.borrow_mut().take();
    drop(subscription);
}

/// A listener that only logs its name.
fn note(socket: Socket, log: &Log, name: &'static str) -> Subscription {
    let log = log.clone();
    socket.on(move |Chat(_)| log.push(name))
}

#[wasm_bindgen_test]
fn p1_listeners_are_called_in_the_order_of_subscribing() {
    let (_script, ws, socket) = connected();
    let log = Log::default();
    let noted = log.clone();
    let twice = move |Chat(_)| noted.push("twice");
    let _first = socket.on(twice.clone());
    let _subscriptions = ["a", "b", "c"].map(|name| note(*socket, &log, name));
    let _last = socket.on(twice);
    ws.deliver(CHAT);
    ws.deliver(r#"42["count",{"count":1}]"#);
    assert_eq!(log.take(), ["twice", "a", "b", "c", "twice"]);
}

#[wasm_bindgen_test]
fn events_are_decoded_as_their_type() {
    let (_script, ws, socket) = connected();
    let log = Log::default();
    let received = log.clone();
    let _count = socket.on(move |count: Count| received.push(format!("{count:?}")));
    ws.deliver(r#"42["count",{"count":7,"sid":"unknown fields are ignored"}]"#);
    assert_eq!(log.take(), ["Count { count: 7 }"]);
}

/// Short, long and very long texts are copied into WebAssembly memory in different ways.
#[wasm_bindgen_test]
fn text_of_any_length_and_script_arrives_complete() {
    let (_script, ws, socket) = connected();
    let log = Log::default();
    let received = log.clone();
    let _chat = socket.on(move |Chat(text)| received.push(text));
    for piece in ["a", "é", "种", "🌳", "a种🌳é"] {
        for times in [1, 40, 130, 240, 260, 3_000, 90_000] {
            let text = piece.repeat(times);
            ws.deliver(&["42[\"chat\",\"", &text, "\"]"].concat());
            assert!(log.take() == [text], "{times} of {piece}");
        }
    }
}

#[wasm_bindgen_test]
fn a_message_is_read_by_name_argument_by_argument() {
    let (_script, ws, socket) = connected();
    let log = Log::default();
    let received = log.clone();
    let _any = socket.on_named("mixed", move |message| {
        received.push(message.name());
        received.push(message.arg::<u8>(0).unwrap());
        received.push(message.arg::<&str>(1).unwrap());
        received.push(format!("{:?}", message.arg::<Option<u8>>(9)));
        received.push(message.arg::<u8>(1).is_err());
        received.push(format!("{:?}", message.args::<(u8, String)>().unwrap()));
    });
    ws.deliver(r#"42["mixed",1,"two"]"#);
    assert_eq!(
        log.take(),
        ["mixed", "1", "two", "Ok(None)", "true", r#"(1, "two")"#]
    );
}

#[wasm_bindgen_test]
fn f9_catch_alls_come_first() {
    let (_script, ws, socket) = connected();
    let log = Log::default();
    let _named = note(*socket, &log, "named");
    let received = log.clone();
    let _any = socket.on_any(move |message| received.push(format!("any {}", message.name())));
    ws.deliver(CHAT);
    ws.deliver(r#"42["unnamed"]"#);
    assert_eq!(log.take(), ["any chat", "named", "any unnamed"]);
}

#[wasm_bindgen_test]
fn p2_once_is_called_once() {
    let (_script, ws, socket) = connected();
    let log = Log::default();
    let received = log.clone();
    let _once = socket.once(move |Chat(text)| received.push(format!("once {text}")));
    let _each = note(*socket, &log, "each");
    ws.deliver(CHAT);
    ws.deliver(CHAT);
    assert_eq!(log.take(), ["once hello", "each", "each"]);
}

#[wasm_bindgen_test]
fn p5_listeners_are_counted_by_name() {
    let (_script, ws, socket) = connected();
    assert_eq!(socket.listeners("chat"), 0);
    let stays = socket.on(|Chat(_)| ());
    let log = Log::default();
    let (noted, listened) = (log.clone(), *socket);
    let _once = socket.once(move |Chat(_)| noted.push(listened.listeners("chat")));
    let _others = (socket.on_any(|_| ()), socket.on_named("other", |_| ()));
    assert_eq!(socket.listeners("chat"), 2);
    ws.deliver(CHAT);
    assert_eq!(
        log.take(),
        ["1"],
        "the listener that was called once is removed"
    );
    assert_eq!(socket.listeners("chat"), 1);
    drop(stays);
    assert_eq!(socket.listeners("chat"), 0);
}

#[wasm_bindgen_test]
fn p6_any_name_is_a_name() {
    let (_script, ws, socket) = connected();
    let log = Log::default();
    let names = ["__proto__", "constructor", "", "果园"];
    let _all = names.map(|name| {
        let log = log.clone();
        socket.on_named(name, move |message| log.push(message.name()))
    });
    for name in names {
        ws.deliver(&format!(r#"42["{name}"]"#));
    }
    assert_eq!(log.take(), names);
}

#[wasm_bindgen_test]
fn a_dropped_subscription_ends_and_a_forgotten_one_stays() {
    let (_script, ws, socket) = connected();
    let log = Log::default();
    let dropped = note(*socket, &log, "dropped");
    note(*socket, &log, "forgotten").forget();
    ws.deliver(CHAT);
    drop(dropped);
    ws.deliver(CHAT);
    assert_eq!(log.take(), ["dropped", "forgotten", "forgotten"]);
}

#[wasm_bindgen_test]
fn p4_a_listener_that_is_removed_before_its_turn_is_not_called() {
    let (_script, ws, socket) = connected();
    let (log, second) = (Log::default(), Slot::default());
    let (received, slot) = (log.clone(), Rc::clone(&second));
    let _first = socket.on(move |Chat(_)| {
        received.push("first");
        end(&slot);
    });
    *second.borrow_mut() = Some(note(*socket, &log, "second"));
    let _third = note(*socket, &log, "third");
    ws.deliver(CHAT);
    ws.deliver(CHAT);
    assert_eq!(log.take(), ["first", "third", "first", "third"]);
}

#[wasm_bindgen_test]
fn a_listener_may_remove_itself() {
    let (_script, ws, socket) = connected();
    let (log, own) = (Log::default(), Slot::default());
    let (received, slot) = (log.clone(), Rc::clone(&own));
    let first = socket.on(move |Chat(_)| {
        end(&slot);
        received.push("first");
    });
    *own.borrow_mut() = Some(first);
    let _second = note(*socket, &log, "second");
    ws.deliver(CHAT);
    ws.deliver(CHAT);
    assert_eq!(log.take(), ["first", "second", "second"]);
    assert_eq!(Rc::strong_count(&own), 1, "what it held is dropped");
}

#[wasm_bindgen_test]
fn a_listener_added_during_an_event_receives_the_next_one() {
    let (_script, ws, socket) = connected();
    let log = Log::default();
    let (received, handle, mut added) = (log.clone(), *socket, Vec::new());
    let _first = socket.on(move |Chat(_)| {
        received.push("first");
        if added.is_empty() {
            added.push(note(handle, &received, "added"));
        }
    });
    ws.deliver(CHAT);
    assert_eq!(log.take(), ["first"]);
    ws.deliver(CHAT);
    assert_eq!(log.take(), ["first", "added"]);
}

#[wasm_bindgen_test]
fn events_of_a_listener_are_sent_after_it_and_in_order() {
    let (_script, ws, socket) = connected();
    let log = Log::default();
    let ws = Rc::new(ws);
    let (received, handle, during) = (log.clone(), *socket, Rc::clone(&ws));
    let _first = socket.on(move |Chat(_)| {
        for name in ["a", "b"] {
            received.push(format!("{:?}", handle.emit_named(name, &1).unwrap()));
        }
        received.push(format!("{:?}", during.sent()));
    });
    ws.deliver(CHAT);
    assert_eq!(log.take(), ["Sent", "Sent", "[]"]);
    assert_eq!(ws.sent(), [r#"42["a",1]"#, r#"42["b",1]"#]);
}

#[wasm_bindgen_test]
fn a_listener_may_disconnect() {
    let (script, ws, socket) = connected();
    let log = super::connecting::listen(*socket);
    let (received, handle) = (log.clone(), *socket);
    let _first = socket.on(move |Chat(_)| {
        handle.disconnect();
        received.push(format!("first, connected: {}", handle.is_connected()));
    });
    let _second = note(*socket, &log, "second");
    ws.deliver(CHAT);
    assert_eq!(
        log.take(),
        [
            "first, connected: false",
            "second",
            "disconnected",
            "on_disconnect: io client disconnect"
        ]
    );
    assert_eq!(ws.sent(), ["41"]);
    assert!(ws.is_closed());
    assert_eq!(script.handlers(), 0.0);
}

#[wasm_bindgen_test]
fn a_listener_of_the_disconnect_may_connect_again() {
    let (script, ws, socket) = connected();
    let handle = *socket;
    let _again = socket.on_disconnect(move |_| {
        handle.connect();
    });
    let log = super::connecting::listen(*socket);
    ws.deliver("41");
    assert_eq!(
        log.take(),
        [
            "disconnected",
            "on_disconnect: io server disconnect",
            "connecting"
        ]
    );
    script.last().accept("s2");
    assert_eq!(socket.id().as_deref(), Some("s2"));
}

#[wasm_bindgen_test]
fn a_listener_of_the_status_may_remove_its_socket_and_the_next_one_is_still_called() {
    let script = crate::support::script::Script::install();
    let address = crate::support::script::address();
    let [a, b] = ["a", "b"].map(|name| {
        let builder = Socket::builder(&address).namespace(name);
        crate::support::owned::Owned(builder.connect().unwrap())
    });
    let handle = *a;
    a.on_status(move |_| handle.remove()).forget();
    let log = super::connecting::listen(*b);
    script.last().drop();
    assert_eq!(log.take()[0], "waiting 1");
    assert_eq!(a.namespace(), None);
}

#[wasm_bindgen_test]
fn a_listener_may_remove_its_own_socket() {
    let (script, ws, socket) = connected();
    let log = Log::default();
    let (received, handle) = (log.clone(), *socket);
    let first = socket.on(move |Chat(_)| {
        handle.remove();
        received.push("first");
    });
    let _second = note(*socket, &log, "second");
    ws.deliver(CHAT);
    assert_eq!(log.take(), ["first"]);
    assert_eq!(ws.sent(), ["41"]);
    assert!(ws.is_closed());
    assert_eq!(script.handlers(), 0.0);
    drop(first);
}

#[wasm_bindgen_test]
fn a_listener_that_can_t_decode_does_not_stop_the_others() {
    let (_script, ws, socket) = connected();
    let log = Log::default();
    let received = log.clone();
    let _bad = socket.on(move |Count { count }| received.push(count));
    let received = log.clone();
    let _decoding = socket.try_on(move |count: Result<Count, _>| {
        let error = count.expect_err("it is text").to_string();
        assert!(!error.is_empty());
        received.push("error");
    });
    let received = log.clone();
    let _other = socket.on_named("count", move |message| {
        received.push(message.arg::<String>(0).unwrap());
    });
    ws.deliver(r#"42["count","many"]"#);
    assert_eq!(log.take(), ["error", "many"]);
    ws.deliver("2");
    assert_eq!(ws.sent(), ["3"], "and the connection stays");
}

/// Uses the socket when it is dropped.
struct Touchy(Socket, Log);

impl Drop for Touchy {
    fn drop(&mut self) {
        let _ = self.0.emit_named("dropped", &());
        self.0.on_connect(|| ()).forget();
        self.1.push("dropped");
    }
}

#[wasm_bindgen_test]
fn values_of_a_listener_are_dropped_with_nothing_borrowed() {
    let (_script, ws, socket) = connected();
    let log = Log::default();
    let touchy = || Touchy(*socket, log.clone());

    let held = touchy();
    drop(socket.on(move |Chat(_)| _ = &held));
    assert_eq!(log.take(), ["dropped"], "with its subscription");

    let held = touchy();
    let once = socket.once(move |Chat(_)| drop(held));
    ws.deliver(CHAT);
    assert_eq!(log.take(), ["dropped"], "after its call");
    drop(once);

    let (held, slot) = (touchy(), Slot::default());
    let own = Rc::clone(&slot);
    let subscription = socket.on(move |Chat(_)| {
        _ = &held;
        end(&own);
    });
    *slot.borrow_mut() = Some(subscription);
    ws.deliver(CHAT);
    assert_eq!(log.take(), ["dropped"], "within a dispatch");

    let held = touchy();
    socket.on_status(move |_| _ = &held).forget();
    let held = touchy();
    socket.on_any(move |_| _ = &held).forget();
    socket.remove();
    assert_eq!(log.take(), ["dropped", "dropped"], "with the socket");

    let held = touchy();
    drop(socket.on(move |Chat(_)| _ = &held));
    assert_eq!(log.take(), ["dropped"], "of a removed socket");
}
