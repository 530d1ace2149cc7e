//! The results of a diagnosis.

/// What is wrong, and with which address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Diagnosis {
    pub(crate) finding: Finding,
    /// The requested address, or the refused namespace.
    pub(crate) at: String,
    /// The page's own origin.
    pub(crate) page: String,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// The server, or a proxy in front of it, fails with this HTTP status.
    Failing(u16),
    /// The page was loaded by HTTPS, and the browser blocks its connections by HTTP.
    Insecure,
    /// The server accepts connections, and closes them before it answers CONNECT.
    Closing,
    /// The server refuses the namespace, or does not have it.
    NoNamespace,
    /// The server responds over HTTP, but no WebSocket can be opened.
    NoWebSocket,
    /// The server responds with this HTTP status, but is not the JSON-RPC.
    NotApi(u16),
    /// The server accepts connections, but does not answer CONNECT.
    NotAnswering,
    /// The server responds with this HTTP status, but is not a Socket.IO server.
    NotSocketIo(u16),
    /// The server uses another version of Socket.IO.
    OtherVersion,
    /// The page's own content security policy blocks the connection.
    Policy,
    /// The server does not respond, or its certificate is not trusted.
    Silent,
    /// The server responds, but does not allow the page's origin to read the response.
    Unreadable,
}

impl Finding {
    /// Returns whether the problem is permanent until somebody changes a setting.
    pub(crate) fn stays(self) -> bool {
        !matches!(
            self,
            Self::Closing
                | Self::Failing(_)
                | Self::NoWebSocket
                | Self::NotAnswering
                | Self::Silent
                | Self::NotApi(_)
        )
    }
}
