//! The Socket.IO events: namespace `/mofang`, and `/` for the one event that goes there.

mod anything;
mod object;
mod push;

use std::convert::Infallible;
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use orchard_contract::Errno;
use orchard_contract::endpoints::{DEFAULT_NAMESPACE, NAMESPACE};
use orchard_contract::events::{
    Broadcast, BroadcastResponse, Chat, Login, LoginResponse, Message, ServerResponse, SomeEvent,
};
use serde::Serialize;
use socketio_proto::Event;
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, SocketRef, State, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;
use socketioxide::socket::DisconnectReason;
use socketioxide::{ParserConfig, extract};

use crate::app::App;
use crate::config::Config;
use anything::Anything;
use object::Object;
use push::Push;

/// One socket may be in this many rooms: each uid that it signs in with is one.
const MAX_ROOMS: usize = 16;

const MAX_ATTACHMENTS: usize = 100;

/// What the handlers need.
#[derive(Clone)]
struct Orchard {
    app: Arc<App>,
    push: Push,
    max_uid_bytes: usize,
}

/// The layer that answers below `/socket.io/`, and the handle that closes it.
pub(crate) fn layer(app: Arc<App>, config: &Config) -> (SocketIoLayer, SocketIo) {
    let orchard = Orchard {
        app,
        push: Push::new(config.push_interval()),
        max_uid_bytes: config.max_uid_bytes,
    };
    let parser = ParserConfig::common()
        .max_incoming_binaries(MAX_ATTACHMENTS)
        .max_incoming_binary_buf_size(config.max_payload_bytes);
    let (layer, io) = SocketIo::builder()
        .ping_interval(Duration::from_millis(config.ping_interval_ms))
        .ping_timeout(Duration::from_millis(config.ping_timeout_ms))
        .max_payload(u64::try_from(config.max_payload_bytes).unwrap_or(u64::MAX))
        .ws_max_message_size(config.max_payload_bytes)
        .ws_max_frame_size(config.max_payload_bytes)
        .with_parser(parser)
        .with_state(orchard)
        .build_layer();
    io.ns(DEFAULT_NAMESPACE, async || {});
    // Handlers are set before the CONNECT reply goes out, which is what a middleware is for here:
    // the connect handler runs as a task of its own, and a quick client's `login` could overtake it.
    io.ns(NAMESPACE, connected.with(listen));
    (layer, io)
}

async fn listen(socket: SocketRef) -> Result<(), Infallible> {
    socket.on(Message::NAME, message);
    socket.on(Login::NAME, login);
    socket.on(Chat::NAME, chat);
    socket.on(Broadcast::NAME, broadcast);
    socket.on_fallback(
        async |socket: SocketRef, extract::Event(event): extract::Event| {
            tracing::debug!(sid = %socket.id, event, "an event that nobody knows");
        },
    );
    socket.on_disconnect(async |socket: SocketRef, reason: DisconnectReason| {
        tracing::info!(sid = %socket.id, %reason, "left");
    });
    Ok(())
}

/// Tells everybody of the newcomer. Unlike Flask-SocketIO's this comes after the CONNECT reply:
/// before it, socketioxide lets nothing be sent to the newcomer.
async fn connected(io: SocketIo, socket: SocketRef, State(orchard): State<Orchard>) {
    tracing::info!(sid = %socket.id, "came");
    match orchard.app.database.count_users().await {
        Ok(count) => {
            let welcome = ServerResponse {
                count: Some(count),
                sid: Some(socket.id.to_string()),
            };
            emit(&io, NAMESPACE, None, &welcome).await;
        }
        Err(error) => tracing::error!(%error, "nobody is told of a newcomer"),
    }
}

async fn message(socket: SocketRef, TryData(data): TryData<Object<Message>>, ack: AckSender) {
    match data {
        Ok(Object(Message { uid })) => tracing::info!(sid = %socket.id, %uid, "message"),
        Err(error) => ignored::<Message>(&socket, error),
    }
    acknowledge(ack);
}

/// Joins the room named by the uid: "1" and 1 are the same room here.
async fn login(
    io: SocketIo,
    socket: SocketRef,
    State(orchard): State<Orchard>,
    TryData(data): TryData<Object<Login>>,
    ack: AckSender,
) {
    let room = match data {
        Ok(Object(Login { uid })) => Ok(uid.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let room = room.and_then(|room| check_room(&orchard, &socket, room));
    match room {
        Ok(room) => {
            tracing::info!(sid = %socket.id, uid = room, "signed in");
            socket.join(room.clone());
            let welcome = LoginResponse {
                data: Some("登录成功".into()),
                ..Default::default()
            };
            emit(&io, NAMESPACE, Some(room), &welcome).await;
        }
        Err(error) => {
            ignored::<Login>(&socket, error);
            let refusal = LoginResponse {
                errno: Some(Errno::INVALID_INPUT),
                errmsg: Errno::INVALID_INPUT.meaning_zh().map(str::to_owned),
                ..Default::default()
            };
            if let Err(error) = socket.emit(LoginResponse::NAME, &refusal) {
                tracing::debug!(sid = %socket.id, %error, "not told");
            }
        }
    }
    acknowledge(ack);
}

fn check_room(orchard: &Orchard, socket: &SocketRef, room: String) -> Result<String, String> {
    if room.trim().is_empty() {
        return Err("the uid is empty".into());
    }
    if room.len() > orchard.max_uid_bytes {
        return Err(format!(
            "the uid has more than {} bytes",
            orchard.max_uid_bytes
        ));
    }
    let rooms = socket.rooms();
    if rooms.len() >= MAX_ROOMS && !rooms.iter().any(|known| *known == room) {
        return Err(format!("the socket is in {MAX_ROOMS} rooms already"));
    }
    Ok(room)
}

/// Starts the push. Whatever the argument is: the chapter's server doesn't look at it either.
async fn chat(io: SocketIo, socket: SocketRef, State(orchard): State<Orchard>, ack: AckSender) {
    if orchard.push.start(io) {
        tracing::info!(sid = %socket.id, "the push starts");
    }
    acknowledge(ack);
}

/// Passes on whatever it is, and emits `some event` to `/`.
async fn broadcast(
    io: SocketIo,
    socket: SocketRef,
    TryData(data): TryData<Anything>,
    ack: AckSender,
) {
    match data {
        Ok(data) => {
            tracing::info!(sid = %socket.id, "broadcast");
            emit_as(&io, NAMESPACE, None, BroadcastResponse::NAME, &data).await;
            emit(&io, DEFAULT_NAMESPACE, None, &SomeEvent { data: Some(42) }).await;
        }
        Err(error) => ignored::<Broadcast>(&socket, error),
    }
    acknowledge(ack);
}

fn ignored<E: Event>(socket: &SocketRef, error: impl Display) {
    tracing::warn!(sid = %socket.id, event = E::NAME, %error, "an event that can't be used");
}

/// Flask-SocketIO acknowledges with nothing once the handler is done; so does this.
fn acknowledge(ack: AckSender) {
    let nothing: [(); 0] = [];
    if let Err(error) = ack.send(&nothing) {
        tracing::debug!(%error, "not acknowledged");
    }
}

async fn emit<E: Event + Serialize>(io: &SocketIo, ns: &str, room: Option<String>, event: &E) {
    emit_as(io, ns, room, E::NAME, event).await;
}

async fn emit_as(
    io: &SocketIo,
    namespace: &str,
    room: Option<String>,
    name: &str,
    payload: &impl Serialize,
) {
    let Some(mut to) = io.of(namespace) else {
        return;
    };
    if let Some(room) = room {
        to = to.to(room);
    }
    if let Err(error) = to.emit(name, payload).await {
        // Some socket is closing or can't keep up; the others have it.
        tracing::debug!(namespace, name, %error, "not everybody is told");
    }
}
