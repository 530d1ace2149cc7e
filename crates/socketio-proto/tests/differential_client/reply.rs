//! The server: it tracks the client's requests, and sends what the script says.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::script::{Input, SocketOptions};

/// The heartbeat of its handshake.
pub(crate) const PING_INTERVAL: u64 = 25_000;
pub(crate) const PING_TIMEOUT: u64 = 20_000;

/// An action of the server.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reply {
    /// Accepts a namespace that was requested.
    Accept {
        socket: usize,
        session: Session,
    },
    /// Acknowledges one of the events that wait for it.
    Ack {
        socket: usize,
        pick: usize,
        args: Vec<Value>,
    },
    /// Acknowledges an event again.
    AckAgain {
        socket: usize,
        pick: usize,
    },
    /// Acknowledges an event that was never emitted.
    AckUnknown {
        socket: usize,
    },
    /// Sends an event in a namespace that it accepted.
    Event {
        socket: usize,
        args: Vec<Value>,
        /// Whether the event requests an acknowledgement.
        asks: bool,
    },
    /// Sends an event whether or not it accepted the namespace.
    EventAnyway {
        socket: usize,
        args: Vec<Value>,
    },
    Handshake,
    /// Disconnects a namespace that it accepted, or that was requested.
    Kick {
        socket: usize,
    },
    Noop,
    Ping,
    Raw(String),
    /// Refuses a namespace that was requested.
    Refuse {
        socket: usize,
        payload: Value,
    },
    /// Sends everything that was requested: the handshake, namespaces, acknowledgements.
    Serve,
    /// The same, with recoverable sessions, which it restores.
    ServeRestored,
}

/// The session with which a namespace is accepted.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Session {
    /// A session that can be restored later.
    Fresh,
    /// A session that can't be restored.
    Plain,
    /// The requested session, if any, or else a fresh one.
    Restored,
}

#[derive(Debug)]
pub(crate) struct Server {
    namespaces: Vec<Namespace>,
    /// Its current transport, and whether the handshake is done.
    link: Option<Link>,
    sessions: u32,
    events: u32,
}

#[derive(Debug, Default)]
struct Link {
    transport: u32,
    is_open: bool,
}

#[derive(Debug, Default)]
struct Namespace {
    name: String,
    /// Unanswered CONNECTs, each with the session to restore.
    requested: Vec<Option<String>>,
    joined: bool,
    /// The events that requested an acknowledgement.
    events: Vec<PendingAck>,
}

#[derive(Clone, Copy, Debug)]
struct PendingAck {
    transport: u32,
    done: bool,
}

impl Server {
    pub(crate) fn new(sockets: &[SocketOptions]) -> Self {
        let namespace = |socket: &SocketOptions| Namespace {
            name: socket.namespace.clone(),
            ..Namespace::default()
        };
        Self {
            namespaces: sockets.iter().map(namespace).collect(),
            link: None,
            sessions: 0,
            events: 0,
        }
    }

    /// Handles a transport that a client opened.
    pub(crate) fn opened(&mut self, transport: u32) {
        self.link = Some(Link {
            transport,
            is_open: false,
        });
        for namespace in &mut self.namespaces {
            namespace.requested.clear();
            namespace.joined = false;
        }
    }

    /// Handles a text frame.
    pub(crate) fn frame(&mut self, transport: u32, text: &str) {
        let mut chars = text.chars();
        let (Some('4'), Some(kind)) = (chars.next(), chars.next()) else {
            return;
        };
        let rest = chars
            .as_str()
            .trim_start_matches(|c: char| c.is_ascii_digit());
        let rest = match kind {
            '5' => rest.strip_prefix('-').unwrap_or(rest),
            _ => chars.as_str(),
        };
        let (name, rest) = match rest.split_once(',') {
            Some((name, rest)) if name.starts_with('/') => (name, rest),
            _ => ("/", rest),
        };
        let found = |namespace: &&mut Namespace| namespace.name == name;
        let Some(namespace) = self.namespaces.iter_mut().find(found) else {
            return;
        };
        match kind {
            '0' => {
                let auth: Value = serde_json::from_str(rest).unwrap_or_default();
                let pid = auth.get("pid").and_then(Value::as_str);
                namespace.requested.push(pid.map(str::to_owned));
            }
            '1' => namespace.joined = false,
            '2' | '5' if rest.starts_with(|c: char| c.is_ascii_digit()) => {
                namespace.events.push(PendingAck {
                    transport,
                    done: false,
                });
            }
            _ => {}
        }
    }

    /// Returns the inputs for the client that a reply causes.
    pub(crate) fn inputs(&mut self, reply: &Reply) -> Vec<Input> {
        let Some(link) = &mut self.link else {
            return Vec::new();
        };
        match reply {
            Reply::Handshake => {
                let handshake = json!({
                    "sid": format!("engine{}", link.transport), "upgrades": [],
                    "pingInterval": PING_INTERVAL, "pingTimeout": PING_TIMEOUT, "maxPayload": 1_000_000,
                });
                match std::mem::replace(&mut link.is_open, true) {
                    true => Vec::new(),
                    false => vec![Input::Frame(format!("0{handshake}"))],
                }
            }
            Reply::Raw(text) => vec![Input::Frame(text.clone())],
            Reply::Serve => self.serve(Session::Plain),
            Reply::ServeRestored => self.serve(Session::Restored),
            _ if !link.is_open => Vec::new(),
            Reply::Noop => vec![Input::Frame("6".into())],
            Reply::Ping => vec![Input::Frame("2".into())],
            Reply::Accept { socket, session } => self.accept(*socket, *session),
            Reply::Refuse { socket, payload } => self.refuse(*socket, payload),
            Reply::Kick { socket } => self.kick(*socket),
            Reply::Event { socket, args, asks } => match self.namespaces[*socket].joined {
                true => self.event(*socket, args, *asks),
                false => Vec::new(),
            },
            Reply::EventAnyway { socket, args } => self.event(*socket, args, false),
            Reply::Ack { socket, pick, args } => self.ack(*socket, *pick, args, false),
            Reply::AckAgain { socket, pick } => self.ack(*socket, *pick, &["again".into()], true),
            Reply::AckUnknown { socket } => {
                vec![Input::Frame(format!("43{}999[1]", self.prefix(*socket)))]
            }
        }
    }

    fn serve(&mut self, session: Session) -> Vec<Input> {
        let mut inputs = self.inputs(&Reply::Handshake);
        for socket in 0..self.namespaces.len() {
            inputs.extend(self.accept(socket, session));
            while let [input, ..] = &self.ack(socket, 0, &["served".into()], false)[..] {
                inputs.push(input.clone());
            }
        }
        inputs
    }

    fn accept(&mut self, socket: usize, session: Session) -> Vec<Input> {
        let prefix = self.prefix(socket);
        let namespace = &mut self.namespaces[socket];
        if namespace.requested.is_empty() {
            return Vec::new();
        }
        let wanted = namespace.requested.remove(0);
        namespace.joined = true;
        self.sessions += 1;
        let number = self.sessions;
        let mut payload = json!({ "sid": format!("s{number}") });
        let fresh = format!("p{number}");
        match session {
            Session::Fresh => payload["pid"] = fresh.into(),
            Session::Plain => {}
            Session::Restored => payload["pid"] = wanted.unwrap_or(fresh).into(),
        }
        vec![Input::Frame(format!("40{prefix}{payload}"))]
    }

    fn refuse(&mut self, socket: usize, payload: &Value) -> Vec<Input> {
        let prefix = self.prefix(socket);
        let namespace = &mut self.namespaces[socket];
        if namespace.requested.is_empty() {
            return Vec::new();
        }
        namespace.requested.remove(0);
        vec![Input::Frame(format!("44{prefix}{payload}"))]
    }

    fn kick(&mut self, socket: usize) -> Vec<Input> {
        let prefix = self.prefix(socket);
        let namespace = &mut self.namespaces[socket];
        let was_requested = !namespace.requested.is_empty();
        namespace.requested.clear();
        match std::mem::take(&mut namespace.joined) || was_requested {
            true => vec![Input::Frame(format!("41{prefix}"))],
            false => Vec::new(),
        }
    }

    fn event(&mut self, socket: usize, args: &[Value], asks: bool) -> Vec<Input> {
        let id = match asks {
            true => {
                self.events += 1;
                self.events.to_string()
            }
            false => String::new(),
        };
        let prefix = self.prefix(socket);
        let mut attachments = Vec::new();
        let args: Vec<Value> = args
            .iter()
            .map(|arg| match arg.get("base64").and_then(Value::as_str) {
                Some(bytes) => {
                    attachments.push(Input::Bytes(bytes.to_owned()));
                    json!({ "_placeholder": true, "num": attachments.len() - 1 })
                }
                None => arg.clone(),
            })
            .collect();
        let args = Value::from(args);
        let kind = match attachments.len() {
            0 => "2".to_owned(),
            count => format!("5{count}-"),
        };
        let mut inputs = vec![Input::Frame(format!("4{kind}{prefix}{id}{args}"))];
        inputs.append(&mut attachments);
        inputs
    }

    fn ack(&mut self, socket: usize, pick: usize, args: &[Value], done: bool) -> Vec<Input> {
        let Some(link) = &self.link else {
            return Vec::new();
        };
        let namespace = &mut self.namespaces[socket];
        let is_meant = |pending: &PendingAck| {
            pending.done == done
                && (done || pending.transport == link.transport && namespace.joined)
        };
        let of = |(nth, pending): (usize, &PendingAck)| is_meant(pending).then_some(nth);
        let meant: Vec<usize> = namespace.events.iter().enumerate().filter_map(of).collect();
        let Some(nth) = meant.get(pick % meant.len().max(1)) else {
            return Vec::new();
        };
        namespace.events[*nth].done = true;
        vec![Input::Acknowledge {
            namespace: namespace.name.clone(),
            nth: *nth,
            args: Value::from(args.to_vec()).to_string(),
        }]
    }

    fn prefix(&self, socket: usize) -> String {
        match &*self.namespaces[socket].name {
            "/" => String::new(),
            name => format!("{name},"),
        }
    }
}
