//! The state of one connection and of all its namespaces: the reference's Manager and its Sockets.
//!
//! A [`Manager`] does nothing by itself. Its methods are of four kinds:
//! - **getters** look at it and change nothing;
//! - **commands** come from the user: [`connect`](Manager::connect), [`emit`](Manager::emit) …;
//! - **`handle_*`** bring in what happens outside: frames, the time, the network;
//! - **`poll_*`** take out what is to be done.
//!
//! After each command and each `handle_*`, call [`poll_output`](Manager::poll_output) until it returns `None`, do
//! what it says, in its order, then call [`handle_timeout`](Manager::handle_timeout) when
//! [`poll_timeout`](Manager::poll_timeout) says. No callback ever runs in here, so whatever an output leads to may
//! call the manager again.
//!
//! ```
//! use socketio_proto::manager::{Config, Event, Manager, Output, TransportEvent};
//! use socketio_proto::{Auth, Instant};
//!
//! let mut manager = Manager::new(Config::default(), 1);
//! let now = Instant::from_millis(0);
//! let socket = manager.socket("/mofang", Auth::NONE)?;
//! manager.connect(socket, now);
//! let Some(Output::OpenTransport(transport)) = manager.poll_output() else { panic!() };
//!
//! let handshake = r#"0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#;
//! manager.handle_transport(transport, TransportEvent::Text(handshake.into()), now);
//! assert!(matches!(manager.poll_output(), Some(Output::Event(Event::Opened))));
//! assert!(matches!(manager.poll_output(), Some(Output::SendText(_, text)) if text == "40/mofang,"));
//!
//! let connect = r#"40/mofang,{"sid":"b"}"#;
//! manager.handle_transport(transport, TransportEvent::Text(connect.into()), now);
//! let mut outputs = std::iter::from_fn(|| manager.poll_output());
//! assert!(outputs.any(|output| matches!(output, Output::Event(Event::Connected { .. }))));
//! assert_eq!(manager.id(socket), Some("b"));
//! # Ok::<(), socketio_proto::manager::SocketError>(())
//! ```

mod backoff;
mod commands;
mod config;
mod connect_now;
mod error;
mod incoming;
mod left;
mod lifecycle;
mod outgoing;
mod output;
mod pacing;
mod rejoin;
mod retrying;
mod round_trip;
mod socket;

use alloc::boxed::Box;
use alloc::vec::Vec;

pub use self::config::Config;
pub use self::error::{
    AckError, CloseDetails, ConnectError, DisconnectReason, EmitError, Refusal, SocketError,
};
use self::left::Left;
pub use self::output::{
    AckToken, EmitOptions, Emitted, Event, Outcome, Output, SocketId, TransportEvent,
};
use self::pacing::Pacing;
pub use self::round_trip::RoundTrip;
pub use self::socket::{Auth, AuthError, Overflow, Retries, SendBuffer, SocketOptions};
use self::socket::{Phase, Socket, earliest};
use crate::Instant;
pub use crate::engine::TransportId;
use crate::engine::{self, Connection};
use crate::packet::{Arguments, Decoder};
use crate::queue::Queue;
use crate::random::Random;

/// One connection to a server, and the namespaces on it.
#[derive(Debug)]
pub struct Manager {
    config: Config,
    connection: Connection,
    decoder: Decoder,
    sockets: Vec<Slot>,
    outputs: Queue<Queued>,
    random: Random,
    pacing: Pacing,
    /// When the next attempt starts.
    reconnect_at: Option<Instant>,
    /// The system wishes for that attempt: it is not counted.
    is_wished: bool,
    /// When the last attempt started.
    attempted: Instant,
    /// The device slept since then.
    has_slept: bool,
    /// How many milliseconds the connection that is open took to open.
    opening_took: u64,
    /// When an attempt last failed, or what it led to was lost.
    failed: Option<Instant>,
    /// The pacing of namespaces whose sockets were removed right behind a failure: it goes on where a
    /// program makes a new one.
    former: Vec<(Box<str>, Pacing)>,
    /// When the system last wished for an attempt.
    woken: Option<Instant>,
    /// The page is left or frozen: nothing is opened.
    is_suspended: bool,
    /// The system says that there is no network.
    is_offline: bool,
    /// Until when the attachments that a packet announced are awaited.
    attachments_due: Option<Instant>,
    /// When that packet began to come.
    packet_began: Option<Instant>,
    /// Which attempt is under way; 0 for a connection that the user asked for.
    attempt: u32,
    /// The time of the last input.
    now: Instant,
    round_trip: Option<RoundTrip>,
    /// What was left on the connection that is open.
    left: Vec<Left>,
    /// The first acknowledgement id that no socket which was removed has taken.
    next_ack: u64,
    /// What is done with retry queues, where a socket has one.
    retry_driver: Option<Driver>,
    /// Whether events are told with their arguments unread, where nothing here needs them.
    leaves_unread: bool,
}

/// What is done with a retry queue: by way of function pointers, so that only a page that calls
/// [`Manager::retry`] links it.
#[derive(Clone, Copy, Debug)]
struct Driver {
    emit: EmitRetried,
    send: fn(&mut Manager, SocketId),
}

type EmitRetried = fn(&mut Manager, SocketId, Arguments, EmitOptions) -> Result<Emitted, EmitError>;

#[derive(Debug, Default)]
struct Slot {
    generation: u32,
    socket: Option<Box<Socket>>,
}

#[derive(Debug)]
enum Queued {
    /// When this is reached, the handlers of `Connected` have run, and the send buffer goes out.
    Flush(SocketId),
    Output(Output),
}

/// Where a connection stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ConnectionState {
    /// Neither open nor about to be.
    Closed,
    /// Lost, and tried again by itself at this moment.
    Reconnecting {
        /// The moment.
        at: Instant,
    },
    /// A transport is on its way to the handshake.
    Opening,
    /// Open.
    Open,
}

/// Getters.
impl Manager {
    /// A manager with no sockets, closed. The `seed` is for the jitter of the back-off.
    pub fn new(config: Config, seed: u64) -> Self {
        Self {
            decoder: Decoder::new(config.limits),
            config,
            connection: Connection::default(),
            sockets: Vec::new(),
            outputs: Queue::default(),
            random: Random::new(seed),
            pacing: Pacing::default(),
            reconnect_at: None,
            is_wished: false,
            attempted: Instant::default(),
            has_slept: false,
            opening_took: 0,
            failed: None,
            former: Vec::new(),
            woken: None,
            is_suspended: false,
            is_offline: false,
            attachments_due: None,
            packet_began: None,
            attempt: 0,
            now: Instant::default(),
            round_trip: None,
            left: Vec::new(),
            next_ack: 0,
            retry_driver: None,
            leaves_unread: false,
        }
    }

    /// Its options.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Where the connection stands.
    pub fn state(&self) -> ConnectionState {
        match (self.connection.phase(), self.reconnect_at) {
            (engine::Phase::Open, _) => ConnectionState::Open,
            (engine::Phase::Opening, _) => ConnectionState::Opening,
            (engine::Phase::Closed, Some(at)) => ConnectionState::Reconnecting { at },
            (engine::Phase::Closed, None) => ConnectionState::Closed,
        }
    }

    /// The attempt to reconnect that is under way or waits; 0 when there is none.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The attempt to ask for this namespace again that waits on a connection that is open, and when
    /// it is made. `None` where none waits.
    pub fn next_request(&self, socket: SocketId) -> Option<(u32, Instant)> {
        let socket = self.get(socket)?;
        let waits = socket.phase == Phase::Waiting;
        let at = socket.not_before.filter(|_| waits)?;
        Some((socket.pacing.attempts(), at))
    }

    /// The Engine.IO session, while the connection is open.
    pub fn handshake(&self) -> Option<&engine::Handshake> {
        self.connection.handshake()
    }

    /// The socket's id on the server, while it is connected.
    pub fn id(&self, socket: SocketId) -> Option<&str> {
        self.get(socket)?.id.as_deref()
    }

    /// The socket's namespace.
    pub fn namespace(&self, socket: SocketId) -> Option<&str> {
        self.get(socket).map(|socket| &*socket.namespace)
    }

    /// What the next CONNECT of the socket carries.
    pub fn auth(&self, socket: SocketId) -> Option<&Auth> {
        self.get(socket).map(|socket| &socket.options.auth)
    }

    /// Whether the namespace is connected.
    pub fn is_connected(&self, socket: SocketId) -> bool {
        self.get(socket)
            .is_some_and(|socket| socket.phase == Phase::Connected)
    }

    /// Whether the socket is connected or will be by itself.
    pub fn is_active(&self, socket: SocketId) -> bool {
        self.get(socket).is_some_and(Socket::is_active)
    }

    /// Whether the server restored the session at the last CONNECT.
    pub fn is_recovered(&self, socket: SocketId) -> bool {
        self.get(socket).is_some_and(|socket| socket.recovered)
    }

    /// How many packets the socket keeps: until it is connected, or until they are acknowledged, with retries.
    pub fn buffered(&self, socket: SocketId) -> usize {
        self.get(socket).map_or(0, |socket| {
            socket.send_buffer.len() + socket.retries.as_ref().map_or(0, |queue| queue.len())
        })
    }

    /// The text frames of the packets that wait for the connection, oldest first.
    pub fn buffer(&self, socket: SocketId) -> impl Iterator<Item = &str> {
        let socket = self.get(socket).into_iter();
        socket
            .flat_map(|socket| socket.send_buffer.iter())
            .map(|buffered| &*buffered.frame.text)
    }

    /// How long a packet and its answer take; `None` until something was answered.
    pub fn round_trip(&self) -> Option<RoundTrip> {
        self.round_trip
    }
}

/// What is to be done.
impl Manager {
    /// The next thing to do; `None` when all is done for now.
    pub fn poll_output(&mut self) -> Option<Output> {
        loop {
            match self.outputs.pop()? {
                Queued::Output(output) => return Some(output),
                Queued::Flush(socket) => self.flush(socket),
            }
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) wants to be called; `None` for never.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let own = earliest(self.connection.deadline(), self.next_attempt());
        let own = earliest(own, self.attachments_due);
        let is_open = self.connection.phase() == engine::Phase::Open;
        let own = earliest(own, self.rejoin_deadline().filter(|_| is_open));
        let sockets = self.sockets.iter().filter_map(|slot| slot.socket.as_ref());
        sockets.fold(own, |least, socket| {
            let least = earliest(least, socket.acks.deadline());
            let least = earliest(least, socket.deadline);
            let waits = is_open && socket.phase == Phase::Waiting;
            let least = earliest(least, socket.not_before.filter(|_| waits));
            earliest(least, socket.send_buffer.deadline())
        })
    }
}

/// Bookkeeping.
impl Manager {
    // Not inlined: they are called from half a hundred places.
    #[inline(never)]
    fn get(&self, id: SocketId) -> Option<&Socket> {
        let slot = self.sockets.get(id.index as usize)?;
        slot.socket
            .as_deref()
            .filter(|_| slot.generation == id.generation)
    }

    fn get_mut(&mut self, id: SocketId) -> Option<&mut Socket> {
        socket_of(&mut self.sockets, id)
    }

    /// The first socket from this place on, which moves behind it: to walk through all of them with
    /// nothing borrowed.
    #[inline(never)]
    fn next_socket(&self, place: &mut usize) -> Option<SocketId> {
        loop {
            let slot = self.sockets.get(*place)?;
            let index = u32::try_from(*place).ok()?;
            *place += 1;
            if slot.socket.is_some() {
                return Some(SocketId {
                    index,
                    generation: slot.generation,
                });
            }
        }
    }

    /// Whether there is such a socket.
    fn any_socket(&self, condition: &dyn Fn(&Socket) -> bool) -> bool {
        let mut sockets = self.sockets.iter();
        sockets.any(|slot| slot.socket.as_deref().is_some_and(condition))
    }

    /// When the next attempt is to be made by itself.
    fn next_attempt(&self) -> Option<Instant> {
        self.reconnect_at.filter(|_| !self.is_suspended)
    }

    fn find(&self, namespace: &str) -> Option<SocketId> {
        let mut place = 0;
        loop {
            let id = self.next_socket(&mut place)?;
            if self.get(id).is_some_and(|it| *it.namespace == *namespace) {
                return Some(id);
            }
        }
    }

    #[inline(never)]
    fn output(&mut self, output: Output) {
        self.outputs.push(Queued::Output(output));
    }

    #[inline(never)]
    fn event(&mut self, event: Event) {
        self.output(Output::Event(event));
    }
}

/// [`Manager::get_mut`], where something else of the manager is borrowed as well.
#[inline(never)]
fn socket_of(sockets: &mut [Slot], id: SocketId) -> Option<&mut Socket> {
    let slot = sockets.get_mut(id.index as usize)?;
    slot.socket
        .as_deref_mut()
        .filter(|_| slot.generation == id.generation)
}
