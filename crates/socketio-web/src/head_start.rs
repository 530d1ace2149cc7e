//! A connection that is opened before the client is there.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

use js_sys::{Array, JSON};
use socketio_proto::manager::TransportEvent;
use socketio_proto::{Auth, AuthError};
use wasm_bindgen::JsValue;

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

/// Frames that are kept at most, and bytes of text and binary in them. A page that takes longer than that to load its
/// client is better off with a new connection.
const FRAMES: usize = 1000;
const BYTES: usize = 1 << 20;
const TOO_LATE: &str = "the client came too late for all that its head start had to keep";

/// A connection that is opened ahead of the client: for a page that comes in parts, whose first part is to be small.
///
/// It opens the WebSocket, sends CONNECT for one namespace, answers heartbeats and keeps what comes. The client takes it
/// over by [`Builder::head_start`](crate::Builder::head_start) and hears all that was kept, from the handshake on, as if
/// it had been there; nothing is sent twice. Until then nobody reconnects: how a connection ended is kept, too.
///
/// ```no_run
/// use socketio_web::{Heard, HeadStart, Socket};
///
/// # fn main() -> Result<(), socketio_web::OpenError> {
/// let head_start = HeadStart::open("https://example.com", "/socket.io", "/mofang", None, |heard| {
///     if let Heard::Packet(packet) = heard {
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

/// What a [`HeadStart`] hears while nobody has taken it over.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Heard<'a> {
    /// The connection is closed, or could not be opened.
    Closed,
    /// A Socket.IO packet as it stands on the wire, behind the Engine.IO type.
    Packet(&'a str),
}

type Observer = Rc<dyn Fn(Heard<'_>)>;

/// Keeps what comes until somebody takes it over.
struct Keeper {
    /// The frame that asks for the namespace.
    connect: String,
    /// `None` where the browser refused to open one, and once it is handed over.
    transport: RefCell<Option<Rc<Transport>>>,
    kept: RefCell<VecDeque<TransportEvent>>,
    bytes: Cell<usize>,
    is_open: Cell<bool>,
    /// Whether `connect` was sent.
    asked: Cell<bool>,
    /// `None` once all goes to the client.
    observer: RefCell<Option<Observer>>,
    /// Where all goes from now on.
    heir: OnceCell<Sink>,
}

impl HeadStart {
    /// Opens a connection to the server at `url`, whose HTTP path is `path`, and asks for `namespace` with `auth`: a JSON
    /// object as text. What these mean is told at [`Socket::builder`](crate::Socket::builder) and its options of the same
    /// names. `observer` hears of packets until the client takes over.
    ///
    /// # Errors
    /// When the URL, the namespace or the auth can't be used. What happens later is kept for the client.
    pub fn open(
        url: &str,
        path: &str,
        namespace: &str,
        auth: Option<&str>,
        observer: impl Fn(Heard<'_>) + 'static,
    ) -> Result<Self, OpenError> {
        let url = match NATIVE {
            true => url.into(),
            false => {
                let server = url::parse(url)?;
                url::websocket(&server, &url::endpoint(&server, path, true), &[])
            }
        };
        let namespace = checked_namespace(namespace)?.into_owned();
        // Read by the browser's own JSON, which weighs nothing.
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
            heir: OnceCell::new(),
        });
        let sink = {
            // Not the keeper itself: it has the transport, which has this.
            let keeper = Rc::downgrade(&keeper);
            move |event| {
                if let Some(keeper) = keeper.upgrade() {
                    keeper.heard(event);
                }
            }
        };
        if !NATIVE {
            match Transport::open(&url, &JsValue::UNDEFINED, BYTES as u32, Rc::new(sink)) {
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

    /// Whether there is a connection, or one on its way.
    pub fn is_open(&self) -> bool {
        self.keeper.is_open.get()
    }

    /// Whether CONNECT was sent with the auth that was given.
    pub fn has_asked(&self) -> bool {
        self.keeper.asked.get()
    }

    /// What has a manager's first transport taken from here, if it is for the same address, namespace and user.
    pub(crate) fn into_take_over(self) -> TakeOver {
        Box::new(move |place: TransportRequest<'_>| {
            let asked = self.keeper.asked.get();
            let fits = place.url == self.url && place.namespace == self.namespace;
            if !fits || asked && !self.is_of_user(&place) {
                guard::dispose(self);
                return None;
            }
            // At once: should the auth be changed before all is handed over, the client knows whose session was asked for.
            if asked {
                run::handle(place.connection, |manager, _| {
                    manager.connect_went_out(place.socket);
                });
            }
            let transport = self.keeper.transport.take();
            let keeper = self.keeper;
            // A moment later, when whoever called `connect` has had the time to listen.
            let hand_over = move || {
                keeper.hand_over(run::sink(place.connection, place.transport));
                guard::dispose(keeper.observer.take());
            };
            Some((transport, Some(Timer::new(0, hand_over))))
        })
    }

    /// Whether the auth of the CONNECT that went out is that of the socket, as far as it is known.
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
    fn heard(&self, event: TransportEvent) {
        if let Some(heir) = self.heir.get() {
            return heir(event);
        }
        let (first, bytes) = match &event {
            TransportEvent::Text(text) => (text.as_bytes().first(), text.len()),
            TransportEvent::Binary(data) => (None, data.len()),
            TransportEvent::TooLarge => (None, usize::MAX),
            _ => (None, 0),
        };
        match first {
            // The handshake, which the client reads for itself.
            Some(b'0') if !self.asked.get() => self.asked.set(self.send(&self.connect)),
            // A heartbeat: it can't wait, and tells nothing.
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
            // Some of it alone would be worse than none: the client finds the connection closed, and makes a new one.
            _ = self.kept.take();
            self.end(TransportEvent::Failed(TOO_LATE.into()));
        } else if let Some(packet) = &packet {
            self.observe(Heard::Packet(packet));
        }
    }

    /// Whether there was room for it.
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
        self.observe(Heard::Closed);
    }

    /// Calls the observer, with nothing borrowed.
    fn observe(&self, heard: Heard<'_>) {
        let observer = self.observer.try_borrow().ok();
        let observer = observer.and_then(|observer| observer.clone());
        if let Some(observer) = observer {
            guard::run(&mut || observer(heard));
        }
    }

    /// Tells all that was kept to `heir`, and from now on all that comes. What is told may cause whatever it likes.
    fn hand_over(&self, heir: Sink) {
        while let Some(event) = self.next() {
            heir(event);
        }
        _ = self.heir.set(heir);
    }

    fn next(&self) -> Option<TransportEvent> {
        self.kept.try_borrow_mut().ok()?.pop_front()
    }

    /// Whether there still is what it can be sent by.
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
