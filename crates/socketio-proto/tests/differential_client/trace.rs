//! The trace of a client: its events, its frames, and its state.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

/// One step of a script.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
pub(crate) struct Trace {
    pub(crate) notices: Vec<At<Notice>>,
    pub(crate) wire: Vec<At<Wire>>,
    pub(crate) state: State,
}

/// The time, in milliseconds since the script's start.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(crate) struct At<T> {
    pub(crate) at: u64,
    #[serde(flatten)]
    pub(crate) item: T,
}

/// An event, or the result of an emit. Sockets and emits are identified by their numbers.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub(crate) enum Notice {
    Ack {
        socket: usize,
        emit: usize,
        args: Option<Value>,
        error: Option<String>,
    },
    Authorize {
        socket: usize,
    },
    Close {
        reason: String,
    },
    Connect {
        socket: usize,
        id: String,
        recovered: bool,
    },
    ConnectError {
        socket: usize,
        kind: String,
        data: Value,
    },
    Disconnect {
        socket: usize,
        reason: String,
    },
    Emitted {
        emit: usize,
        by: usize,
        args: Value,
        outcome: String,
    },
    Event {
        socket: usize,
        args: Value,
        answer: bool,
    },
    Open,
    Ping,
    Reconnect {
        attempt: u32,
    },
    ReconnectAttempt {
        attempt: u32,
    },
    ReconnectError,
    ReconnectFailed,
    /// An exception that the script did not throw.
    Uncaught {
        message: String,
    },
}

/// An item on the wire.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub(crate) struct Wire {
    pub(crate) transport: u32,
    pub(crate) open: bool,
    pub(crate) close: bool,
    pub(crate) text: Option<String>,
    pub(crate) bytes: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
pub(crate) struct State {
    /// `closed`, `waiting` for the next attempt, `opening` or `open`.
    pub(crate) manager: String,
    pub(crate) sockets: Vec<SocketState>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
pub(crate) struct SocketState {
    pub(crate) connected: bool,
    pub(crate) active: bool,
    pub(crate) id: Option<String>,
    pub(crate) recovered: bool,
    pub(crate) buffered: usize,
}

impl Notice {
    pub(crate) fn socket(&self) -> Option<usize> {
        match self {
            Self::Ack { socket, .. }
            | Self::Authorize { socket }
            | Self::Connect { socket, .. }
            | Self::ConnectError { socket, .. }
            | Self::Disconnect { socket, .. }
            | Self::Event { socket, .. } => Some(*socket),
            _ => None,
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ack {
                emit,
                error: Some(error),
                ..
            } => write!(f, "ack of emit {emit} failed: {error}"),
            Self::Ack { emit, args, .. } => {
                write!(
                    f,
                    "ack of emit {emit}: {}",
                    args.clone().unwrap_or_default()
                )
            }
            Self::Authorize { socket } => write!(f, "{socket}: requests auth"),
            Self::Close { reason } => write!(f, "closed: {reason}"),
            Self::Connect {
                socket,
                id,
                recovered,
            } => {
                let recovered = if *recovered { ", recovered" } else { "" };
                write!(f, "{socket}: connected as {id}{recovered}")
            }
            Self::ConnectError { socket, kind, data } => {
                write!(f, "{socket}: connect error {kind:?} {data}")
            }
            Self::Disconnect { socket, reason } => write!(f, "{socket}: disconnected: {reason}"),
            Self::Emitted {
                emit,
                by,
                args,
                outcome,
            } => write!(f, "emit {emit}, {args} by {by}, was {outcome}"),
            Self::Event {
                socket,
                args,
                answer,
            } => {
                let answer = if *answer { ", to be answered" } else { "" };
                write!(f, "{socket}: event {args}{answer}")
            }
            Self::Open => f.write_str("open"),
            Self::Ping => f.write_str("ping"),
            Self::Reconnect { attempt } => write!(f, "reconnected at attempt {attempt}"),
            Self::ReconnectAttempt { attempt } => write!(f, "reconnect attempt {attempt}"),
            Self::ReconnectError => f.write_str("reconnect error"),
            Self::ReconnectFailed => f.write_str("reconnect failed"),
            Self::Uncaught { message } => write!(f, "uncaught: {message}"),
        }
    }
}

impl fmt::Display for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "transport {}", self.transport)?;
        if self.open {
            f.write_str(" opened")?;
        }
        if self.close {
            f.write_str(" closed")?;
        }
        for sent in [&self.text, &self.bytes].into_iter().flatten() {
            write!(f, " > {sent}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for At { at, item } in &self.notices {
            writeln!(f, "      {at:>6} {item}")?;
        }
        for At { at, item } in &self.wire {
            writeln!(f, "      {at:>6} {item}")?;
        }
        write!(f, "      {}", self.state.manager)?;
        for (index, socket) in self.state.sockets.iter().enumerate() {
            let SocketState {
                connected,
                active,
                id,
                recovered,
                buffered,
            } = socket;
            write!(f, "; {index}:")?;
            for (name, is) in [
                ("connected", connected),
                ("active", active),
                ("recovered", recovered),
            ] {
                if *is {
                    write!(f, " {name}")?;
                }
            }
            if let Some(id) = id {
                write!(f, " {id}")?;
            }
            write!(f, " {buffered} kept")?;
        }
        writeln!(f)
    }
}
