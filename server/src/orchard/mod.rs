//! The Socket.IO events: namespace `/mofang`, and `/` for the one event that goes there.

mod admission;
mod anything;
mod events;
mod member;
mod object;
mod public_id;
mod push;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::FutureExt;
use orchard_contract::endpoints::{DEFAULT_NAMESPACE, NAMESPACE};
use serde::Serialize;
use socketio_proto::Event;
use socketioxide::service::SocketIoService;
use socketioxide::{ParserConfig, SocketIo};

use crate::app::App;
use crate::config::Config;
use admission::Admission;
use push::Push;

pub(crate) use member::Member;

const MAX_ATTACHMENTS: usize = 100;

/// What the handlers need.
struct Orchard {
    app: Arc<App>,
    push: Push,
    max_uid_bytes: usize,
}

/// What answers the requests of Engine.IO.
pub(crate) type Engine = SocketIoService<Router>;

/// The engine, and the handle that closes it.
pub(crate) fn engine(app: Arc<App>, config: &Config) -> (Engine, SocketIo) {
    let orchard = Arc::new(Orchard {
        app,
        push: Push::new(config.push_interval()),
        max_uid_bytes: config.max_uid_bytes,
    });
    let parser = ParserConfig::common()
        .max_incoming_binaries(MAX_ATTACHMENTS)
        .max_incoming_binary_buf_size(config.max_payload_bytes);
    let (engine, io) = SocketIo::builder()
        .ping_interval(Duration::from_millis(config.ping_interval_ms))
        .ping_timeout(Duration::from_millis(config.ping_timeout_ms))
        .max_payload(u64::try_from(config.max_payload_bytes).unwrap_or(u64::MAX))
        .ws_max_message_size(config.max_payload_bytes)
        .ws_max_frame_size(config.max_payload_bytes)
        .with_parser(parser)
        .build_with_inner_svc(Router::new());
    io.ns(DEFAULT_NAMESPACE, async || {});
    io.ns(NAMESPACE, Admission::new(orchard));
    (engine, io)
}

fn emit<E: Event + Serialize>(io: &SocketIo, namespace: &str, room: Option<String>, event: &E) {
    emit_as(io, namespace, room, E::NAME, event);
}

/// Queues the event for every socket at once, so that those who call one after the other are heard in that order.
fn emit_as(
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
    // The sockets are all in this process: nothing has to be waited for.
    match to.emit(name, payload).now_or_never() {
        Some(Ok(())) => {}
        Some(Err(error)) => tracing::debug!(namespace, name, %error, "not everybody is told"),
        None => tracing::error!(namespace, name, "an event had to wait, and is lost"),
    }
}
