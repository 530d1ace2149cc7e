use socketio_web::{Builder, Socket};
use std::time::Duration;

/// A server that `cargo xtask test` starts, with heartbeats short enough to wait for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Server {
    /// The reference implementation.
    Node,
    /// The reference implementation with session recovery.
    NodeWithRecovery,
    Flask,
    Asgi,
    Socketioxide,
}

impl Server {
    pub(crate) fn url(self) -> &'static str {
        let url = match self {
            Self::Node => option_env!("SOCKETIO_TEST_SERVER"),
            Self::NodeWithRecovery => option_env!("SOCKETIO_TEST_RECOVERY_SERVER"),
            Self::Flask => option_env!("SOCKETIO_TEST_FLASK_SERVER"),
            Self::Asgi => option_env!("SOCKETIO_TEST_ASGI_SERVER"),
            Self::Socketioxide => option_env!("SOCKETIO_TEST_SOCKETIOXIDE_SERVER"),
        };
        url.expect("there is no server: run `cargo xtask test`")
    }

    /// Options of a socket with its own connection and short reconnection delays.
    pub(crate) fn builder(self, namespace: &str) -> Builder {
        Socket::builder(self.url())
            .namespace(namespace)
            .force_new()
            .reconnection_delay(Duration::from_millis(20))
    }

    /// Like [`builder`](Self::builder), on a shared connection.
    pub(crate) fn shared(self, namespace: &str) -> Builder {
        Socket::builder(self.url()).namespace(namespace)
    }
}
