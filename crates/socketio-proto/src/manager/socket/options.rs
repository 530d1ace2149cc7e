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
    /// The auth that each CONNECT carries.
    pub auth: Auth,
    /// Whether all auth of this socket belongs to one user although it changes, as a renewed token
    /// does. Session recovery is then offered, and waiting packets are sent, after a change too.
    /// Default: false, auth that differs counts as another user's.
    pub one_user: bool,
    /// Whether the first refusal since the last connect is answered by a request for fresh auth.
    /// Only has an effect with [`Auth::ASK`].
    pub refresh_auth: bool,
    /// How long to wait for an acknowledgement where the emit sets no timeout itself.
    pub ack_timeout: Option<Duration>,
    /// At-least-once delivery; `None` sends each event once.
    pub retries: Option<Retries>,
    /// Bounds on the packets that are kept while the socket isn't connected.
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
/// Each event asks for an acknowledgement and is sent again, at each timeout and each reconnect,
/// until it has one. Volatile events are not retried. Works as in the reference client, but with
/// several events in flight.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Retries {
    /// How often an event is sent again before it is dropped. Default: 10.
    pub retries: u32,
    /// How many events may be in flight at a time; 1 is the reference client's stop-and-wait.
    /// Default: 8.
    pub window: usize,
    /// Prefix of a message id that is added to each event as its last argument, so that the server
    /// can drop duplicates: this text, a colon, and the number of the event, which stays the same
    /// when the event is sent again. The text must be unique for each client and each page load.
    /// Default: none.
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
    /// The number of packets. Default: 1000.
    pub packets: usize,
    /// The total size of the packets in bytes. Default: 16 MiB.
    pub bytes: usize,
    /// What to do when the buffer is full. Default: refuse the new packet.
    pub overflow: Overflow,
    /// How long a packet may wait before it is dropped. Default: without limit.
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

/// What happens to a packet that is emitted while the send buffer is full.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Overflow {
    /// The new packet is dropped; the emit returns
    /// [`Outcome::Dropped`](crate::manager::Outcome::Dropped).
    DropNewest,
    /// The oldest packets are dropped until the new one fits.
    DropOldest,
    /// The emit fails with [`EmitError::BufferFull`](crate::manager::EmitError::BufferFull).
    #[default]
    Refuse,
}
