use core::time::Duration;

use crate::Limits;

/// Options of a [`Manager`](super::Manager). The defaults are those of the reference client, which
/// has no counterpart to `connect_timeout`, `stable_after`, `rejoin_delay`, `limits` and
/// `receive_buffer`.
///
/// ```
/// use core::time::Duration;
/// use socketio_proto::manager::Config;
///
/// let config = Config {
///     reconnection_delay_max: Duration::from_secs(30),
///     ..Config::default()
/// };
/// assert_eq!(config.reconnection_attempts, None);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Whether to reconnect after a connection is lost or the first one fails. Default: true.
    pub reconnection: bool,
    /// Number of attempts before giving up; `None` never gives up. Default: `None`.
    pub reconnection_attempts: Option<u32>,
    /// Delay before the first attempt to reconnect, without jitter; it doubles with each further
    /// attempt. Default: 1 s.
    pub reconnection_delay: Duration,
    /// Upper bound of the delay, jitter included. Default: 5 s.
    pub reconnection_delay_max: Duration,
    /// Jitter as a share of the delay, 0 to 1. Default: 0.5.
    pub randomization_factor: f64,
    /// Time for one attempt to reach the Engine.IO handshake, and for an answer to
    /// [`Event::Authorize`](super::Event::Authorize); `None` sets no bound. Default: 20 s.
    pub timeout: Option<Duration>,
    /// Time for the server to answer the CONNECT of a namespace; `None` sets no bound. Some servers
    /// never answer: Flask-SocketIO doesn't when its connect handler raises an exception. Default:
    /// 20 s.
    pub connect_timeout: Option<Duration>,
    /// How long a namespace must stay connected before the delays and the number of attempts are
    /// reset. Without this, a server that closes each connection soon after it accepts it would get
    /// a request every second for ever. Default: 5 s.
    pub stable_after: Duration,
    /// How long to wait between a DISCONNECT and the next CONNECT of the same namespace on a
    /// connection that other namespaces keep open. A server on Node.js closes the connection when
    /// both arrive at once. Default: 100 ms.
    pub rejoin_delay: Duration,
    /// Bounds on the size of one packet.
    pub limits: Limits,
    /// Maximum number of events that one socket holds until its CONNECT is answered. Their total
    /// size is bounded by [`Limits::packet_bytes`]. Default: 1000.
    pub receive_buffer: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            reconnection: true,
            reconnection_attempts: None,
            reconnection_delay: Duration::from_secs(1),
            reconnection_delay_max: Duration::from_secs(5),
            randomization_factor: 0.5,
            timeout: Some(Duration::from_secs(20)),
            connect_timeout: Some(Duration::from_secs(20)),
            stable_after: Duration::from_secs(5),
            rejoin_delay: Duration::from_millis(100),
            limits: Limits::default(),
            receive_buffer: 1000,
        }
    }
}
