use alloc::string::String;
use core::time::Duration;

use super::Auth;

/// Options of one socket.
///
/// ```
/// use core::time::Duration;
/// use socketio_proto::{Overflow, Retries, SendBuffer, SocketOptions};
///
/// let options = SocketOptions {
///     ack_timeout: Some(Duration::from_secs(10)),
///     retries: Some(Retries::default()),
///     send_buffer: SendBuffer { overflow: Overflow::DropOldest, ..SendBuffer::default() },
///     ..SocketOptions::default()
/// };
/// # let _ = options;
/// ```
#[derive(Clone, Debug, Default)]
pub struct SocketOptions {
    /// What each CONNECT carries.
    pub auth: Auth,
    /// Whether all auth of this socket names one user, though it changes, as a token does that is
    /// renewed. Then the server is offered the session for recovery, and gets the packets that wait,
    /// after a change, too. Default: false, auth that differs is taken for another user's.
    pub one_user: bool,
    /// Whether a refusal is answered, once until the next connect, by asking for fresh auth. Only where auth is
    /// [asked for](Auth::ASK).
    pub refresh_auth: bool,
    /// How long an acknowledgement is awaited where the emit names no time itself.
    pub ack_timeout: Option<Duration>,
    /// Whether events are sent until they are acknowledged.
    pub retries: Option<Retries>,
    /// Bounds on what is kept while the socket isn't connected.
    pub send_buffer: SendBuffer,
}

impl From<Auth> for SocketOptions {
    fn from(auth: Auth) -> Self {
        Self {
            auth,
            ..Self::default()
        }
    }
}

/// At-least-once delivery in order.
///
/// Each event asks for an acknowledgement and is sent until it has one: again at each timeout and at each
/// reconnect. Volatile events are not retried. As the reference, but with several events in flight.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Retries {
    /// How often an event is sent again before it is given up. Default: 10.
    pub retries: u32,
    /// How many events may be without acknowledgement at a time; 1 is the reference's stop-and-wait. Default: 8.
    pub window: usize,
    /// Adds to each event a last argument by which a server can drop repeats: this text, a colon, and the number of
    /// the event, the same at each sending. The text must be another for each client, and each page. Default: none.
    pub message_id: Option<String>,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            retries: 10,
            window: 8,
            message_id: None,
        }
    }
}

/// Bounds on the packets that wait for a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SendBuffer {
    /// How many packets. Default: 1000.
    pub packets: usize,
    /// How many bytes they hold together. Default: 16 MiB.
    pub bytes: usize,
    /// What to do when it is full. Default: refuse the new packet.
    pub overflow: Overflow,
    /// How long a packet may wait; an older one is dropped. Default: for ever.
    pub time_to_live: Option<Duration>,
}

impl Default for SendBuffer {
    fn default() -> Self {
        Self {
            packets: 1000,
            bytes: 16 * 1024 * 1024,
            overflow: Overflow::Refuse,
            time_to_live: None,
        }
    }
}

/// What happens to a packet that finds the send buffer full.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Overflow {
    /// It is dropped, and its emit says so.
    DropNewest,
    /// Those that wait longest are dropped to make room.
    DropOldest,
    /// Its emit fails.
    #[default]
    Refuse,
}
