//! Replays a recording to the core, and records what it reports to its user.
//!
//! Each frame that the client sent becomes the command that makes the core send it, and the core
//! must send exactly these frames.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use socketio_proto::manager::{
    AckToken, CloseDetails, Config, ConnectError, EmitOptions, Event, Manager, Output, Refusal,
    SocketId, TransportEvent, TransportId,
};
use socketio_proto::packet::{Arguments, Decoded, Decoder, Packet, PacketKind};
use socketio_proto::{Auth, Instant, Limits, json};

use crate::transcript::{Frame, Line, Recording};
use crate::value::Value;

/// The maximum number of deadlines that pass before something happens.
const DEADLINES: usize = 5;

/// Returns the recording with the core's reports to its user, each after the line that causes it.
///
/// # Panics
/// If the core doesn't send the recorded frames.
pub(crate) fn replay(recording: &Recording) -> Recording {
    let lines = recording.wire().lines;
    let mut replay = Replay::new(&recording.name);
    for (at, line) in lines.iter().enumerate() {
        replay.line(line, lines.get(at + 1..).unwrap_or_default());
    }
    replay.report_sent();
    Recording {
        name: recording.name.clone(),
        lines: replay.lines,
    }
}

struct Replay<'a> {
    name: &'a str,
    manager: Manager,
    now: Instant,
    /// The WebSocket that the core has open.
    transport: Option<TransportId>,
    sockets: BTreeMap<String, SocketId>,
    tokens: Vec<AckToken>,
    /// Frames that the core has sent, and that were not found in the recording yet.
    sent: VecDeque<Frame>,
    lines: Vec<Line>,
}

impl<'a> Replay<'a> {
    fn new(name: &'a str) -> Self {
        let config = Config {
            // Delays are the same at each run.
            randomization_factor: 0.0,
            ..Config::default()
        };
        Self {
            name,
            manager: Manager::new(config, 1),
            now: Instant::from_millis(1_000_000),
            transport: None,
            sockets: BTreeMap::new(),
            tokens: Vec::new(),
            sent: VecDeque::new(),
            lines: Vec::new(),
        }
    }

    fn line(&mut self, line: &Line, rest: &[Line]) {
        self.now = self.now + Duration::from_millis(1);
        if !matches!(line, Line::Sent(_) | Line::Forged(_)) {
            self.report_sent();
        }
        self.lines.push(line.clone());
        match line {
            Line::Open if self.sockets.is_empty() => {
                // A user opens no WebSocket, but connects a namespace.
                match first_connect(rest) {
                    Some(connect) => self.connect(&connect),
                    None => self.connect(&decode("40", &[])),
                }
            }
            Line::Open => self.pass_time(|replay| replay.transport.is_some()),
            Line::Received(Frame::Text(text)) => self.they(TransportEvent::Text(text.clone())),
            Line::Received(Frame::Binary(data)) => self.they(TransportEvent::Binary(data.clone())),
            Line::Closed { code, reason } => self.they(TransportEvent::Closed {
                code: *code,
                reason: reason.clone(),
                failed: false,
            }),
            Line::Sent(frame) => self.send(frame, rest),
            Line::Silence => self.pass_a_minute(),
            Line::Forged(_) | Line::Reported(_) => {}
        }
    }

    fn they(&mut self, event: TransportEvent) {
        // The core ignores a WebSocket that it has closed.
        if let Some(transport) = self.transport {
            self.manager.handle_transport(transport, event, self.now);
            self.drain();
        }
    }

    /// Expects the core to send this next, by itself or after a command of the user.
    fn send(&mut self, frame: &Frame, rest: &[Line]) {
        if self.sent.front() != Some(frame) {
            self.report_sent();
            if let Frame::Text(text) = frame {
                self.command(&decode(text, &attachments(rest)));
            }
            // The CONNECT of a namespace that was left is delayed.
            self.pass_time(|replay| !replay.sent.is_empty());
        }
        let sent = self.sent.pop_front();
        assert_eq!(sent.as_ref(), Some(frame), "{}: not sent", self.name);
    }

    /// Runs the command of the user that sends this packet.
    fn command(&mut self, packet: &Packet) {
        let namespace = packet.namespace();
        let socket = self.sockets.get(namespace).copied();
        let now = self.now;
        match (packet.kind(), socket) {
            (PacketKind::Connect, _) => self.connect(packet),
            (PacketKind::Disconnect, Some(socket)) => self.manager.disconnect(socket, now),
            (PacketKind::Event, Some(socket)) => {
                let name = packet.event_name().expect("events have names");
                let mut event = Arguments::event(name).unwrap();
                event.extend(&packet.args::<Vec<Value>>().unwrap()).unwrap();
                let options = EmitOptions {
                    ack: packet.id().is_some(),
                    ..EmitOptions::default()
                };
                self.manager.emit(socket, event, options, now).unwrap();
            }
            (PacketKind::Ack, Some(socket)) => {
                let token = self.tokens.pop().expect("an event requested it");
                let mut ack = Arguments::ack();
                ack.extend(&packet.args::<Vec<Value>>().unwrap()).unwrap();
                self.manager.acknowledge(socket, token, ack).unwrap();
            }
            _ => panic!("{}: no recording sends {packet:?}", self.name),
        }
        self.drain();
    }

    fn connect(&mut self, packet: &Packet) {
        let auth = match packet.payload::<Option<Value>>().unwrap() {
            Some(auth) => Auth::object(&auth).unwrap(),
            None => Auth::NONE,
        };
        let namespace = packet.namespace();
        let socket = match self.sockets.get(namespace) {
            Some(socket) => {
                self.manager.set_auth(*socket, auth, self.now);
                *socket
            }
            None => {
                let socket = self.manager.socket(namespace, auth).unwrap();
                self.sockets.insert(namespace.to_owned(), socket);
                socket
            }
        };
        self.manager.connect(socket, self.now);
        self.drain();
    }

    /// Lets one deadline after another pass, until the condition is met.
    fn pass_time(&mut self, is_done: impl Fn(&Self) -> bool) {
        for _ in 0..DEADLINES {
            if is_done(self) {
                return;
            }
            let Some(deadline) = self.manager.poll_timeout() else {
                return;
            };
            self.now = self.now.max(deadline);
            self.manager.handle_timeout(self.now);
            self.drain();
        }
    }

    /// Delivers heartbeats only, until something is reported.
    fn pass_a_minute(&mut self) {
        let before = self.lines.len();
        for _ in 0..12 {
            self.they(TransportEvent::Text("2".into()));
            self.sent.retain(|frame| *frame != Frame::Text("3".into()));
            self.now = self.now + Duration::from_secs(5);
            self.manager.handle_timeout(self.now);
            self.drain();
            if self.lines.len() > before {
                return;
            }
        }
    }

    fn drain(&mut self) {
        let mut events = Vec::new();
        while let Some(output) = self.manager.poll_output() {
            match output {
                Output::OpenTransport(id) => self.transport = Some(id),
                Output::CloseTransport(_) => {
                    self.transport = None;
                    events.push(None);
                }
                Output::SendText(_, text) => self.sent.push_back(Frame::Text(text)),
                Output::SendBinary(_, data) => self.sent.push_back(Frame::Binary(data)),
                Output::Event(event) => {
                    if matches!(event, Event::Closed(_)) {
                        self.transport = None;
                    }
                    events.push(Some(event));
                }
                other => panic!("{}: {other:?}", self.name),
            }
        }
        // Only now is the outcome of each socket known.
        for event in events {
            let reported = match event {
                Some(event) => self.event(event),
                None => Some("the connection is closed".to_owned()),
            };
            self.lines.extend(reported.map(Line::Reported));
        }
    }

    fn event(&mut self, event: Event) -> Option<String> {
        Some(match event {
            Event::Connected { socket, .. } => {
                let id = self.manager.id(socket).unwrap_or("?");
                format!("{} is connected, its id is {id}", self.of(socket))
            }
            Event::ConnectError { socket, error } => {
                let error = match error {
                    ConnectError::Refused(refusal) => format!("refused: {}", message(&refusal)),
                    error => error.to_string(),
                };
                let of = self.of(socket);
                format!("{of} is not connected: {error}; {}", self.outlook(socket))
            }
            Event::Disconnected {
                socket,
                reason,
                details,
            } => {
                let details = match details {
                    None => String::new(),
                    Some(CloseDetails::Server(refusal)) => format!(" ({})", message(&refusal)),
                    Some(details) => format!(" ({details})"),
                };
                let of = self.of(socket);
                let outlook = self.outlook(socket);
                format!("{of} is disconnected: {reason}{details}; {outlook}")
            }
            Event::Received {
                socket,
                packet,
                ack,
            } => {
                self.tokens.extend(ack);
                let wants_ack = ack.map_or("", |_| ", and asks for an acknowledgement");
                format!(
                    "{} receives {}{wants_ack}",
                    self.of(socket),
                    arguments(&packet)
                )
            }
            Event::Acked { socket, id, result } => {
                let of = self.of(socket);
                match result {
                    Ok(packet) => format!("{of} acknowledges {id}: {}", arguments(&packet)),
                    Err(error) => format!("{of} does not acknowledge {id}: {error}"),
                }
            }
            Event::ReconnectScheduled { delay, .. } => {
                format!("the next attempt is made in {} ms", delay.as_millis())
            }
            Event::ReconnectFailed => "no further attempt is made".to_owned(),
            // Intermediate events, and events of the connection rather than of a namespace.
            _ => return None,
        })
    }

    fn of(&self, socket: SocketId) -> &str {
        self.manager.namespace(socket).unwrap_or("?")
    }

    fn outlook(&self, socket: SocketId) -> &'static str {
        match self.manager.is_active(socket) {
            true => "it is tried again",
            false => "that is final",
        }
    }

    /// Frames that the core has sent by itself, and that are not in the recording.
    fn report_sent(&mut self) {
        for frame in std::mem::take(&mut self.sent) {
            let line = Line::Sent(frame).to_string();
            let frame = line.trim_start_matches('>').trim_start();
            self.lines.push(Line::Reported(format!("sends {frame}")));
        }
    }
}

/// The CONNECT that is sent over the next WebSocket.
fn first_connect(rest: &[Line]) -> Option<Packet> {
    let sent = rest.iter().filter_map(|line| match line {
        Line::Sent(Frame::Text(text)) => Some(text),
        _ => None,
    });
    let first = sent.into_iter().next()?;
    Some(decode(first, &[])).filter(|packet| packet.kind() == PacketKind::Connect)
}

/// Returns the binary frames that were sent next.
fn attachments(rest: &[Line]) -> Vec<Vec<u8>> {
    let binary = rest.iter().map_while(|line| match line {
        Line::Sent(Frame::Binary(data)) => Some(data.clone()),
        _ => None,
    });
    binary.collect()
}

fn decode(text: &str, attachments: &[Vec<u8>]) -> Packet {
    let mut decoder = Decoder::new(Limits::default());
    let mut decoded = decoder.text(text.to_owned(), 1).unwrap();
    for data in attachments {
        decoded = decoder.binary(data.clone()).unwrap();
    }
    match decoded {
        Decoded::Packet(packet) => packet,
        Decoded::Waiting { missing } => panic!("{text}: {missing} attachments were not sent"),
    }
}

/// The payload, with the bytes in place of the placeholders.
fn arguments(packet: &Packet) -> String {
    let data = packet.data().unwrap_or_default();
    let bytes = packet.attachments().iter();
    bytes.fold(data.to_owned(), |text, data| {
        let line = Line::Sent(Frame::Binary(data.clone())).to_string();
        format!("{text}, bytes{}", line.trim_start_matches(">b"))
    })
}

fn message(refusal: &Refusal) -> String {
    let message = format!("{:?}", refusal.message());
    match refusal.data::<Value>().unwrap() {
        Value::Null => message,
        data => format!("{message}, {}", json::to_string(&data).unwrap()),
    }
}
