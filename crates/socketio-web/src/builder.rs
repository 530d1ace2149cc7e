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

/// Enables retries for a socket. A closure, so that a page that uses no retries does not link them.
type Retrying = Box<dyn FnOnce(&mut Manager, SocketId)>;

/// Options of a socket and of its connection, created by [`Socket::builder`].
///
/// The defaults are those of the JavaScript client, except that buffers are bounded. Sockets of the
/// same server and path share one connection, which has the options of the first socket.
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
    /// Returns a builder for a socket. The URL is interpreted as by the JavaScript client: empty
    /// for the page's own server, `/ns`, `//host/ns`, `host:port/ns`, or absolute. Its path is the
    /// namespace.
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

    /// Sets the namespace, instead of the URL's path. An empty one is `/`.
    pub fn namespace(mut self, namespace: &str) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Sets the path of the HTTP requests. Default: `/socket.io`.
    pub fn path(mut self, path: &str) -> Self {
        self.path = path.into();
        self
    }

    /// Sets whether the path ends with a slash; some servers and proxies expect none. Default:
    /// true.
    pub fn add_trailing_slash(mut self, slash: bool) -> Self {
        self.slash = slash;
        self
    }

    /// Sets the sub-protocols that the WebSocket offers to the server. If one is not a valid token
    /// or is given twice, or if the server accepts none of them, the browser fails each attempt and
    /// [`on_connect_error`](Socket::on_connect_error) reports why.
    pub fn protocols<'a>(mut self, protocols: impl IntoIterator<Item = &'a str>) -> Self {
        if !NATIVE {
            let protocols = protocols.into_iter().map(JsValue::from_str);
            self.protocols = protocols.collect::<js_sys::Array>().into();
        }
        self
    }

    /// Adds a parameter to the query of the request. The query is not secret: pass a token by
    /// [`auth`](Self::auth). See also [`Socket::set_query`].
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Sets the payload of each CONNECT: a value that serializes as an object. For any other value,
    /// [`connect`](Self::connect) returns an error.
    pub fn auth<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        self.auth = Auth::object(value);
        self
    }

    /// Sets a provider that is called for the auth at each CONNECT, so that a token can be fresh.
    /// If it returns an error, or does not answer within [`timeout`](Self::timeout), the status
    /// becomes [`Status::Refused`] with the text of the error.
    pub fn auth_with<F, R>(mut self, provider: F) -> Self
    where
        F: Fn() -> R + 'static,
        R: Future<Output = Result<Auth, String>> + 'static,
    {
        self.auth = Ok(Auth::ASK);
        self.provider = Some(asking(move |_| provider()));
        self
    }

    /// Like [`auth_with`](Self::auth_with), for a token that can be refreshed: if the server
    /// refuses the auth, the provider is called once more, with `true`, before the refusal is
    /// final. Such a call is made at most once between two connects.
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

    /// Declares that all auth of this socket belongs to one user, even if it changes, as a token
    /// does that is renewed. Otherwise, auth that differs is treated as another user's: the session
    /// is not offered for recovery, and buffered packets are dropped. See
    /// [`SocketOptions::one_user`].
    pub fn one_user(mut self) -> Self {
        self.options.one_user = true;
        self
    }

    /// Sets whether a connection that was lost, or could not be established at first, is retried.
    /// Default: true.
    pub fn reconnection(mut self, reconnection: bool) -> Self {
        self.config.reconnection = reconnection;
        self
    }

    /// Sets the number of attempts before the client gives up. Default: unlimited.
    pub fn reconnection_attempts(mut self, attempts: u32) -> Self {
        self.config.reconnection_attempts = Some(attempts);
        self
    }

    /// Sets the delay before the first attempt; it doubles with each further one. Default: 1 s.
    pub fn reconnection_delay(mut self, delay: Duration) -> Self {
        self.config.reconnection_delay = delay;
        self
    }

    /// Sets the upper bound of the delay. Default: 5 s.
    pub fn reconnection_delay_max(mut self, delay: Duration) -> Self {
        self.config.reconnection_delay_max = delay;
        self
    }

    /// Sets the jitter as a fraction of the delay, 0 to 1. Default: 0.5.
    pub fn randomization_factor(mut self, factor: f64) -> Self {
        self.config.randomization_factor = factor;
        self
    }

    /// Sets the time limit for one attempt to complete the handshake, and for
    /// [`auth_with`](Self::auth_with) to answer; `None` sets no limit. Default: 20 s.
    pub fn timeout(mut self, timeout: Option<Duration>) -> Self {
        self.config.timeout = timeout;
        self
    }

    /// Sets the time limit for the server to answer the CONNECT of a namespace, which some servers
    /// never do; `None` sets no limit. Default: 20 s; see [`Config::connect_timeout`].
    pub fn connect_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.config.connect_timeout = timeout;
        self
    }

    /// Sets how long a namespace must stay connected before the back-off delay and the count of
    /// attempts are reset. Default: 5 s; see [`Config::stable_after`].
    pub fn stable_after(mut self, time: Duration) -> Self {
        self.config.stable_after = time;
        self
    }

    /// Sets how long to wait before a namespace that was left is requested again on a connection
    /// that other sockets keep open. Default: 100 ms; see [`Config::rejoin_delay`].
    pub fn rejoin_delay(mut self, delay: Duration) -> Self {
        self.config.rejoin_delay = delay;
        self
    }

    /// Sets the bounds on the contents of one packet.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.config.limits = limits;
        self
    }

    /// Sets the bounds on what is buffered while the socket isn't connected. Default: 1000 packets,
    /// 16 MiB; what exceeds them is refused.
    pub fn send_buffer(mut self, bounds: SendBuffer) -> Self {
        self.options.send_buffer = bounds;
        self
    }

    /// Sets how long an acknowledgement is awaited if the emit gives no timeout. Default: until the
    /// disconnect.
    pub fn ack_timeout(mut self, timeout: Duration) -> Self {
        self.options.ack_timeout = Some(timeout);
        self
    }

    /// Sends each event again until it is acknowledged, within the bounds of `retries`.
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = Some(Box::new(move |manager, id| {
            manager.retry(id, retries);
        }));
        self
    }

    /// Takes over a connection that was opened ahead of the client, together with its namespace. A
    /// head start for another address or namespace is closed, as is one that comes too late because
    /// the socket shares an existing connection. The socket then connects as if there were no head
    /// start.
    ///
    /// A head start whose CONNECT carried different [`auth`](Self::auth), compared as text, is
    /// closed as well: its session is another user's. With [`auth_with`](Self::auth_with) the auth
    /// is not known yet, and the session is assumed to be this user's.
    pub fn head_start(mut self, head_start: HeadStart) -> Self {
        self.take_over = Some(head_start.into_take_over());
        self
    }

    /// Gives the socket a connection of its own, shared with no other socket.
    pub fn force_new(mut self) -> Self {
        self.force_new = true;
        self
    }

    /// Creates the socket and starts to connect it.
    ///
    /// # Errors
    /// If the URL, the namespace or the auth is invalid. Later failures are reported to the
    /// listeners.
    pub fn connect(self) -> Result<Socket, OpenError> {
        let socket = self.build()?;
        let _connecting = socket.connect();
        Ok(socket)
    }

    /// Creates the socket without connecting it.
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

    /// Creates an inert socket, after the checks that need no browser.
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
                // While the page is left or frozen, nothing is opened.
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

/// The future of an auth provider. An exception in its `poll` becomes an error.
struct Answer<R>(Option<Pin<Box<R>>>);

impl<R: Future<Output = Result<Auth, String>>> Future for Answer<R> {
    type Output = R::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R::Output> {
        let Some(future) = self.0.take() else {
            return Poll::Pending;
        };
        // A future that threw is neither polled again nor dropped: its state may be inconsistent.
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

/// Adds the namespace to a shared connection to that server which does not have it yet.
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
