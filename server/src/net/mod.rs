//! TCP connections: accepted, bounded, and given to HTTP.
//!
//! Whoever connects costs memory and a descriptor, and need not send anything. So there are only so many connections, in
//! all and of one origin; one that asks for nothing is closed in time, and sooner where its place is needed; one that takes
//! nothing is cut.

mod busy_body;
mod connection;
mod io;
mod registry;

use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tower_service::Service;

use crate::address::{Origin, Proxies};
use crate::counters::Counters;
use crate::rate::Rate;
use busy_body::BusyBody;
use io::Io;
use registry::{Registry, Slot, Work};

pub(crate) use connection::Connection;

/// How long nothing is accepted when the system has no descriptors left and nobody waits whom it could be taken from.
const EXHAUSTED: Duration = Duration::from_millis(50);

/// The longest head of a request that is read, in bytes: what most servers take.
const MOST_HEAD_BYTES: usize = 16 * 1024;

/// What connections may cost.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) connections: usize,
    pub(crate) connections_of_origin: usize,
    pub(crate) header_timeout: Duration,
    pub(crate) write_timeout: Duration,
    pub(crate) read_rate: Rate,
    /// Whose connections are other people's.
    pub(crate) proxies: Proxies,
}

/// Serves until `stop` ends, and then until the last connection has ended.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    counters: Arc<Counters>,
    stop: impl Future<Output = ()>,
) {
    let registry = Registry::new(limits.connections, limits.connections_of_origin, counters);
    let registry = Arc::new(registry);
    let (stopping, stopped) = watch::channel(());
    // Each connection holds a sender; when the last is dropped, all have ended.
    let (open, mut all_ended) = mpsc::channel::<Infallible>(1);
    let limits = Arc::new(limits);
    let accepting = async {
        loop {
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    not_accepted(&error, &registry).await;
                    continue;
                }
            };
            let Some(slot) =
                registry.admit(Origin::from(peer.ip()), limits.proxies.contain(peer.ip()))
            else {
                continue;
            };
            let http = Http {
                router: router.clone(),
                limits: Arc::clone(&limits),
                peer,
                stopped: stopped.clone(),
            };
            let open = open.clone();
            tokio::spawn(async move {
                http.serve(stream, slot).await;
                drop(open);
            });
        }
    };
    tokio::select! {
        () = accepting => {}
        () = stop => {}
    }
    drop((listener, stopping, open));
    registry.close_waiting();
    all_ended.recv().await;
}

/// What is wrong with one connection is no reason to accept no other.
async fn not_accepted(error: &std::io::Error, registry: &Registry) {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if [ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&error.kind()) {
        return;
    }
    tracing::error!(%error, "a connection can't be accepted");
    if !registry.evict() {
        tokio::time::sleep(EXHAUSTED).await;
    }
    // What was closed has to be let go of by its task first.
    tokio::task::yield_now().await;
}

/// HTTP over one connection.
struct Http {
    router: Router,
    limits: Arc<Limits>,
    peer: SocketAddr,
    stopped: watch::Receiver<()>,
}

impl Http {
    async fn serve(mut self, stream: TcpStream, slot: Slot) {
        // Frames are small, and somebody waits for each.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small frames may be held back");
        }
        let (work, connection) = (slot.work(), Arc::clone(slot.connection()));
        let io = Io::new(
            stream,
            slot,
            self.limits.read_rate,
            self.limits.write_timeout,
        );
        let (router, peer, limits) = (self.router, self.peer.ip(), Arc::clone(&self.limits));
        let service = service_fn(move |mut request: Request<Incoming>| {
            let client = limits.proxies.client(peer, request.headers());
            let extensions = request.extensions_mut();
            extensions.insert(client);
            extensions.insert(Arc::clone(&connection));
            answer(router.clone(), request, work.clone())
        });
        let http = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header_timeout)
            .max_buf_size(MOST_HEAD_BYTES)
            .serve_connection(TokioIo::new(io), service)
            .with_upgrades();
        let mut http = std::pin::pin!(http);
        let outcome = tokio::select! {
            outcome = &mut http => outcome,
            // The sender is dropped, which says the same.
            _ = self.stopped.changed() => {
                http.as_mut().graceful_shutdown();
                http.await
            }
        };
        if let Err(error) = outcome {
            tracing::debug!(%error, "a connection has ended");
        }
    }
}

async fn answer(
    mut router: Router,
    request: Request<Incoming>,
    work: Work,
) -> Result<Response<Body>, Infallible> {
    let busy = work.begin();
    let response = router.call(request).await?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        busy.for_good();
        return Ok(response);
    }
    Ok(response.map(|body| Body::new(BusyBody::new(body, busy))))
}
