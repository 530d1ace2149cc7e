//! A connection that is opened before the client is loaded.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

use js_sys::{Array, JSON};
use socketio_proto::manager::TransportEvent;
use socketio_proto::{Auth, AuthError};
use wasm_bindgen::JsValue;
use web_sys::WebSocket;

use crate::driver::connection::{TakeOver, TransportRequest};
use crate::driver::run;
use crate::driver::table;
use crate::error::OpenError;
use crate::namespace::checked_namespace;
use crate::sys::guard;
use crate::sys::native::NATIVE;
use crate::sys::timer::Timer;
use crate::sys::url;
use crate::sys::websocket::{Sink, Transport};

/// The maximum number of buffered frames, and of bytes in them. A page that receives more before
/// its client is loaded is better off with a new connection.
const FRAMES: usize = 1000;
const BYTES: usize = 1 << 20;
const TOO_LATE: &str = "the client came too late for all that its head start had to keep";

/// A connection that is opened ahead of the client, for a page that is loaded in parts and has a
/// small first part.
///
/// It opens the WebSocket, sends CONNECT for one namespace, answers heartbeats and buffers what it
/// receives. The client takes it over by [`Builder::head_start`](crate::Builder::head_start) and
/// receives all that was buffered, from the handshake on, as if it had opened the connection
/// itself; nothing is sent twice. Until then nothing reconnects: the end of the connection is
/// buffered, too.
///
/// ```no_run
/// use socketio_web::{HeadStart, HeadStartEvent, Socket};
///
/// # fn main() -> Result<(), socketio_web::OpenError> {
/// let head_start = HeadStart::open("https://example.com", "/socket.io", "/mofang", None, |event| {
///     if let HeadStartEvent::Packet(packet) = event {
///         // Such as `2/mofang,["server_response",{"count":3}]`.
///         web_sys::console::log_1(&packet.into());
///     }
/// })?;
/// // Later, in a part of the page that was loaded meanwhile:
/// let socket = Socket::builder("https://example.com/mofang")
///     .head_start(head_start)
///     .connect()?;
/// # let _ = socket;
/// # Ok(())
/// # }
/// ```
///
/// Dropping it closes the connection.
#[must_use = "dropping it closes the connection"]
pub struct HeadStart {
    url: String,
    namespace: String,
    keeper: Rc<Keeper>,
}

/// What a [`HeadStart`] reports to its observer until a client takes it over.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum HeadStartEvent<'a> {
    /// The connection is closed, or could not be opened.
    Closed,
    /// A Socket.IO packet as received, without the type of the Engine.IO packet.
    Packet(&'a str),
}

type Observer = Rc<dyn Fn(HeadStartEvent<'_>)>;

/// Buffers transport events until a client takes over.
struct Keeper {
    /// The frame that requests the namespace.
    connect: String,
    /// `None` if the browser refused to open one, and once it is closed or handed over.
    transport: RefCell<Option<Rc<Transport>>>,
    kept: RefCell<VecDeque<TransportEvent>>,
    bytes: Cell<usize>,
    is_open: Cell<bool>,
    /// Whether `connect` was sent.
    asked: Cell<bool>,
    /// `None` once the client has taken over.
    observer: RefCell<Option<Observer>>,
    /// The sink of the client, which receives all further events.
    successor: OnceCell<Sink>,
}

impl HeadStart {
    /// Opens a connection to the server at `url` with the HTTP path `path`, and requests
    /// `namespace` with `auth`, a JSON object as text. The arguments mean the same as those of
    /// [`Socket::builder`](crate::Socket::builder) and of the options with these names. `observer`
    /// is called for each packet and for the close, until the client takes over.
    ///
    /// # Errors
    /// If the URL, the namespace or the auth is invalid. Later failures are buffered for the
    /// client.
    pub fn open(
        url: &str,
        path: &str,
        namespace: &str,
        auth: Option<&str>,
        observer: impl Fn(HeadStartEvent<'_>) + 'static,
    ) -> Result<Self, OpenError> {
        Self::open_with(url, path, namespace, auth, |_| None, observer)
    }

    /// Like [`open`](Self::open), but takes the WebSocket that `opened` returns for the address, if
    /// it returns one: a script of the page may have opened it even earlier. The WebSocket is
    /// connecting or open, nothing was sent on it, and the frames that it has received are
    /// delivered again to the handlers that are set here.
    ///
    /// # Errors
    /// See [`open`](Self::open).
    #[doc(hidden)]
    pub fn open_with(
        url: &str,
        path: &str,
        namespace: &str,
        auth: Option<&str>,
        opened: impl FnOnce(&str) -> Option<WebSocket>,
        observer: impl Fn(HeadStartEvent<'_>) + 'static,
    ) -> Result<Self, OpenError> {
        let url = match NATIVE {
            true => url.into(),
            false => {
                let server = url::parse(url)?;
                url::websocket(&server, &url::endpoint(&server, path, true), &[])
            }
        };
        let namespace = checked_namespace(namespace)?.into_owned();
        // Parsed by the browser's `JSON`, which adds nothing to the size of the page.
        let is_object =
            |auth| JSON::parse(auth).is_ok_and(|auth| auth.is_object() && !Array::is_array(&auth));
        if !NATIVE && !auth.is_none_or(is_object) {
            return Err(OpenError::Auth(AuthError::NoObject));
        }
        let connect = url::joined(&match &*namespace {
            "/" => ["40", "", "", auth.unwrap_or_default()],
            namespace => ["40", namespace, ",", auth.unwrap_or_default()],
        });
        let keeper = Rc::new(Keeper {
            connect,
            transport: RefCell::new(None),
            kept: RefCell::default(),
            bytes: Cell::new(0),
            is_open: Cell::new(!NATIVE),
            asked: Cell::new(false),
            observer: RefCell::new(Some(Rc::new(observer))),
            successor: OnceCell::new(),
        });
        let sink = {
            // A weak reference: the keeper owns the transport, which owns this closure.
            let keeper = Rc::downgrade(&keeper);
            move |event| {
                if let Some(keeper) = keeper.upgrade() {
                    keeper.receive(event);
                }
            }
        };
        if !NATIVE {
            let (limit, sink): (_, Sink) = (BYTES as u32, Rc::new(sink));
            let transport = match opened(&url) {
                Some(socket) => Ok(Transport::adopt(socket, limit, sink)),
                None => Transport::open(&url, &JsValue::UNDEFINED, limit, sink),
            };
            match transport {
                Ok(transport) => _ = keeper.transport.replace(Some(Rc::new(transport))),
                Err(text) => keeper.end(TransportEvent::Failed(text)),
            }
        }
        Ok(Self {
            url,
            namespace,
            keeper,
        })
    }

    /// Returns whether the connection is open or being opened.
    pub fn is_open(&self) -> bool {
        self.keeper.is_open.get()
    }

    /// Returns whether CONNECT was sent with the given auth.
    pub fn has_asked(&self) -> bool {
        self.keeper.asked.get()
    }

    /// Returns a function that hands this connection over as the first transport of a manager, if
    /// it is for the same address, namespace and user.
    pub(crate) fn into_take_over(self) -> TakeOver {
        Box::new(move |place: TransportRequest<'_>| {
            let asked = self.keeper.asked.get();
            let fits = place.url == self.url && place.namespace == self.namespace;
            if !fits || asked && !self.is_of_user(&place) {
                guard::dispose(self);
                return None;
            }
            // At once: if the auth changes before the hand-over, the manager must know which auth
            // the session was requested with.
            if asked {
                run::handle(place.connection, |manager, _| {
                    manager.connect_went_out(place.socket);
                });
            }
            let transport = self.keeper.transport.take();
            let keeper = self.keeper;
            // In a later task, so that the caller of `connect` can add listeners first.
            let hand_over = move || {
                keeper.hand_over(run::sink(place.connection, place.transport));
                guard::dispose(keeper.observer.take());
            };
            Some((transport, Some(Timer::new(0, hand_over))))
        })
    }

    /// Returns whether the auth of the CONNECT that was sent equals that of the socket, or the
    /// latter is not known yet.
    fn is_of_user(&self, place: &TransportRequest<'_>) -> bool {
        let before = match &*self.namespace {
            "/" => "40".len(),
            namespace => "40".len() + namespace.len() + ",".len(),
        };
        let asked = self.keeper.connect.get(before..).unwrap_or_default();
        let is_same = table::with(|table| {
            let manager = &table.connections.get(place.connection)?.manager;
            let auth = manager.auth(place.socket)?;
            Some(*auth == Auth::ASK || auth.text().unwrap_or_default() == asked)
        });
        is_same.unwrap_or(false)
    }
}

impl Keeper {
    fn receive(&self, event: TransportEvent) {
        if let Some(successor) = self.successor.get() {
            return successor(event);
        }
        let (first, bytes) = match &event {
            TransportEvent::Text(text) => (text.as_bytes().first(), text.len()),
            TransportEvent::Binary(data) => (None, data.len()),
            TransportEvent::TooLarge => (None, usize::MAX),
            _ => (None, 0),
        };
        match first {
            // The handshake is buffered as well: the client reads it itself.
            Some(b'0') if !self.asked.get() => self.asked.set(self.send(&self.connect)),
            // A heartbeat is answered at once, and carries nothing for the client.
            Some(b'2') if self.send("3") => return,
            _ => {}
        }
        let packet = match &event {
            TransportEvent::Text(text) => text.strip_prefix("4").map(String::from),
            _ => None,
        };
        if matches!(event, TransportEvent::Closed { .. }) {
            self.end(event);
        } else if !self.keep(event, bytes) {
            // An incomplete sequence would be worse than none: the client finds the connection
            // closed, and opens a new one.
            _ = self.kept.take();
            self.end(TransportEvent::Failed(TOO_LATE.into()));
        } else if let Some(packet) = &packet {
            self.observe(HeadStartEvent::Packet(packet));
        }
    }

    /// Buffers an event. Returns whether it fits within the bounds.
    fn keep(&self, event: TransportEvent, bytes: usize) -> bool {
        let bytes = self.bytes.get().saturating_add(bytes);
        self.bytes.set(bytes);
        self.kept.try_borrow_mut().is_ok_and(|mut kept| {
            let fits = kept.len() < FRAMES && bytes <= BYTES;
            if fits {
                kept.push_back(event);
            }
            fits
        })
    }

    fn end(&self, event: TransportEvent) {
        if !self.is_open.replace(false) {
            return;
        }
        if let Ok(mut kept) = self.kept.try_borrow_mut() {
            kept.push_back(event);
        }
        drop(self.transport.take());
        self.observe(HeadStartEvent::Closed);
    }

    /// Calls the observer while nothing is borrowed.
    fn observe(&self, event: HeadStartEvent<'_>) {
        let observer = self.observer.try_borrow().ok();
        let observer = observer.and_then(|observer| observer.clone());
        if let Some(observer) = observer {
            guard::run(&mut || observer(event));
        }
    }

    /// Passes all buffered events to `successor`, and from then on every new one. Nothing is
    /// borrowed meanwhile: `successor` may call back into this keeper.
    fn hand_over(&self, successor: Sink) {
        while let Some(event) = self.next() {
            successor(event);
        }
        _ = self.successor.set(successor);
    }

    fn next(&self) -> Option<TransportEvent> {
        self.kept.try_borrow_mut().ok()?.pop_front()
    }

    /// Sends the text. Returns whether there still is a transport.
    fn send(&self, text: &str) -> bool {
        let transport = self.transport.try_borrow().ok();
        let transport = transport.and_then(|transport| transport.clone());
        if let Some(transport) = &transport {
            transport.send_text(text);
        }
        transport.is_some()
    }
}

impl fmt::Debug for HeadStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeadStart")
            .field("url", &self.url)
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}
