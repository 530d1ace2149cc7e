//! The client in a native program: every handle is inert, and nothing aborts.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use socketio_web::{
    AckError, Arguments, Auth, Builder, EmitError, Event, HeadStart, NotConnected, OpenError,
    Retries, Socket, Status,
};

#[derive(Deserialize, Event, Serialize)]
#[event(ack = u32)]
struct Chat(String);

/// Returns the output of a future that is ready when it is first polled.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it does not complete"),
    }
}

fn all_options(builder: Builder) -> Builder {
    builder
        .namespace("/x")
        .path("/y")
        .add_trailing_slash(false)
        .protocols(["a", "b"])
        .query("name", "value")
        .auth_with(|| async { panic!("it is never called") })
        .auth_with_refresh(|_| async { Ok(Auth::NONE) })
        .one_user()
        .timeout(Some(Duration::from_secs(1)))
        .ack_timeout(Duration::from_secs(1))
        .retries(Retries::default())
        .force_new()
}

#[test]
fn a_socket_never_connects_whatever_its_url_and_options() {
    for url in ["", "/x", "//h", "h:80", "https://h/x", "ftp://h"] {
        for options in [all_options, |builder| builder] {
            let socket = options(Socket::builder(url)).connect().unwrap();
            assert_eq!(socket.status(), Status::Disconnected);
            assert!(!socket.is_connected() && !socket.is_active() && !socket.exists());
            assert!(matches!(now(socket.connect()), Err(NotConnected::Removed)));
            assert!(matches!(
                now(socket.connected()),
                Err(NotConnected::Removed)
            ));
            now(socket.drained());
            socket.disconnect();
            socket.remove();
        }
    }
}

#[test]
fn checks_that_need_no_browser_are_made() {
    let builder = || Socket::builder("https://h");
    let error = builder().namespace("/a,b").build().unwrap_err();
    assert!(matches!(error, OpenError::Namespace(_)), "{error}");
    let error = builder().auth("no object").build().unwrap_err();
    assert!(matches!(error, OpenError::Auth(_)), "{error}");
    let auth = BTreeMap::from([("token", "t")]);
    let socket = builder().auth(&auth).build().unwrap();
    assert!(socket.set_auth("no object").is_err());
    socket.set_auth(&auth).unwrap();
}

#[test]
fn emits_and_acknowledgements_end_at_once() {
    let socket = Socket::builder("https://h").connect().unwrap();
    let chat = Chat("hi".into());
    let mut arguments = Arguments::event("chat").unwrap();
    arguments.push(&1).unwrap();
    let outcomes = [
        socket.emit(&chat),
        socket.emit_named("chat", &1),
        socket.send(&1),
        socket.emit_args(arguments.clone()),
        socket.emit_volatile(&chat),
    ];
    for outcome in outcomes {
        assert!(matches!(outcome, Err(EmitError::NoSocket)), "{outcome:?}");
    }
    for timeout in [None, Some(Duration::from_secs(1))] {
        let typed = now(socket.emit_with_ack(&chat, timeout));
        let named = now(socket.emit_named_with_ack::<_, u32>("chat", &1, timeout));
        let args = now(socket.emit_args_with_ack::<u32>(arguments.clone(), timeout));
        for ack in [typed, named, args] {
            assert!(matches!(ack, Err(AckError::Emit(EmitError::NoSocket))));
        }
    }
}

#[test]
fn listeners_are_dropped_at_once() {
    let socket = Socket::builder("https://h").connect().unwrap();
    let kept = Rc::new(());
    let held = || Rc::clone(&kept);
    let listening = [
        {
            let held = held();
            socket.on(move |_: Chat| panic!("{held:?}"))
        },
        {
            let held = held();
            socket.try_on::<Chat>(move |_| panic!("{held:?}"))
        },
        {
            let held = held();
            socket.once(move |_: Chat| panic!("{held:?}"))
        },
        {
            let held = held();
            socket.on_named("x", move |_| panic!("{held:?}"))
        },
        {
            let held = held();
            socket.on_any(move |_| panic!("{held:?}"))
        },
        {
            let held = held();
            socket.on_any_outgoing(move |_| panic!("{held:?}"))
        },
        {
            let held = held();
            socket.on_connect(move || panic!("{held:?}"))
        },
        {
            let held = held();
            socket.on_connect_error(move |_| panic!("{held:?}"))
        },
        {
            let held = held();
            socket.on_disconnect(move |_| panic!("{held:?}"))
        },
        {
            let held = held();
            socket.on_connection(move |_| panic!("{held:?}"))
        },
        {
            let held = held();
            socket.on_status(move |_| panic!("{held:?}"))
        },
    ];
    assert_eq!(Rc::strong_count(&kept), 1);
    let [first, second, rest @ ..] = listening;
    first.forget();
    drop(second);
    drop(rest);
}

#[test]
fn all_other_calls_return_defaults() {
    let socket = Socket::builder("https://h").build().unwrap();
    assert_eq!((socket.id(), socket.namespace()), (None, None));
    assert!(socket.last_error().is_none() && socket.round_trip().is_none());
    assert!(!socket.is_recovered() && socket.buffer().is_empty());
    assert_eq!((socket.buffered(), socket.clear_buffer()), (0, 0));
    assert_eq!((socket.listeners("chat"), socket.buffered_amount()), (0, 0));
    socket.set_query(&[("a", "b")]);
    socket.configure(|_| panic!("there is nothing to configure"));
}

#[test]
fn a_handle_is_inert_on_every_thread() {
    let socket = Socket::builder("https://h").connect().unwrap();
    let other = std::thread::spawn(move || {
        let own = Socket::builder("https://h").connect().unwrap();
        socket.remove();
        assert!(!own.exists());
        own.emit(&Chat("x".into())).is_err()
    });
    assert!(other.join().unwrap());
}

#[test]
fn a_head_start_is_not_open() {
    let open = |namespace: &str| {
        let auth = Some(r#"{"token":"t"}"#);
        HeadStart::open("", "/socket.io", namespace, auth, |_| panic!("observed"))
    };
    let head_start = open("/x").unwrap();
    assert!(!head_start.is_open() && !head_start.has_asked());
    let builder = Socket::builder("").head_start(head_start);
    assert_eq!(builder.connect().unwrap().status(), Status::Disconnected);
    drop(open("/x").unwrap());
    assert!(matches!(open("/a,b"), Err(OpenError::Namespace(_))));
}
