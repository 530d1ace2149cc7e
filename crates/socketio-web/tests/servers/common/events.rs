use serde::{Deserialize, Serialize};
use socketio_proto::packet::Arguments;
use socketio_web::{Binary, Event, Socket};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

use super::SERVER;
use crate::support::log::Log;
use crate::support::owned::Owned;
use crate::support::sockets;
use crate::support::wait::until;

const PATIENCE: Option<Duration> = Some(Duration::from_secs(5));

/// The server's form of nested bytes.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Picture {
    name: String,
    parts: (Binary, Inner, Binary),
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Inner {
    inner: Binary,
}

fn picture() -> Picture {
    Picture {
        name: "picture".into(),
        parts: (
            Binary(vec![1, 2, 3]),
            Inner {
                inner: Binary(vec![]),
            },
            Binary(vec![255]),
        ),
    }
}

/// An event whose value the server sends back, in an event or in the acknowledgement.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Echo<T>(T);

impl<T> Event for Echo<T> {
    const NAME: &'static str = "echo";
    type Ack = T;
}

async fn connected() -> Owned {
    sockets::connected(SERVER.builder("/")).await
}

/// Emits a value that the server sends back, and returns the reply.
async fn echoed<T>(socket: Socket, value: T) -> T
where
    T: for<'de> Deserialize<'de> + Serialize + 'static,
{
    let place = Rc::new(std::cell::RefCell::new(None));
    let received = Rc::clone(&place);
    let _echo = socket.on(move |Echo(value): Echo<T>| _ = received.replace(Some(value)));
    socket.emit(&Echo(value)).unwrap();
    until("it is returned", || place.borrow().is_some()).await;
    place.take().unwrap()
}

#[wasm_bindgen_test]
async fn events_are_sent_and_returned() {
    let socket = connected().await;
    assert_eq!(echoed(*socket, 7).await, 7);
    assert_eq!(echoed(*socket, ()).await, ());
    let values = (1.5, Some(true), vec![i64::MIN, 0], "x".to_owned());
    assert_eq!(
        echoed(*socket, (1.5, Some(true), vec![-5, 0], "x".to_owned())).await,
        (1.5, Some(true), vec![-5, 0], values.3)
    );
}

#[wasm_bindgen_test]
async fn f1_several_arguments_are_sent_and_returned() {
    let socket = connected().await;
    let log = Log::default();
    let received = log.clone();
    let _echo = socket.on_named("echo", move |message| {
        received.push(message.args::<(u8, Binary, Option<u8>, Inner)>().is_ok());
        received.push(message.arg::<Inner>(3).unwrap() == picture().parts.1);
    });
    let mut arguments = Arguments::event("echo").unwrap();
    let values = (1, Binary(vec![2]), None::<u8>, picture().parts.1);
    arguments.extend(&values).unwrap();
    socket.emit_args(arguments).unwrap();
    until("they are returned", || log.len() == 2).await;
    assert_eq!(log.take(), ["true", "true"]);
}

#[wasm_bindgen_test]
async fn text_of_every_kind_and_of_many_bytes_arrives_complete() {
    let socket = connected().await;
    let unusual = "种植园 🍎 \" \\ \n \u{0} \u{1e} \u{2028} \u{feff} é e\u{301}".to_owned();
    assert_eq!(echoed(*socket, unusual.clone()).await, unusual);
    let large = unusual.repeat(500_000 / unusual.len());
    assert_eq!(echoed(*socket, large.clone()).await, large);
    let ack = socket.emit_with_ack(&Echo(large.clone()), PATIENCE).await;
    assert_eq!(ack.unwrap(), large);
}

#[wasm_bindgen_test]
async fn many_bytes_arrive_complete() {
    let socket = connected().await;
    let bytes: Binary = (0..500_000).map(|index| (index * 7) as u8).collect();
    assert_eq!(echoed(*socket, bytes.clone()).await, bytes);
    let ack = socket.emit_with_ack(&Echo(bytes.clone()), PATIENCE).await;
    assert_eq!(ack.unwrap(), bytes);
}

#[wasm_bindgen_test]
async fn many_events_arrive_in_order() {
    let socket = connected().await;
    let log = Log::default();
    let received = log.clone();
    let _echo = socket.on(move |Echo(number): Echo<u32>| received.push(number));
    for number in 0..500 {
        socket.emit(&Echo(number)).unwrap();
    }
    until("all are returned", || log.len() == 500).await;
    let expected: Vec<String> = (0..500).map(|number: u32| number.to_string()).collect();
    assert_eq!(log.take(), expected);
}

#[wasm_bindgen_test]
async fn the_server_acknowledges() {
    let socket = connected().await;
    let waits = [1, 2, 3].map(|number| socket.emit_with_ack(&Echo(number), PATIENCE));
    let mut answers = Vec::new();
    for wait in waits {
        answers.push(wait.await.unwrap());
    }
    assert_eq!(answers, [1, 2, 3]);

    let never = socket.emit_named_with_ack::<_, ()>("never", &1, Some(Duration::from_millis(50)));
    let error = never.await.unwrap_err();
    assert!(matches!(error, socketio_web::AckError::Timeout), "{error}");
}

#[wasm_bindgen_test]
async fn the_client_acknowledges() {
    let socket = connected().await;
    let log = Log::default();
    let received = log.clone();
    let _answer = socket.on_named("answer", move |message| {
        received.push(message.arg::<String>(0).unwrap());
    });
    let _question = socket.on_named("question", move |message| {
        let text: String = message.arg(0).unwrap();
        let responder = message.responder().unwrap();
        // Not from within the listener: an answer may be given later.
        wasm_bindgen_futures::spawn_local(async move {
            gloo_timers::future::TimeoutFuture::new(1).await;
            responder.send(&format!("{text}? yes")).unwrap();
        });
    });
    socket.emit_named("question", "ripe").unwrap();
    until("the answer is reported", || log.has("ripe? yes")).await;
}

#[wasm_bindgen_test]
async fn bytes_in_events_both_ways() {
    let socket = connected().await;
    let log = Log::default();
    let received = log.clone();
    let _binary = socket.on_named("binary", move |message| {
        received.push(message.arg::<Picture>(0).unwrap() == picture());
    });
    socket.emit_named("binary", &()).unwrap();
    until("it arrives", || log.len() == 1).await;
    assert_eq!(log.take(), ["true"]);
    assert_eq!(echoed(*socket, picture()).await, picture());
}

#[wasm_bindgen_test]
async fn bytes_in_acks_both_ways() {
    let socket = connected().await;
    let ack = socket.emit_named_with_ack::<_, Picture>("binary", &(), PATIENCE);
    assert_eq!(ack.await.unwrap(), picture());

    let log = Log::default();
    let received = log.clone();
    let _answer = socket.on_named("answer", move |message| {
        received.push(message.arg::<Picture>(0).unwrap() == picture());
    });
    let _question = socket.on_named("question", |message| {
        message.responder().unwrap().send(&picture()).unwrap();
    });
    socket.emit_named("question", &()).unwrap();
    until("the answer is reported", || log.len() == 1).await;
    assert_eq!(log.take(), ["true"]);
}

#[wasm_bindgen_test]
async fn a_broadcast_reaches_every_client() {
    let (first, second) = (connected().await, connected().await);
    let log = Log::default();
    let _both = [("first", &first), ("second", &second)].map(|(name, socket)| {
        let log = log.clone();
        socket.on_named("broadcast", move |message| {
            log.push(format!("{name} {}", message.arg::<String>(0).unwrap()));
        })
    });
    first.emit_named("broadcast", "rain").unwrap();
    until("both have received it", || log.len() == 2).await;
    assert!(log.has("first rain") && log.has("second rain"));
}
