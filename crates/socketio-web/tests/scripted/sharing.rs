use std::time::Duration;

use socketio_web::{Builder, ConnectError, Socket, Status};
use wasm_bindgen_test::wasm_bindgen_test;

use super::connecting::listen;
use super::events::Chat;
use crate::support::log::Log;
use crate::support::owned::Owned;
use crate::support::script::{HANDSHAKE, Script, address, page_listeners};
use crate::support::wait::until;

fn connect(builder: Builder) -> Owned {
    Owned(builder.connect().unwrap())
}

#[wasm_bindgen_test]
fn a8_two_namespaces_share_one_connection() {
    let (script, address) = (Script::install(), address());
    let a = connect(Socket::builder(&address));
    let b = connect(Socket::builder(&format!("{address}/b")));
    assert_eq!(script.count(), 1);
    let ws = script.last();
    ws.deliver(HANDSHAKE);
    assert_eq!(ws.sent(), ["40", "40/b,"]);
    ws.deliver(r#"40{"sid":"a1"}"#);
    assert!(a.is_connected() && !b.is_connected());
    ws.deliver(r#"40/b,{"sid":"b1"}"#);
    assert_eq!(b.id().as_deref(), Some("b1"));

    let log = Log::default();
    let (in_a, in_b) = (log.clone(), log.clone());
    let _a = a.on(move |Chat(text)| in_a.push(format!("a {text}")));
    let _b = b.on(move |Chat(text)| in_b.push(format!("b {text}")));
    ws.deliver(r#"42/b,["chat","x"]"#);
    ws.deliver(r#"42["chat","y"]"#);
    assert_eq!(log.take(), ["b x", "a y"]);
    b.emit(&Chat("z".into())).unwrap();
    assert_eq!(ws.sent(), [r#"42/b,["chat","z"]"#]);
}

#[wasm_bindgen_test]
fn a8_a_namespace_that_joins_an_open_connection_is_requested_at_once() {
    let (script, address) = (Script::install(), address());
    let _a = connect(Socket::builder(&address));
    script.last().accept("a1");
    script.last().sent();
    let _b = connect(Socket::builder(&format!("{address}/b")));
    assert_eq!(script.count(), 1);
    assert_eq!(script.last().sent(), ["40/b,"]);
}

#[wasm_bindgen_test]
async fn an_unanswered_namespace_waits_for_its_retry_while_others_stay_connected() {
    let (script, address) = (Script::install(), address());
    let _a = connect(Socket::builder(&address));
    script.last().accept("a1");
    let delay = Duration::from_millis(20);
    let b = connect(
        Socket::builder(&format!("{address}/b"))
            .reconnection_delay(delay)
            .randomization_factor(0.0),
    );
    b.configure(|config| {
        config.connect_timeout = Some(Duration::from_millis(1));
        config.reconnection_delay = delay;
        config.randomization_factor = 0.0;
    });
    let log = Log::default();
    let noted = log.clone();
    b.on_status(move |status| match status {
        Status::Reconnecting { attempt, delay } => {
            let waits = if delay.is_some() { "waits" } else { "requests" };
            noted.push(format!("{waits} {attempt}"));
        }
        status => noted.push(format!("{status:?}")),
    })
    .forget();
    // The first request was sent before the bound was lowered.
    b.disconnect();
    b.connect();
    until("the second try", || log.len() >= 5).await;
    assert_eq!(
        log.take()[..5],
        [
            "Disconnected",
            "Connecting",
            "waits 1",
            "requests 1",
            "waits 2"
        ]
    );
    assert!(matches!(b.last_error(), Some(ConnectError::NotAnswered)));
    assert_eq!(script.count(), 1);
    b.connect();
    assert_eq!(
        log.take(),
        ["requests 2"],
        "a call of `connect` is acted on at once"
    );
    script.last().deliver(r#"40/b,{"sid":"b1"}"#);
    assert_eq!(log.take(), ["Connected"]);
}

#[wasm_bindgen_test]
fn a8_a_namespace_that_is_taken_gets_a_connection_of_its_own() {
    let (script, address) = (Script::install(), address());
    let _first = connect(Socket::builder(&address));
    let _second = connect(Socket::builder(&address));
    assert_eq!(script.count(), 2);
}

#[wasm_bindgen_test]
fn b1_force_new_shares_no_connection() {
    let (script, address) = (Script::install(), address());
    let _first = connect(Socket::builder(&address).force_new());
    let _second = connect(Socket::builder(&format!("{address}/b")));
    let _third = connect(Socket::builder(&format!("{address}/c")).force_new());
    assert_eq!(script.count(), 3);
    let _fourth = connect(Socket::builder(&format!("{address}/d")));
    assert_eq!(script.count(), 3, "but the second may be shared");
}

#[wasm_bindgen_test]
fn a7_connections_are_distinguished_by_server_and_path_but_not_by_query() {
    let (script, address, other) = (Script::install(), address(), address());
    let _a = connect(Socket::builder(&address));
    let _b = connect(Socket::builder(&format!("{address}:80/b?x=1")).path("socket.io/"));
    assert_eq!(script.count(), 1);
    let _c = connect(Socket::builder(&format!("{address}:81/b")));
    let _d = connect(Socket::builder(&format!("{address}/c")).path("/other"));
    assert_eq!(script.count(), 3);
    // The scheme and the host distinguish connections as well.
    let secure = address.replace("http:", "https:");
    let _e = connect(Socket::builder(&format!("{secure}:81/e")));
    let _f = connect(Socket::builder(&format!("{other}:81/f")));
    assert_eq!(script.count(), 5);
}

#[wasm_bindgen_test]
fn c24_a_socket_that_disconnects_leaves_the_other_connected() {
    let (script, address) = (Script::install(), address());
    let a = connect(Socket::builder(&address));
    let b = connect(Socket::builder(&format!("{address}/b")));
    let ws = script.last();
    ws.accept("a1");
    ws.deliver(r#"40/b,{"sid":"b1"}"#);
    ws.sent();
    let log = listen(*b);
    a.disconnect();
    assert_eq!(ws.sent(), ["41"]);
    assert!(!ws.is_closed() && b.is_connected());
    b.disconnect();
    assert_eq!(ws.sent(), ["41/b,"]);
    assert!(ws.is_closed());
    assert_eq!(
        log.take(),
        ["disconnected", "on_disconnect: io client disconnect"]
    );
}

#[wasm_bindgen_test]
fn w13_everything_is_dropped_with_the_last_socket() {
    let (script, address) = (Script::install(), address());
    let before = page_listeners();
    let a = Socket::builder(&address).connect().unwrap();
    let b = Socket::builder(&format!("{address}/b")).connect().unwrap();
    let ws = script.last();
    ws.accept("a1");
    assert!(page_listeners() > before);
    a.remove();
    assert!(!ws.is_closed());
    b.remove();
    assert!(ws.is_closed());
    assert_eq!(ws.handlers_at_close(), Some(0.0));
    assert_eq!((script.handlers(), page_listeners()), (0.0, before));

    // The same address gets a new connection.
    let _again = connect(Socket::builder(&address));
    assert_eq!(script.count(), 2);
}

#[wasm_bindgen_test]
fn w13_a_failed_build_leaves_nothing() {
    let _script = Script::install();
    let before = page_listeners();
    assert!(Socket::builder("http://h/a,b").build().is_err());
    assert_eq!(page_listeners(), before);
}

#[wasm_bindgen_test]
fn w13_a_socket_may_be_removed_and_created_again_by_its_listener() {
    let (script, address) = (Script::install(), address());
    let socket = connect(Socket::builder(&address));
    script.last().accept("a1");
    let made = std::rc::Rc::new(std::cell::Cell::new(None));
    let (place, handle) = (std::rc::Rc::clone(&made), *socket);
    socket
        .on(move |Chat(_)| {
            handle.remove();
            place.set(Some(Socket::builder(&address).connect().unwrap()));
        })
        .forget();
    script.ws(0).deliver(r#"42["chat","x"]"#);
    let made = Owned(made.take().unwrap());
    assert_eq!(socket.namespace(), None);
    script.last().accept("a2");
    assert_eq!(made.id().as_deref(), Some("a2"));
    // Whether it opens its own connection or shares the existing one, only one is left.
    let open = (0..script.count()).filter(|index| !script.ws(*index as u32).is_closed());
    assert_eq!(open.count(), 1);
}
