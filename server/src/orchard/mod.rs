//! The Socket.IO events: namespace `/mofang`, and `/` for the one event that is sent there.

mod admission;
mod anything;
mod count;
mod demo_count;
mod events;
mod hall;
mod identity;
mod member;
mod notices;
mod object;
mod presence;
mod public_id;
mod recheck;
mod stamp;
mod state;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use orchard_contract::endpoints::{DEFAULT_NAMESPACE, NAMESPACE};
use socketioxide::service::SocketIoService;
use socketioxide::{ParserConfig, SocketIo};

use crate::app::App;
use crate::config::Config;
use admission::{Admission, Bystanders};
use count::Count;
use demo_count::DemoCount;
use hall::Hall;
use state::Orchard;

pub(crate) use member::Member;
pub(crate) use notices::{Limits, Notices};

const MAX_ATTACHMENTS: usize = 100;

/// The engine's queue has this many places more than our limit of queued packets: for heartbeats,
/// answers to CONNECT, and the reason why a socket is disconnected.
const SPARE_PLACES: usize = 64;

/// The service that answers Engine.IO requests.
pub(crate) type Engine = SocketIoService<Router>;

/// The initial size of a WebSocket's read buffer, which stays allocated while the socket is idle
/// and grows for a longer frame.
const WS_READ_BUFFER_BYTES: usize = 512;

/// Creates the engine, and the handle that closes it. Must be called within a runtime.
pub(crate) fn engine(app: Arc<App>, notices: Arc<Notices>, config: &Config) -> (Engine, SocketIo) {
    let hall = |namespace| Arc::new(Hall::new(namespace, Arc::clone(&app.counters)));
    let (hall, bystanders) = (hall(NAMESPACE), hall(DEFAULT_NAMESPACE));
    let count = Arc::new(Count::new(Arc::clone(&hall), config.push_interval()));
    let demo_count = config
        .demo_count
        .then(|| DemoCount::new(config.push_interval(), Arc::clone(&hall)));
    if demo_count.is_none() {
        let count = Arc::clone(&count);
        tokio::spawn(async move { count.push().await });
    }
    let saving = Arc::clone(&notices);
    tokio::spawn(async move { saving.save_all().await });
    let orchard = Arc::new(Orchard {
        count,
        demo_count,
        notices,
        guests: config.guests,
        max_uid_bytes: config.max_uid_bytes,
        hall: Arc::clone(&hall),
        bystanders: Arc::clone(&bystanders),
        app,
    });
    tokio::spawn(recheck::recheck(
        Arc::clone(&orchard),
        config.recheck_interval(),
    ));
    let parser = ParserConfig::common()
        .max_incoming_binaries(MAX_ATTACHMENTS)
        .max_incoming_binary_buf_size(config.max_payload_bytes);
    let (engine, io) = SocketIo::builder()
        .connect_timeout(config.connect_timeout())
        .ping_interval(Duration::from_millis(config.ping_interval_ms))
        .ping_timeout(Duration::from_millis(config.ping_timeout_ms))
        .max_buffer_size(config.max_buffered_packets.saturating_add(SPARE_PLACES))
        .max_payload(u64::try_from(config.max_payload_bytes).unwrap_or(u64::MAX))
        .ws_max_message_size(config.max_payload_bytes)
        .ws_max_frame_size(config.max_payload_bytes)
        .ws_read_buffer_size(WS_READ_BUFFER_BYTES)
        .with_parser(parser)
        .build_with_inner_svc(Router::new());
    hall.set_io(io.clone());
    bystanders.set_io(io.clone());
    io.ns(DEFAULT_NAMESPACE, Bystanders::new(bystanders));
    io.ns(NAMESPACE, Admission::new(orchard));
    (engine, io)
}
