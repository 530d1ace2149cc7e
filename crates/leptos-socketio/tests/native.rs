//! The hooks in a program that renders pages on a server: they are inert, and nothing aborts.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use leptos_socketio::{
    Event, OpenError, Socket, Status, provide_socket, use_connect, use_connect_of, use_event,
    use_event_of, use_latest, use_latest_of, use_round_trip, use_round_trip_of, use_socket,
    use_status, use_status_of,
};
use reactive_graph::owner::Owner;
use reactive_graph::traits::GetUntracked;
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize, Event, PartialEq)]
struct Count {
    count: u64,
}

/// Calls each hook, with the socket from context and with a given one.
fn all_hooks(socket: Option<Socket>) {
    assert_eq!(use_socket(), socket);
    use_event(|_: Count| panic!("no event is received"));
    use_connect(|| panic!("nothing connects"));
    assert_eq!(use_latest::<Count>().get_untracked(), None);
    assert_eq!(use_status().get_untracked(), Status::Disconnected);
    assert_eq!(use_round_trip().get_untracked(), None);
    if let Some(socket) = socket {
        use_event_of(socket, |_: Count| panic!("no event is received"));
        use_connect_of(socket, || panic!("nothing connects"));
        assert_eq!(use_latest_of::<Count>(socket).get_untracked(), None);
        assert_eq!(use_status_of(socket).get_untracked(), Status::Disconnected);
        assert_eq!(use_round_trip_of(socket).get_untracked(), None);
    }
}

#[test]
fn with_a_socket_hooks_are_inert_and_their_owner_may_be_dropped_on_another_thread() {
    let owner = Owner::new();
    owner.with(|| {
        let socket = provide_socket(Socket::builder("/mofang")).unwrap();
        assert_eq!(socket.status(), Status::Disconnected);
        let below = Owner::new();
        below.with(|| all_hooks(Some(socket)));
        below.cleanup();
        all_hooks(Some(socket));
    });
    // As with an executor that moves a page from one of its threads to another.
    std::thread::spawn(move || owner.cleanup()).join().unwrap();
}

#[test]
fn without_a_socket_hooks_are_inert() {
    Owner::new().with(|| all_hooks(None));
}

#[test]
fn outside_of_an_owner_hooks_are_inert() {
    let socket = Socket::builder("").connect().unwrap();
    assert!(Owner::current().is_none());
    use_event_of(socket, |_: Count| panic!("no event is received"));
    assert_eq!(use_status_of(socket).get_untracked(), Status::Disconnected);
}

#[test]
fn checks_that_need_no_browser_are_made() {
    Owner::new().with(|| {
        let error = provide_socket(Socket::builder("").namespace("/a,b")).unwrap_err();
        assert!(matches!(error, OpenError::Namespace(_)), "{error}");
        assert_eq!(use_socket(), None);
    });
}
