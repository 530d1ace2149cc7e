//! What may be wrong with the settings or the server.

/// What was found to be wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Diagnosis {
    pub(crate) finding: Finding,
    /// The address that was asked, or the name that was refused.
    pub(crate) at: String,
    /// The page's own origin.
    pub(crate) page: String,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// The server, or what stands before it, fails with this HTTP status.
    Failing(u16),
    /// The page came by HTTPS, and a browser lets it connect to nothing by HTTP.
    Insecure,
    /// It takes connections, and closes them before it lets anybody in.
    Closing,
    /// The server refuses the namespace, or has none of that name.
    NoNamespace,
    /// It answers over HTTP, and no WebSocket gets through.
    NoWebSocket,
    /// What answers there is not the JSON-RPC.
    NotApi(u16),
    /// It takes connections, and does not answer the request for the namespace.
    NotAnswering,
    /// What answers there is not Socket.IO.
    NotSocketIo(u16),
    /// It speaks another version of Socket.IO.
    OtherVersion,
    /// The page's own policy for content does not let it connect there.
    Policy,
    /// Nobody answers, or not with a certificate that the browser trusts.
    Silent,
    /// Something answers, and the browser lets a page of this origin read nothing of it.
    Unreadable,
}

impl Finding {
    /// Whether waiting won't help: somebody has to change a setting.
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
