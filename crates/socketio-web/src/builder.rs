use std::fmt;
use std::future::Future;
use std::mem::{self, ManuallyDrop};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use serde::Serialize;
use socketio_proto::manager::{Config, Manager, SocketId};
use socketio_proto::{Auth, AuthError, Limits, Retries, SendBuffer, SocketOptions};
use wasm_bindgen::JsValue;

use crate::driver::auth::AuthProvider;
use crate::driver::connection::{Connection, TakeOver};
use crate::driver::lifecycle;
use crate::driver::run;
use crate::driver::slab::Key;
use crate::driver::table::{self, Entry, Table};
use crate::error::OpenError;
use crate::event::Status;
use crate::head_start::HeadStart;
use crate::namespace::checked_namespace;
use crate::socket::Socket;
use crate::sys::clock;
use crate::sys::guard;
use crate::sys::native::NATIVE;
use crate::sys::url;

/// Gives a socket its retries: a page that never asks for them doesn't link them.
type Retrying = Box<dyn FnOnce(&mut Manager, SocketId)>;

/// Options of a socket and of the connection it is on; from [`Socket::builder`].
///
/// The defaults are the reference's, but that buffers are bounded. Sockets of the same server
/// and path share one connection, whose options are those of the first.
#[must_use = "nothing happens until `connect` or `build`"]
pub struct Builder {
    url: String,
    namespace: Option<String>,
    path: String,
    slash: bool,
    query: Vec<(String, String)>,
    protocols: JsValue,
    auth: Result<Auth, AuthError>,
    provider: Option<AuthProvider>,
    options: SocketOptions,
    retries: Option<Retrying>,
    take_over: Option<TakeOver>,
    config: Config,
    force_new: bool,
}

impl Socket {
    /// Starts the options of a socket. The URL is read as the reference reads it: empty for the page's own server,
    /// `/ns`, `//host/ns`, `host:port/ns`, or absolute; its path is the namespace.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }
}

impl Builder {
    fn new(url: &str) -> Self {
        Self {
            url: url.into(),
            namespace: None,
            path: "/socket.io".into(),
            slash: true,
            query: Vec::new(),
            protocols: JsValue::UNDEFINED,
            auth: Ok(Auth::NONE),
            provider: None,
            options: SocketOptions::default(),
            retries: None,
            take_over: None,
            config: Config::default(),
            force_new: false,
        }
    }

    /// The namespace, in place of the URL's path. An empty one is `/`.
    pub fn namespace(mut self, namespace: &str) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// The path of the HTTP requests, `/socket.io` by default.
    pub fn path(mut self, path: &str) -> Self {
        self.path = path.into();
        self
    }

    /// Whether the path ends with a slash; some servers and proxies want none. Default: true.
    pub fn add_trailing_slash(mut self, slash: bool) -> Self {
        self.slash = slash;
        self
    }

    /// Sub-protocols that the WebSocket offers to the server. The browser fails each attempt, and
    /// [`on_connect_error`](Socket::on_connect_error) tells why, where one is no token or stands there twice, or the
    /// server takes none of them.
    pub fn protocols<'a>(mut self, protocols: impl IntoIterator<Item = &'a str>) -> Self {
        if !NATIVE {
            let protocols = protocols.into_iter().map(JsValue::from_str);
            self.protocols = protocols.collect::<js_sys::Array>().into();
        }
        self
    }

    /// Adds a parameter to the query of the request. It is not secret: a token belongs into [`auth`](Self::auth).
    /// See also [`Socket::set_query`].
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// What each CONNECT carries to the server: a value that serializes as an object. One that doesn't is told
    /// by [`connect`](Self::connect).
    pub fn auth<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        self.auth = Auth::object(value);
        self
    }

    /// Asks for the auth at each CONNECT, so that a token can be fresh. An error leaves the socket refused,
    /// with that text; so does an answer that doesn't come within [`timeout`](Self::timeout).
    pub fn auth_with<F, R>(mut self, provider: F) -> Self
    where
        F: Fn() -> R + 'static,
        R: Future<Output = Result<Auth, String>> + 'static,
    {
        self.auth = Ok(Auth::ASK);
        self.provider = Some(asking(move |_| provider()));
        self
    }

    /// [`auth_with`](Self::auth_with) for a token that can be refreshed: where the server refuses what it was given,
    /// the provider is asked once more, with `true`, before the refusal is final. It is asked so at most once
    /// between two connects.
    pub fn auth_with_refresh<F, R>(mut self, provider: F) -> Self
    where
        F: Fn(bool) -> R + 'static,
        R: Future<Output = Result<Auth, String>> + 'static,
    {
        self.auth = Ok(Auth::ASK);
        self.options.refresh_auth = true;
        self.provider = Some(asking(provider));
        self
    }

    /// All auth of this socket names one user, though it changes, as a token does that is renewed. Otherwise auth that
    /// differs is taken for another user's: the session is not offered for recovery then, and packets that wait are
    /// dropped. See [`SocketOptions::one_user`].
    pub fn one_user(mut self) -> Self {
        self.options.one_user = true;
        self
    }

    /// Whether a connection that is lost, or can't be had at first, is tried again. Default: true.
    pub fn reconnection(mut self, reconnection: bool) -> Self {
        self.config.reconnection = reconnection;
        self
    }

    /// Attempts before giving up. Default: no end of them.
    pub fn reconnection_attempts(mut self, attempts: u32) -> Self {
        self.config.reconnection_attempts = Some(attempts);
        self
    }

    /// Delay before the first attempt; it doubles with each. Default: 1 s.
    pub fn reconnection_delay(mut self, delay: Duration) -> Self {
        self.config.reconnection_delay = delay;
        self
    }

    /// Upper bound of the delay. Default: 5 s.
    pub fn reconnection_delay_max(mut self, delay: Duration) -> Self {
        self.config.reconnection_delay_max = delay;
        self
    }

    /// Jitter as a share of the delay, 0 to 1. Default: 0.5.
    pub fn randomization_factor(mut self, factor: f64) -> Self {
        self.config.randomization_factor = factor;
        self
    }

    /// Time for one attempt to reach the handshake, and for [`auth_with`](Self::auth_with) to answer; `None` waits as long
    /// as it takes. Default: 20 s.
    pub fn timeout(mut self, timeout: Option<Duration>) -> Self {
        self.config.timeout = timeout;
        self
    }

    /// Time for the server to answer the CONNECT of a namespace, which some never do; `None` waits as long as it takes.
    /// Default: 20 s; see [`Config::connect_timeout`].
    pub fn connect_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.config.connect_timeout = timeout;
        self
    }

    /// How long a namespace must have stayed connected before the delays and the count of the attempts start over.
    /// Default: 5 s; see [`Config::stable_after`].
    pub fn stable_after(mut self, time: Duration) -> Self {
        self.config.stable_after = time;
        self
    }

    /// How long a namespace that was left is not asked for again on a connection that others keep. Default: 100 ms; see
    /// [`Config::rejoin_delay`].
    pub fn rejoin_delay(mut self, delay: Duration) -> Self {
        self.config.rejoin_delay = delay;
        self
    }

    /// Bounds on what one packet may hold.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.config.limits = limits;
        self
    }

    /// Bounds on what is kept while the socket isn't connected. Default: 1000 packets, 16 MiB, then refused.
    pub fn send_buffer(mut self, bounds: SendBuffer) -> Self {
        self.options.send_buffer = bounds;
        self
    }

    /// How long acknowledgements are awaited where an emit names no time. Default: until the disconnect.
    pub fn ack_timeout(mut self, timeout: Duration) -> Self {
        self.options.ack_timeout = Some(timeout);
        self
    }

    /// Sends each event until it is acknowledged.
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = Some(Box::new(move |manager, id| {
            manager.retry(id, retries);
        }));
        self
    }

    /// Takes over a connection that was opened ahead, and its namespace with it. One to another address or namespace is
    /// closed, as is one that comes too late because the socket shares a connection that is there already; then all is as
    /// without it.
    ///
    /// So is one whose CONNECT carried other [`auth`](Self::auth), by the letter: its session is another user's. With
    /// [`auth_with`](Self::auth_with) the auth is not known yet, and the session is taken for this user's.
    pub fn head_start(mut self, head_start: HeadStart) -> Self {
        self.take_over = Some(head_start.into_take_over());
        self
    }

    /// A connection of its own, shared with no other socket.
    pub fn force_new(mut self) -> Self {
        self.force_new = true;
        self
    }

    /// Makes the socket and starts to connect it.
    ///
    /// # Errors
    /// When the URL, the namespace or the auth can't be used. What happens later comes to the listeners.
    pub fn connect(self) -> Result<Socket, OpenError> {
        let socket = self.build()?;
        let _connecting = socket.connect();
        Ok(socket)
    }

    /// Makes the socket, not connected yet.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub fn build(mut self) -> Result<Socket, OpenError> {
        if NATIVE {
            return self.inert();
        }
        let socket = self.make()?;
        lifecycle::start();
        Ok(socket)
    }

    /// A socket that names nothing, if what can be checked without a browser is in order.
    fn inert(self) -> Result<Socket, OpenError> {
        let namespace = self.namespace.as_deref().unwrap_or_default();
        checked_namespace(namespace)?;
        self.auth.map_err(OpenError::Auth)?;
        Ok(Socket::new(Key::NONE))
    }

    fn make(&mut self) -> Result<Socket, OpenError> {
        self.options.auth =
            mem::replace(&mut self.auth, Ok(Auth::NONE)).map_err(OpenError::Auth)?;
        let server = url::parse(&self.url)?;
        // Sockets share a connection by server and path, not by query (A7).
        let share = url::joined(&[&server.origin, " ", url::trim_slashes(&self.path)]);
        let shared_as = (!self.force_new).then_some(share);
        let namespace = self.namespace.take();
        let namespace = namespace.unwrap_or_else(|| server.namespace.clone());
        let options = &mut self.options;
        let shared = table::with(|table| place(table, shared_as.as_deref()?, &namespace, options));
        let (key, id) = match shared {
            Some(shared) => shared,
            None => {
                let seed = (js_sys::Math::random() * f64::from(u32::MAX)) as u64;
                let mut manager = Manager::new(self.config.clone(), seed);
                manager.leave_unread();
                // A page that is left opens nothing before it is back.
                if table::with(|table| table.is_page_left().then_some(())).is_some() {
                    manager.handle_suspend(clock::last());
                }
                let id = manager
                    .socket_without_retries(&namespace, &mut self.options)
                    .map_err(OpenError::Namespace)?;
                let endpoint = url::endpoint(&server, &self.path, self.slash);
                let url = url::websocket(&server, &endpoint, &self.query);
                let protocols = mem::take(&mut self.protocols);
                let take_over = self.take_over.take();
                let take_over = take_over.filter(|_| protocols.is_undefined());
                let mut connection = Connection::new(manager, shared_as, server, url, protocols);
                connection.take_over = take_over.map(|take_over| (id, take_over));
                let key = table::with(|table| Some(table.connections.insert(connection)));
                (key.ok_or(OpenError::NoHost)?, id)
            }
        };
        let entry = Entry {
            connection: key,
            id,
            status: Status::Disconnected,
            error: None,
            request: None,
            listeners: Vec::new(),
            has_gone: false,
            auth: self.provider.take(),
            outgoing: None,
        };
        let made = table::with(|table| {
            let socket = table.sockets.insert(entry);
            let connection = table.connections.get_mut(key)?;
            connection.sockets.push((id, socket));
            if let Some(retry) = self.retries.take() {
                retry(&mut connection.manager, id);
            }
            Some(Socket::new(socket))
        });
        made.ok_or(OpenError::NoHost)
    }
}

fn asking<F, R>(provider: F) -> AuthProvider
where
    F: Fn(bool) -> R + 'static,
    R: Future<Output = Result<Auth, String>> + 'static,
{
    Rc::new(move |socket, request, refused| {
        let mut answer = Answer(None);
        let asked = guard::catch(&mut || answer.0 = Some(Box::pin(provider(refused))));
        if let Err(exception) = asked {
            return answered(socket, request, Err(guard::failure(&exception)));
        }
        wasm_bindgen_futures::spawn_local(async move {
            answered(socket, request, answer.await);
        });
    })
}

fn answered(socket: Key, request: u32, answer: Result<Auth, String>) {
    run::with_socket(socket, |manager, id, now| {
        manager.authorize(id, request, answer, now)
    });
}

/// What an auth provider's future says. An exception in there is an answer as well.
struct Answer<R>(Option<Pin<Box<R>>>);

impl<R: Future<Output = Result<Auth, String>>> Future for Answer<R> {
    type Output = R::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R::Output> {
        let Some(future) = self.0.take() else {
            return Poll::Pending;
        };
        // One that threw is neither polled again nor dropped: it may be half changed.
        let mut future = ManuallyDrop::new(future);
        let mut answer = Poll::Pending;
        let polled = guard::catch(&mut || answer = future.as_mut().poll(context));
        if let Err(exception) = polled {
            return Poll::Ready(Err(guard::failure(&exception)));
        }
        let future = ManuallyDrop::into_inner(future);
        match answer {
            Poll::Pending => self.0 = Some(future),
            Poll::Ready(_) => guard::dispose(future),
        }
        answer
    }
}

/// A place on a connection to that server which hasn't this namespace yet.
fn place(
    table: &mut Table,
    share: &str,
    namespace: &str,
    options: &mut SocketOptions,
) -> Option<(Key, SocketId)> {
    table.connections.iter_mut().find_map(|(key, connection)| {
        if connection.shared_as.as_deref() != Some(share) {
            return None;
        }
        let manager = &mut connection.manager;
        let id = manager.socket_without_retries(namespace, options).ok()?;
        Some((key, id))
    })
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
