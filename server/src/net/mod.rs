//! TCP connections: accepted, limited, and handed to HTTP.
//!
//! A client that connects costs memory and a file descriptor, and need not send anything. So the
//! number of connections is limited, in total and per client address. An idle one is closed after a
//! timeout, or sooner when its place is needed. One whose peer reads nothing is cut.

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

/// The pause in accepting when the system has no file descriptors left and no idle connection can
/// be closed.
const EXHAUSTED: Duration = Duration::from_millis(50);

/// The maximum size of a request head, in bytes: what most servers accept.
const MOST_HEAD_BYTES: usize = 16 * 1024;

/// The limits of connections.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) connections: usize,
    pub(crate) connections_of_origin: usize,
    pub(crate) header_timeout: Duration,
    pub(crate) write_timeout: Duration,
    pub(crate) read_rate: Rate,
    /// The trusted proxies. Their connections don't count by address.
    pub(crate) proxies: Proxies,
}

/// Serves until `stop` completes, and then until the last connection has ended.
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

/// Handles a failed `accept`. It never ends the server.
async fn not_accepted(error: &std::io::Error, registry: &Registry) {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if [ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&error.kind()) {
        return;
    }
    tracing::error!(%error, "a connection can't be accepted");
    if !registry.evict() {
        tokio::time::sleep(EXHAUSTED).await;
    }
    // Let the task of the closed connection release its descriptor first.
    tokio::task::yield_now().await;
}

/// HTTP on one connection.
struct Http {
    router: Router,
    limits: Arc<Limits>,
    peer: SocketAddr,
    stopped: watch::Receiver<()>,
}

impl Http {
    async fn serve(mut self, stream: TcpStream, slot: Slot) {
        // Frames are small and must not be delayed.
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
            // A dropped sender means the same.
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
