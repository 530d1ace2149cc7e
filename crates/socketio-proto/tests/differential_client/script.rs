//! The elements of a script. It is run in our client first, which decides what the server sends;
//! the resulting inputs are passed to the reference as JSON, see tests/servers/node/client.mjs.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::reply::Reply;

/// One run of a client: its options, the actions of its listeners, and the steps.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    pub(crate) manager: ManagerOptions,
    pub(crate) sockets: Vec<SocketOptions>,
    pub(crate) handlers: Vec<Handler>,
    pub(crate) steps: Vec<Step>,
}

/// Options under the reference's names.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManagerOptions {
    pub(crate) reconnection: bool,
    /// 0 means no limit.
    pub(crate) reconnection_attempts: u32,
    pub(crate) reconnection_delay: u64,
    pub(crate) reconnection_delay_max: u64,
    pub(crate) timeout: u64,
    /// How long our client waits for the answer to a CONNECT. The reference waits without a bound.
    pub(crate) connect_timeout: Option<u64>,
}

/// Options of one socket, under the reference's names.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SocketOptions {
    pub(crate) namespace: String,
    pub(crate) auth: Option<Value>,
    /// Whether auth is requested for each CONNECT.
    pub(crate) asks: bool,
    pub(crate) ack_timeout: Option<u64>,
    pub(crate) retries: Option<u32>,
    /// The option `one_user` of our client: whether different auth still belongs to the same user.
    pub(crate) one_user: bool,
}

/// The actions of a listener at its first calls.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Handler {
    pub(crate) socket: usize,
    pub(crate) on: On,
    pub(crate) times: u32,
    pub(crate) actions: Vec<Action>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum On {
    Ack,
    Connect,
    ConnectError,
    Disconnect,
    Event,
}

/// An action of the user's code.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    /// Acknowledges the `nth` of the events that request it.
    Answer {
        nth: usize,
        args: Vec<Value>,
    },
    /// Answers the `nth` auth request of this socket.
    Authorize {
        socket: usize,
        nth: usize,
        auth: Option<Value>,
    },
    Connect(usize),
    Disconnect(usize),
    Emit(Emit),
    Reconnection(bool),
    /// 0 means no limit.
    ReconnectionAttempts(u32),
    ReconnectionDelay(u64),
    ReconnectionDelayMax(u64),
    /// Acknowledges the event that is being handled, if it requests that.
    Reply {
        args: Vec<Value>,
    },
    SetAuth {
        socket: usize,
        auth: Option<Value>,
    },
    Throw,
    /// The timeout of an attempt.
    Timeout(u64),
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Emit {
    pub(crate) socket: usize,
    pub(crate) event: String,
    pub(crate) args: Vec<Value>,
    pub(crate) ack: Ack,
    pub(crate) volatile: bool,
}

/// Whether and how the emit waits for an acknowledgement.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ack {
    /// Like `emitWithAck`: a disconnect ends the wait.
    Awaited,
    None,
    /// A callback.
    Plain,
    /// A callback with a timeout in milliseconds.
    Timeout(u64),
}

/// A step of a script. A reply of the server without a request is skipped.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    Act(Action),
    /// The transport is closed, if the handshake is done.
    Close,
    /// The transport is closed, whether or not the handshake is done.
    Drop,
    /// Calls `connect()`, unless the socket is connecting, or a back-off is in progress.
    ConnectAnew(usize),
    /// The transport fails.
    Fail,
    Offline,
    Server(Reply),
    /// The clock advances and no timer fires: the device sleeps.
    Sleep(u64),
    /// This many milliseconds pass.
    Wait(u64),
}

/// An input of a client.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Input {
    Act(Action),
    /// The server acknowledges the `nth` event of this namespace that requested it, whatever its
    /// id.
    Acknowledge {
        namespace: String,
        nth: usize,
        /// A JSON array as text.
        args: String,
    },
    /// A binary frame, in base64.
    Bytes(String),
    Close(u16),
    Fail(u16),
    Frame(String),
    Offline,
    Sleep(u64),
    Wait(u64),
}

/// A script in the format that the reference runs.
#[derive(Debug, Serialize)]
pub(crate) struct Played<'a> {
    pub(crate) manager: &'a ManagerOptions,
    pub(crate) sockets: &'a [SocketOptions],
    pub(crate) handlers: &'a [Handler],
    pub(crate) steps: &'a [Vec<Input>],
}

impl Default for ManagerOptions {
    fn default() -> Self {
        Self {
            reconnection: true,
            reconnection_attempts: 0,
            reconnection_delay: 1_000,
            reconnection_delay_max: 5_000,
            timeout: 20_000,
            connect_timeout: None,
        }
    }
}

impl SocketOptions {
    pub(crate) fn of(namespace: &str) -> Self {
        Self {
            namespace: namespace.into(),
            auth: None,
            asks: false,
            ack_timeout: None,
            retries: None,
            one_user: true,
        }
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.manager != ManagerOptions::default() {
            writeln!(f, "  {:?}", self.manager)?;
        }
        for (index, socket) in self.sockets.iter().enumerate() {
            writeln!(f, "  socket {index}: {socket}")?;
        }
        for handler in &self.handlers {
            let Handler {
                socket,
                on,
                times,
                actions,
            } = handler;
            write!(f, "  {on:?} of socket {socket}, {times} times:")?;
            for action in actions {
                write!(f, " {action};")?;
            }
            writeln!(f)?;
        }
        for (index, step) in self.steps.iter().enumerate() {
            writeln!(f, "  {index:>3}. {step}")?;
        }
        Ok(())
    }
}

impl fmt::Display for SocketOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.namespace)?;
        if let Some(auth) = &self.auth {
            write!(f, ", auth {auth}")?;
        }
        if self.asks {
            f.write_str(", requests its auth")?;
        }
        if let Some(timeout) = self.ack_timeout {
            write!(f, ", acknowledged within {timeout} ms")?;
        }
        if let Some(retries) = self.retries {
            write!(f, ", {retries} retries")?;
        }
        if !self.one_user {
            f.write_str(", whose auth names its user")?;
        }
        Ok(())
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |args: &[Value]| Value::from(args.to_vec());
        match self {
            Self::Answer { nth, args } => write!(f, "answer event {nth} with {}", list(args)),
            Self::Authorize { socket, nth, auth } => {
                write!(f, "answer question {nth} of socket {socket} with {auth:?}")
            }
            Self::Connect(socket) => write!(f, "connect {socket}"),
            Self::Disconnect(socket) => write!(f, "disconnect {socket}"),
            Self::Emit(emit) => write!(f, "{emit}"),
            Self::Reconnection(wanted) => write!(f, "reconnection {wanted}"),
            Self::ReconnectionAttempts(most) => write!(f, "reconnection attempts {most}"),
            Self::ReconnectionDelay(ms) => write!(f, "reconnection delay {ms} ms"),
            Self::ReconnectionDelayMax(ms) => write!(f, "reconnection delay max {ms} ms"),
            Self::Reply { args } => write!(f, "reply {}", list(args)),
            Self::SetAuth { socket, auth } => write!(f, "set auth of {socket} to {auth:?}"),
            Self::Throw => f.write_str("throw"),
            Self::Timeout(ms) => write!(f, "timeout {ms} ms"),
        }
    }
}

impl fmt::Display for Emit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            socket,
            event,
            args,
            ack,
            volatile,
        } = self;
        let volatile = if *volatile { "volatile " } else { "" };
        let args = Value::from(args.clone());
        write!(f, "emit {volatile}{event}{args} by {socket}")?;
        match ack {
            Ack::None => Ok(()),
            ack => write!(f, ", ack {ack:?}"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Act(action) => write!(f, "{action}"),
            Self::ConnectAnew(socket) => write!(f, "connect {socket}, if nothing else does"),
            Self::Close => f.write_str("the transport closes, if the handshake is done"),
            Self::Drop => f.write_str("the transport closes"),
            Self::Fail => f.write_str("the transport fails"),
            Self::Offline => f.write_str("the network is lost"),
            Self::Server(reply) => write!(f, "the server: {reply:?}"),
            Self::Sleep(ms) => write!(f, "the device sleeps {ms} ms"),
            Self::Wait(ms) => write!(f, "{ms} ms"),
        }
    }
}
