//! Plays a script to our client: the core, its listeners, and a clock that only the script moves.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use socketio_proto::manager::{
    AckToken, Config, ConnectError, ConnectionState, EmitOptions, Event, Manager, Outcome, Output,
    SocketId, TransportEvent, TransportId,
};
use socketio_proto::packet::{Arguments, Packet};
use socketio_proto::{Auth, Instant, Retries, SocketOptions};

use crate::reply::Server;
use crate::script::{Ack, Action, Emit, Handler, Input, On, Script, Step};
use crate::trace::{At, Notice, SocketState, State, Trace, Wire};
use crate::{bytes, value};

const BEGIN: Instant = Instant::from_millis(1_000_000);
/// A bound above the number of timers of any script; more are an endless loop.
const MOST_TIMERS: usize = 500;

/// The trace of our client for a script, and its inputs, step by step.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) traces: Vec<Trace>,
    pub(crate) inputs: Vec<Vec<Input>>,
    /// The user's actions at each step, in listeners or outside of them.
    pub(crate) actions: Vec<Vec<Done>>,
    /// All emits, by number, and the listener that made each.
    pub(crate) emits: Vec<(Emit, Option<By>)>,
}

/// An action that was carried out.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) action: Action,
    /// The listener that carried it out.
    pub(crate) by: Option<By>,
    /// Whether it answers an auth request that is no longer open.
    pub(crate) is_late: bool,
    /// Whether its socket's auth is being requested.
    pub(crate) is_asked: bool,
    pub(crate) at: u64,
}

/// A listener: its socket, and what it listens to.
type By = (usize, On);

pub(crate) fn play(script: &Script) -> Played {
    let mut ours = Ours::new(script);
    let (mut traces, mut inputs, mut actions) = (Vec::new(), Vec::new(), Vec::new());
    for step in &script.steps {
        let step = ours.inputs(step);
        for input in &step {
            ours.input(input);
        }
        traces.push(ours.take());
        inputs.push(step);
        actions.push(std::mem::take(&mut ours.done));
    }
    Played {
        traces,
        inputs,
        actions,
        emits: ours.emits,
    }
}

/// The socket and the token of an event that a listener can answer.
type Answer = (usize, AckToken);

struct Ours {
    manager: Manager,
    sockets: Vec<SocketId>,
    /// Whether each socket sends its events until they are acknowledged.
    retries: Vec<bool>,
    handlers: Vec<Handler>,
    server: Server,
    now: Instant,
    link: Option<TransportId>,
    trace: Trace,
    /// The numbers of the emits that wait for an acknowledgement, by socket and id.
    waits: BTreeMap<(usize, u64), usize>,
    emits: Vec<(Emit, Option<By>)>,
    done: Vec<Done>,
    /// The ids under which acknowledgements were requested from the server.
    ids: BTreeMap<String, Vec<String>>,
    answers: Vec<Answer>,
    answered: Vec<Answer>,
    requests: Vec<Vec<u32>>,
    /// For each socket, the request that waits for an answer.
    questions: Vec<Option<usize>>,
}

impl Ours {
    fn new(script: &Script) -> Self {
        let options = &script.manager;
        let mut manager = Manager::new(
            Config {
                reconnection: options.reconnection,
                reconnection_attempts: (options.reconnection_attempts > 0)
                    .then_some(options.reconnection_attempts),
                reconnection_delay: Duration::from_millis(options.reconnection_delay),
                reconnection_delay_max: Duration::from_millis(options.reconnection_delay_max),
                randomization_factor: 0.0,
                timeout: Some(Duration::from_millis(options.timeout)),
                // Features that the reference lacks are switched off where possible.
                rejoin_delay: Duration::ZERO,
                stable_after: Duration::ZERO,
                connect_timeout: options.connect_timeout.map(Duration::from_millis),
                ..Config::default()
            },
            1,
        );
        let mut socket = |options: &crate::script::SocketOptions| {
            let auth = match options.asks {
                true => Auth::ASK,
                false => auth(options.auth.as_ref()),
            };
            let options_here = SocketOptions {
                auth,
                one_user: options.one_user,
                ack_timeout: options.ack_timeout.map(Duration::from_millis),
                retries: options.retries.map(|retries| Retries {
                    retries,
                    window: 1,
                    message_id: None,
                }),
                ..SocketOptions::default()
            };
            manager.socket(&options.namespace, options_here).unwrap()
        };
        let sockets: Vec<SocketId> = script.sockets.iter().map(&mut socket).collect();
        Self {
            manager,
            retries: script
                .sockets
                .iter()
                .map(|socket| socket.retries.is_some())
                .collect(),
            requests: vec![Vec::new(); sockets.len()],
            questions: vec![None; sockets.len()],
            sockets,
            handlers: script.handlers.clone(),
            server: Server::new(&script.sockets),
            now: BEGIN,
            link: None,
            trace: Trace::default(),
            waits: BTreeMap::new(),
            emits: Vec::new(),
            done: Vec::new(),
            ids: BTreeMap::new(),
            answers: Vec::new(),
            answered: Vec::new(),
        }
    }

    /// The inputs of a step, once the server has processed what the client sent.
    fn inputs(&mut self, step: &Step) -> Vec<Input> {
        match step {
            Step::Act(action) => vec![Input::Act(action.clone())],
            Step::ConnectAnew(socket) => match self.manager.state() {
                ConnectionState::Reconnecting { .. } => Vec::new(),
                _ if self.manager.is_active(self.sockets[*socket]) => Vec::new(),
                _ => vec![Input::Act(Action::Connect(*socket))],
            },
            Step::Close if self.manager.state() != ConnectionState::Open => Vec::new(),
            Step::Close | Step::Drop => vec![Input::Close(1006)],
            Step::Fail => vec![Input::Fail(1006)],
            Step::Offline => vec![Input::Offline],
            Step::Server(_) if self.link.is_none() => Vec::new(),
            Step::Server(reply) => self.server.inputs(reply),
            Step::Sleep(ms) => vec![Input::Sleep(*ms)],
            Step::Wait(ms) => vec![Input::Wait(*ms)],
        }
    }

    fn input(&mut self, input: &Input) {
        match input {
            Input::Act(action) => {
                self.act(action, None, None);
                self.drain();
            }
            Input::Acknowledge {
                namespace,
                nth,
                args,
            } => {
                let id = self.ids.get(namespace).and_then(|ids| ids.get(*nth));
                if let Some(id) = id {
                    let prefix = match &**namespace {
                        "/" => String::new(),
                        name => format!("{name},"),
                    };
                    let frame = format!("43{prefix}{id}{args}");
                    self.transport(TransportEvent::Text(frame));
                }
            }
            Input::Bytes(bytes) => {
                self.transport(TransportEvent::Binary(STANDARD.decode(bytes).unwrap()));
            }
            Input::Close(code) => self.end(*code, false),
            Input::Fail(code) => self.end(*code, true),
            Input::Frame(text) => self.transport(TransportEvent::Text(text.clone())),
            Input::Offline => {
                self.manager.handle_offline(self.now);
                self.drain();
            }
            Input::Sleep(ms) => self.now = self.now + Duration::from_millis(*ms),
            Input::Wait(ms) => self.wait(*ms),
        }
    }

    fn wait(&mut self, ms: u64) {
        let until = self.now + Duration::from_millis(ms);
        let mut rung = 0;
        while let Some(at) = self.manager.poll_timeout().filter(|at| *at <= until) {
            rung += 1;
            assert!(rung < MOST_TIMERS, "the script's timers never end");
            self.now = self.now.max(at);
            self.manager.handle_timeout(self.now);
            self.drain();
        }
        self.now = self.now.max(until);
    }

    fn end(&mut self, code: u16, failed: bool) {
        self.transport(TransportEvent::Closed {
            code,
            reason: String::new(),
            failed,
        });
        self.link = None;
    }

    fn transport(&mut self, event: TransportEvent) {
        if let Some(link) = self.link {
            self.manager.handle_transport(link, event, self.now);
            self.drain();
        }
    }

    /// Carries out the outputs of the core.
    fn drain(&mut self) {
        while let Some(output) = self.manager.poll_output() {
            match output {
                Output::OpenTransport(id) => {
                    self.link = Some(id);
                    self.server.opened(id.number());
                    self.wire(id, |wire| wire.open = true);
                }
                Output::CloseTransport(id) => {
                    if self.link == Some(id) {
                        self.link = None;
                    }
                    self.wire(id, |wire| wire.close = true);
                }
                Output::SendText(id, text) => {
                    self.server.frame(id.number(), &text);
                    self.note_ids(&text);
                    self.wire(id, |wire| wire.text = Some(text));
                }
                Output::SendBinary(id, bytes) => {
                    self.wire(id, |wire| wire.bytes = Some(STANDARD.encode(bytes)));
                }
                Output::Event(event) => self.event(event),
                other => panic!("unknown output {other:?}"),
            }
        }
    }

    fn note_ids(&mut self, text: &str) {
        let Some(rest) = text.strip_prefix("42").or_else(|| {
            let rest = text.strip_prefix("45")?;
            Some(rest.split_once('-')?.1)
        }) else {
            return;
        };
        let (namespace, rest) = match rest.split_once(',') {
            Some((name, rest)) if name.starts_with('/') => (name, rest),
            _ => ("/", rest),
        };
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        if !digits.is_empty() {
            self.ids.entry(namespace.into()).or_default().push(digits);
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Acked { socket, id, result } => {
                let socket = self.number(socket);
                let Some(emit) = self.waits.remove(&(socket, id)) else {
                    panic!("an acknowledgement of nothing: {id}");
                };
                let (args, error) = match result {
                    Ok(packet) => (Some(payload(&packet)), None),
                    Err(error) => (None, Some(error.to_string())),
                };
                self.notice(Notice::Ack {
                    socket,
                    emit,
                    args,
                    error,
                });
                self.handle(socket, On::Ack, None);
            }
            Event::Authorize {
                socket, request, ..
            } => {
                let socket = self.number(socket);
                self.questions[socket] = Some(self.requests[socket].len());
                self.requests[socket].push(request);
                self.notice(Notice::Authorize { socket });
            }
            Event::Closed(reason) => self.notice(Notice::Close {
                reason: reason.to_string(),
            }),
            Event::Connected { socket, recovered } => {
                let id = self.manager.id(socket).unwrap_or_default().to_owned();
                let socket = self.number(socket);
                self.notice(Notice::Connect {
                    socket,
                    id,
                    recovered,
                });
                self.handle(socket, On::Connect, None);
            }
            Event::ConnectError { socket, error } => {
                let socket = self.number(socket);
                self.questions[socket] = None;
                let (kind, data) = connect_error(&error);
                self.notice(Notice::ConnectError { socket, kind, data });
                self.handle(socket, On::ConnectError, None);
            }
            Event::Disconnected { socket, reason, .. } => {
                let socket = self.number(socket);
                self.notice(Notice::Disconnect {
                    socket,
                    reason: reason.to_string(),
                });
                self.handle(socket, On::Disconnect, None);
            }
            Event::Received {
                socket,
                packet,
                ack,
            } => {
                let socket = self.number(socket);
                self.answers.extend(ack.map(|token| (socket, token)));
                let Value::Array(mut args) = payload(&packet) else {
                    panic!("an event's arguments are a list");
                };
                args.insert(0, packet.event_name().unwrap_or_default().into());
                self.notice(Notice::Event {
                    socket,
                    args: args.into(),
                    answer: ack.is_some(),
                });
                self.handle(socket, On::Event, ack.map(|token| (socket, token)));
            }
            Event::Opened => self.notice(Notice::Open),
            Event::Ping => self.notice(Notice::Ping),
            Event::Reconnected(attempt) => self.notice(Notice::Reconnect { attempt }),
            Event::ReconnectAttempt(attempt) => self.notice(Notice::ReconnectAttempt { attempt }),
            Event::ReconnectError(_) => self.notice(Notice::ReconnectError),
            Event::ReconnectFailed => self.notice(Notice::ReconnectFailed),
            // The reference has no such events.
            Event::Measured(_) | Event::Outgoing { .. } | Event::ReconnectScheduled { .. } => {}
            other => panic!("unknown event {other:?}"),
        }
    }

    fn handle(&mut self, socket: usize, on: On, answer: Option<Answer>) {
        let mut actions = Vec::new();
        for handler in &mut self.handlers {
            if handler.socket == socket && handler.on == on && handler.times > 0 {
                handler.times -= 1;
                actions.push(handler.actions.clone());
            }
        }
        for actions in actions {
            for action in actions {
                self.act(&action, Some((socket, on)), answer);
                if action == Action::Throw {
                    return;
                }
            }
        }
    }

    fn act(&mut self, action: &Action, by: Option<By>, answer: Option<Answer>) {
        let is_late = match action {
            Action::Authorize { socket, nth, .. } => self.questions[*socket] != Some(*nth),
            _ => false,
        };
        self.done.push(Done {
            action: action.clone(),
            by,
            is_late,
            is_asked: match action {
                Action::SetAuth { socket, .. } => self.questions[*socket].is_some(),
                _ => false,
            },
            at: self.at(),
        });
        match action {
            Action::Answer { nth, args } => {
                if let Some(answer) = self.answers.get(*nth) {
                    self.reply(*answer, args);
                }
            }
            Action::Authorize {
                socket,
                nth,
                auth: payload,
            } => {
                if let Some(request) = self.requests[*socket].get(*nth) {
                    let id = self.sockets[*socket];
                    let payload = auth(payload.as_ref());
                    self.manager.authorize(id, *request, Ok(payload), self.now);
                }
                if self.questions[*socket] == Some(*nth) {
                    self.questions[*socket] = None;
                }
            }
            Action::Connect(socket) => self.manager.connect(self.sockets[*socket], self.now),
            Action::Disconnect(socket) => {
                self.questions[*socket] = None;
                self.manager.disconnect(self.sockets[*socket], self.now);
            }
            Action::Emit(emit) => self.emit(emit, by),
            Action::Reconnection(wanted) => {
                self.manager
                    .configure(|config| config.reconnection = *wanted);
            }
            Action::ReconnectionAttempts(most) => self.manager.configure(|config| {
                config.reconnection_attempts = (*most > 0).then_some(*most);
            }),
            Action::ReconnectionDelay(ms) => self.manager.configure(|config| {
                config.reconnection_delay = Duration::from_millis(*ms);
            }),
            Action::ReconnectionDelayMax(ms) => self.manager.configure(|config| {
                config.reconnection_delay_max = Duration::from_millis(*ms);
            }),
            Action::Timeout(ms) => self.manager.configure(|config| {
                config.timeout = Some(Duration::from_millis(*ms));
            }),
            Action::Reply { args } => {
                if let Some(answer) = answer {
                    self.reply(answer, args);
                }
            }
            Action::SetAuth {
                socket,
                auth: payload,
            } => {
                let id = self.sockets[*socket];
                self.manager.set_auth(id, auth(payload.as_ref()), self.now);
            }
            Action::Throw => {}
        }
    }

    fn reply(&mut self, answer: Answer, args: &[Value]) {
        if self.answered.contains(&answer) {
            return;
        }
        self.answered.push(answer);
        let (socket, token) = answer;
        let mut arguments = Arguments::ack();
        for arg in args {
            arguments.push(&bytes::meant(arg)).unwrap();
        }
        // A late acknowledgement is ignored.
        let _ = self
            .manager
            .acknowledge(self.sockets[socket], token, arguments);
    }

    fn emit(&mut self, emit: &Emit, by: Option<By>) {
        let number = self.emits.len();
        self.emits.push((emit.clone(), by));
        let mut event = Arguments::event(&emit.event).unwrap();
        for arg in &emit.args {
            event.push(&bytes::meant(arg)).unwrap();
        }
        let options = EmitOptions {
            ack: emit.ack != Ack::None,
            timeout: match emit.ack {
                Ack::Timeout(ms) => Some(Duration::from_millis(ms)),
                Ack::Awaited | Ack::None | Ack::Plain => None,
            },
            volatile: emit.volatile,
        };
        let id = self.sockets[emit.socket];
        let emitted = self.manager.emit(id, event, options, self.now).unwrap();
        if let Some(ack) = emitted.ack {
            self.waits.insert((emit.socket, ack), number);
        }
        let outcome = match emitted.outcome {
            _ if self.retries[emit.socket] && !emit.volatile => "queued",
            Outcome::Sent => "sent",
            Outcome::Buffered => "buffered",
            Outcome::Dropped => "dropped",
            other => panic!("unknown outcome {other:?}"),
        };
        let args = std::iter::once(emit.event.clone().into()).chain(emit.args.iter().cloned());
        self.notice(Notice::Emitted {
            emit: number,
            by: emit.socket,
            args: args.collect(),
            outcome: outcome.into(),
        });
    }

    fn take(&mut self) -> Trace {
        let mut trace = std::mem::take(&mut self.trace);
        let manager = match self.manager.state() {
            ConnectionState::Closed => "closed",
            ConnectionState::Reconnecting { .. } => "waiting",
            ConnectionState::Opening => "opening",
            ConnectionState::Open => "open",
            other => panic!("unknown state {other:?}"),
        };
        let socket = |id: &SocketId| SocketState {
            connected: self.manager.is_connected(*id),
            active: self.manager.is_active(*id),
            id: self.manager.id(*id).map(str::to_owned),
            recovered: self.manager.is_recovered(*id),
            buffered: self.manager.buffered(*id),
        };
        trace.state = State {
            manager: manager.into(),
            sockets: self.sockets.iter().map(socket).collect(),
        };
        trace
    }

    fn number(&self, id: SocketId) -> usize {
        let number = self.sockets.iter().position(|socket| *socket == id);
        number.expect("the socket is the script's")
    }

    fn notice(&mut self, item: Notice) {
        let at = self.at();
        self.trace.notices.push(At { at, item });
    }

    fn wire(&mut self, transport: TransportId, fill: impl FnOnce(&mut Wire)) {
        let mut item = Wire {
            transport: transport.number(),
            ..Wire::default()
        };
        fill(&mut item);
        let at = self.at();
        self.trace.wire.push(At { at, item });
    }

    fn at(&self) -> u64 {
        self.now.as_millis() - BEGIN.as_millis()
    }
}

fn auth(payload: Option<&Value>) -> Auth {
    payload.map_or(Auth::NONE, |payload| Auth::object(payload).unwrap())
}

fn payload(packet: &Packet) -> Value {
    let args: Vec<value::Value> = packet.args().unwrap();
    args.iter().map(bytes::shown).collect()
}

fn connect_error(error: &ConnectError) -> (String, Value) {
    match error {
        ConnectError::Refused(refusal) => {
            (refusal.message(), refusal.data().unwrap_or(json!(null)))
        }
        ConnectError::Incompatible => ("incompatible".into(), Value::Null),
        ConnectError::NotAnswered => ("not answered".into(), Value::Null),
        ConnectError::Heartbeat | ConnectError::Timeout => ("timeout".into(), Value::Null),
        ConnectError::Auth(_) => ("auth".into(), Value::Null),
        _ => ("transport".into(), Value::Null),
    }
}
