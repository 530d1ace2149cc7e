use std::convert::Infallible;
use std::time::Duration;

use axum::extract::connect_info::ConnectInfo;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Event, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;

use crate::anything::Anything;
use crate::arguments::Arguments;
use crate::connection::Cut;
use crate::refusals;

const NAMESPACES: [&str; 2] = ["/", "/admin"];
const ADMIN_TOKEN: &str = "secret";

/// The first event that each socket receives.
#[derive(Serialize)]
struct Welcome {
    id: String,
    auth: Anything,
    recovered: bool,
}

#[derive(Default, Deserialize)]
struct Auth {
    token: Option<String>,
}

pub(crate) fn layer(
    ping_interval: Duration,
    ping_timeout: Duration,
    max_bytes: u64,
) -> SocketIoLayer {
    let (layer, io) = SocketIo::builder()
        .ping_interval(ping_interval)
        .ping_timeout(ping_timeout)
        .max_payload(max_bytes)
        .ack_timeout(Duration::from_secs(1))
        // A burst of echoes must fit: what does not is lost.
        .max_buffer_size(10_000)
        .build_layer();
    // Register the handlers before the CONNECT reply is sent: only a middleware runs that early.
    io.ns("/", welcome.with(listen));
    // The last middleware runs first.
    io.ns("/admin", welcome.with(listen).with(guard));
    refusals::serve(&io);
    layer
}

/// Refuses with a message; socketioxide can't attach data.
async fn guard(TryData(auth): TryData<Auth>) -> Result<(), &'static str> {
    if auth.unwrap_or_default().token.as_deref() == Some(ADMIN_TOKEN) {
        Ok(())
    } else {
        Err("not authorized")
    }
}

async fn listen(socket: SocketRef) -> Result<(), Infallible> {
    socket.on_fallback(answer);
    Ok(())
}

async fn welcome(socket: SocketRef, TryData(auth): TryData<Anything>) {
    let welcome = Welcome {
        id: socket.id.to_string(),
        auth: auth.unwrap_or(Anything::Map(vec![])),
        recovered: false,
    };
    let _ = socket.emit("welcome", &welcome);
}

/// Ignores failed sends: a test that waits for the event fails anyway.
#[expect(clippy::panic, reason = "a handler that panics is what is shown")]
async fn answer(
    io: SocketIo,
    socket: SocketRef,
    Event(event): Event,
    TryData(arguments): TryData<Arguments>,
    ack: AckSender,
) {
    let mut arguments = arguments.unwrap_or_default();
    match event.as_str() {
        // A handler doesn't know whether an acknowledgement is wanted, so it sends both.
        "echo" => {
            let _ = ack.send(&arguments);
            let _ = socket.emit("echo", &arguments);
        }
        "question" => {
            let _ = match ask(&socket, &arguments).await {
                Some(answer) => socket.emit("answer", &answer),
                None => socket.emit("answer_timeout", &()),
            };
        }
        "binary" => {
            let _ = ack.send(&nested_bytes());
            let _ = socket.emit("binary", &nested_bytes());
        }
        "leave" if arguments.begin_with("all") => {
            // A connection has the same socket id in all its namespaces.
            let everywhere = NAMESPACES.iter().filter_map(|namespace| io.of(namespace));
            for socket in everywhere.filter_map(|namespace| namespace.get_socket(socket.id)) {
                let _ = socket.disconnect();
            }
        }
        "leave" => _ = socket.disconnect(),
        "drop" => {
            if let Some(ConnectInfo(cut)) = socket.req_parts().extensions.get::<ConnectInfo<Cut>>()
            {
                cut.cut();
            }
        }
        "broadcast" => {
            if let Some(everybody) = io.of(socket.ns()) {
                let _ = everybody.emit("broadcast", &arguments).await;
            }
        }
        "count" => {
            let count = io.of(socket.ns()).map_or(0, |all| all.sockets().len());
            let _ = ack.send(&count);
        }
        "never" => {}
        "join" => {
            if let Some(Anything::Text(room)) = arguments.0.first() {
                socket.join(room.clone());
            }
        }
        "to" => {
            if let Some(Anything::Text(room)) = arguments.0.first().cloned() {
                arguments.0.remove(0);
                let _ = socket.within(room).emit("room", &arguments).await;
            }
        }
        "throw" => panic!("thrown by the test"),
        // socketioxide can't close the connection without a DISCONNECT.
        "close" => {}
        "reserved" => _ = socket.emit("connect", &1),
        "stop" => io.close().await,
        _ => {
            arguments.0.insert(0, Anything::Text(event));
            let _ = socket.emit("echo", &arguments);
        }
    }
}

async fn ask(socket: &SocketRef, arguments: &Arguments) -> Option<Arguments> {
    let answer = socket.emit_with_ack::<_, Arguments>("question", arguments);
    answer.ok()?.await.ok()
}

fn nested_bytes() -> Anything {
    let bytes = |bytes: &'static [u8]| Anything::Binary(Bytes::from_static(bytes));
    let inner = Anything::Map(vec![("inner".to_owned(), bytes(&[]))]);
    let parts = Anything::List(vec![bytes(&[1, 2, 3]), inner, bytes(&[255])]);
    Anything::Map(vec![
        ("name".to_owned(), Anything::Text("picture".to_owned())),
        ("parts".to_owned(), parts),
    ])
}
