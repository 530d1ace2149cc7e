//! The state of one connection and all its namespaces: the reference client's Manager and Sockets.
//!
//! A [`Manager`] performs no I/O. It has four kinds of methods:
//! - **getters** read its state;
//! - **commands** carry out what the user asks for: [`connect`](Manager::connect),
//!   [`emit`](Manager::emit) …;
//! - **`handle_*`** take input from outside: frames, the time, changes of the network;
//! - **`poll_*`** return what the driver has to do next.
//!
//! After each command and each `handle_*`, call [`poll_output`](Manager::poll_output) until it
//! returns `None`, and carry out each output in order. Then call
//! [`handle_timeout`](Manager::handle_timeout) at the time that
//! [`poll_timeout`](Manager::poll_timeout) returns. The manager never calls back, so code that
//! handles an output may call the manager again.
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
    /// Whether the system, not the back-off, asked for that attempt. Such an attempt is not
    /// counted.
    is_wished: bool,
    /// When the last attempt started.
    attempted: Instant,
    /// Whether the device has slept since then.
    has_slept: bool,
    /// How long the current connection took to open, in milliseconds.
    opening_took: u64,
    /// When an attempt last failed, or a connection was last lost.
    failed: Option<Instant>,
    /// The pacing of namespaces whose sockets were removed right after a failure. A new socket for
    /// the same namespace continues it, so that a program can't escape the back-off.
    former: Vec<(Box<str>, Pacing)>,
    /// When the system last asked for an attempt.
    woken: Option<Instant>,
    /// Whether the page is left or frozen. No connection is opened then.
    is_suspended: bool,
    /// Whether the system reports that there is no network.
    is_offline: bool,
    /// The deadline for the attachments that a packet announced.
    attachments_due: Option<Instant>,
    /// When the first frame of that packet arrived.
    packet_began: Option<Instant>,
    /// The number of the attempt under way; 0 for a connection that the user asked for.
    attempt: u32,
    /// The time of the last input.
    now: Instant,
    round_trip: Option<RoundTrip>,
    /// The namespaces that were left on the current connection.
    left: Vec<Left>,
    /// The lowest acknowledgement id that no removed socket has used.
    next_ack: u64,
    /// The functions that drive retry queues; `None` until a socket has one.
    retry_driver: Option<Driver>,
    /// Whether events are passed on with their arguments unread, unless the manager needs them.
    leaves_unread: bool,
}

/// The functions that drive a retry queue. They are function pointers so that only a program that
/// calls [`Manager::retry`] links the code.
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
    /// Sends the buffer of this socket. It is queued behind `Connected`, so the handlers of that
    /// event have run by then.
    Flush(SocketId),
    Output(Output),
}

/// The state of a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ConnectionState {
    /// Closed, with no attempt scheduled.
    Closed,
    /// Closed, with an attempt scheduled.
    Reconnecting {
        /// When the attempt starts.
        at: Instant,
    },
    /// A transport is being opened; the handshake has not been received.
    Opening,
    /// Open.
    Open,
}

/// Getters.
impl Manager {
    /// Creates a closed manager with no sockets. The `seed` determines the jitter of the back-off.
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

    /// Returns the options.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Returns the state of the connection.
    pub fn state(&self) -> ConnectionState {
        match (self.connection.phase(), self.reconnect_at) {
            (engine::Phase::Open, _) => ConnectionState::Open,
            (engine::Phase::Opening, _) => ConnectionState::Opening,
            (engine::Phase::Closed, Some(at)) => ConnectionState::Reconnecting { at },
            (engine::Phase::Closed, None) => ConnectionState::Closed,
        }
    }

    /// Returns the number of the attempt to reconnect that is scheduled or under way; 0 when there
    /// is none.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Returns the number and the time of the next CONNECT for this namespace, where it waits for
    /// its back-off on an open connection; `None` otherwise.
    pub fn next_request(&self, socket: SocketId) -> Option<(u32, Instant)> {
        let socket = self.get(socket)?;
        let waits = socket.phase == Phase::Waiting;
        let at = socket.not_before.filter(|_| waits)?;
        Some((socket.pacing.attempts(), at))
    }

    /// Returns the Engine.IO handshake while the connection is open.
    pub fn handshake(&self) -> Option<&engine::Handshake> {
        self.connection.handshake()
    }

    /// Returns the socket's id on the server while it is connected.
    pub fn id(&self, socket: SocketId) -> Option<&str> {
        self.get(socket)?.id.as_deref()
    }

    /// Returns the socket's namespace.
    pub fn namespace(&self, socket: SocketId) -> Option<&str> {
        self.get(socket).map(|socket| &*socket.namespace)
    }

    /// Returns the auth that the socket's next CONNECT carries.
    pub fn auth(&self, socket: SocketId) -> Option<&Auth> {
        self.get(socket).map(|socket| &socket.options.auth)
    }

    /// Returns whether the namespace is connected.
    pub fn is_connected(&self, socket: SocketId) -> bool {
        self.get(socket)
            .is_some_and(|socket| socket.phase == Phase::Connected)
    }

    /// Returns whether the socket is connected, or is going to be without a further command.
    pub fn is_active(&self, socket: SocketId) -> bool {
        self.get(socket).is_some_and(Socket::is_active)
    }

    /// Returns whether the server restored the session at the last CONNECT.
    pub fn is_recovered(&self, socket: SocketId) -> bool {
        self.get(socket).is_some_and(|socket| socket.recovered)
    }

    /// Returns the number of packets that the socket keeps: those that wait for the connection and,
    /// with retries, those that are not acknowledged yet.
    pub fn buffered(&self, socket: SocketId) -> usize {
        self.get(socket).map_or(0, |socket| {
            socket.send_buffer.len() + socket.retries.as_ref().map_or(0, |queue| queue.len())
        })
    }

    /// Returns the text frames of the packets that wait for the connection, oldest first.
    pub fn buffer(&self, socket: SocketId) -> impl Iterator<Item = &str> {
        let socket = self.get(socket).into_iter();
        socket
            .flat_map(|socket| socket.send_buffer.iter())
            .map(|buffered| &*buffered.frame.text)
    }

    /// Returns the measured round-trip time; `None` until the server has answered a packet.
    pub fn round_trip(&self) -> Option<RoundTrip> {
        self.round_trip
    }
}

/// Outputs and deadlines.
impl Manager {
    /// Returns the next output to carry out; `None` when there is none for now.
    pub fn poll_output(&mut self) -> Option<Output> {
        loop {
            match self.outputs.pop()? {
                Queued::Output(output) => return Some(output),
                Queued::Flush(socket) => self.flush(socket),
            }
        }
    }

    /// Returns when to call [`handle_timeout`](Self::handle_timeout) next; `None` when no timer is
    /// needed.
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
    // Not inlined: they have about fifty call sites.
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

    /// Returns the first socket at or after `place`, and moves `place` past it. Iterates over all
    /// sockets without a borrow of the manager.
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

    /// Whether any socket meets the condition.
    fn any_socket(&self, condition: &dyn Fn(&Socket) -> bool) -> bool {
        let mut sockets = self.sockets.iter();
        sockets.any(|slot| slot.socket.as_deref().is_some_and(condition))
    }

    /// When the next scheduled attempt starts.
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

/// [`Manager::get_mut`] for callers that also borrow another field of the manager.
#[inline(never)]
fn socket_of(sockets: &mut [Slot], id: SocketId) -> Option<&mut Socket> {
    let slot = sockets.get_mut(id.index as usize)?;
    slot.socket
        .as_deref_mut()
        .filter(|_| slot.generation == id.generation)
}
