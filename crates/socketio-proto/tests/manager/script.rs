//! A manager that the test drives step by step, on a clock that only the test moves.

use std::time::Duration;

use socketio_proto::manager::{
    AckToken, Config, EmitError, EmitOptions, Emitted, Event, Manager, Output, SocketId,
    TransportEvent, TransportId,
};
use socketio_proto::packet::Arguments;
use socketio_proto::{Auth, Instant, SocketOptions};

/// A handshake with the server's defaults: a heartbeat every 25 s, and 20 s to answer it.
pub(crate) const OPEN: &str = r#"0{"sid":"engine","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

pub(crate) struct Script {
    pub(crate) manager: Manager,
    pub(crate) now: Instant,
    pub(crate) transport: Option<TransportId>,
    pub(crate) tokens: Vec<AckToken>,
    pub(crate) requests: Vec<u32>,
}

impl Script {
    pub(crate) fn new(config: Config) -> Self {
        let manager = Manager::new(config, 42);
        let now = Instant::from_millis(1_000_000);
        Self {
            manager,
            now,
            transport: None,
            tokens: Vec::new(),
            requests: Vec::new(),
        }
    }

    /// A script whose socket of this namespace is connected, with the outputs up to then removed.
    pub(crate) fn connected(namespace: &str) -> (Self, SocketId) {
        let mut script = Self::new(Config::default());
        let socket = script.connect(namespace);
        script.drain();
        script.they_send(OPEN);
        script.they_send_after_drain(&format!("40{}{{\"sid\":\"s1\"}}", prefix(namespace)));
        (script, socket)
    }

    pub(crate) fn connect(&mut self, namespace: &str) -> SocketId {
        let socket = self.manager.socket(namespace, Auth::NONE).unwrap();
        self.manager.connect(socket, self.now);
        socket
    }

    /// A script with a socket for `/` with these options, which has just begun to connect.
    pub(crate) fn connecting(options: SocketOptions) -> (Self, SocketId) {
        let mut script = Self::new(Config::default());
        let socket = script.manager.socket("/", options).unwrap();
        script.manager.connect(socket, script.now);
        script.drain();
        (script, socket)
    }

    /// Opens the connection and accepts `/`. Returns all outputs of that.
    pub(crate) fn they_accept(&mut self, id: &str) -> Vec<String> {
        self.drain();
        self.they_send(OPEN);
        self.drain();
        self.they_send(&format!("40{{\"sid\":\"{id}\"}}"));
        self.take()
    }

    /// Breaks the connection, and lets the next attempt start.
    pub(crate) fn they_break(&mut self) -> Vec<String> {
        self.they_close();
        let lines = self.take();
        self.run_to_deadline();
        self.drain();
        lines
    }

    pub(crate) fn they_send(&mut self, frame: &str) {
        self.they(TransportEvent::Text(frame.into()));
    }

    pub(crate) fn they_send_after_drain(&mut self, frame: &str) {
        self.drain();
        self.they_send(frame);
        self.drain();
    }

    pub(crate) fn they_close(&mut self) {
        self.they(TransportEvent::Closed {
            code: 1006,
            reason: String::new(),
            failed: false,
        });
    }

    pub(crate) fn they(&mut self, event: TransportEvent) {
        let outputs = self.take();
        assert!(outputs.is_empty(), "not expected by the test: {outputs:?}");
        let transport = self.transport.expect("a transport is open");
        self.manager.handle_transport(transport, event, self.now);
    }

    pub(crate) fn emit(
        &mut self,
        socket: SocketId,
        name: &str,
        options: EmitOptions,
    ) -> Result<Emitted, EmitError> {
        let mut event = Arguments::event(name).unwrap();
        event.push("x").unwrap();
        self.manager.emit(socket, event, options, self.now)
    }

    pub(crate) fn after(&mut self, millis: u64) {
        self.now = self.now + Duration::from_millis(millis);
        self.manager.handle_timeout(self.now);
    }

    /// Moves the clock to the next deadline, and returns by how much.
    pub(crate) fn run_to_deadline(&mut self) -> Duration {
        let deadline = self.manager.poll_timeout().expect("there is a deadline");
        let waited = deadline.saturating_since(self.now);
        self.now = self.now.max(deadline);
        self.manager.handle_timeout(self.now);
        waited
    }

    /// Asserts that exactly these outputs wait, in this order. `…` at the end of a line matches
    /// anything.
    #[track_caller]
    pub(crate) fn expect<const N: usize>(&mut self, lines: [&str; N]) {
        let outputs = self.take();
        let same = outputs.len() == N
            && outputs
                .iter()
                .zip(lines)
                .all(|(output, line)| match line.strip_suffix('…') {
                    Some(start) => output.starts_with(start),
                    None => output == line,
                });
        assert!(same, "expected {lines:#?}, found {outputs:#?}");
    }

    pub(crate) fn drain(&mut self) {
        self.take();
    }

    pub(crate) fn take(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.take_one()).collect()
    }

    /// Returns the next output as a line.
    pub(crate) fn take_one(&mut self) -> Option<String> {
        loop {
            let output = self.manager.poll_output()?;
            // Emitted with every answer; it has a test of its own.
            if !matches!(output, Output::Event(Event::Measured(_))) {
                return Some(self.line(output));
            }
        }
    }

    /// Formats one output as a line.
    pub(crate) fn line(&mut self, output: Output) -> String {
        match output {
            Output::OpenTransport(id) => {
                self.transport = Some(id);
                "open".into()
            }
            Output::CloseTransport(_) => "close".into(),
            Output::SendText(_, text) => format!("> {text}"),
            Output::SendBinary(_, data) => format!("> {data:?}"),
            Output::Event(event) => self.event(event),
            other => format!("{other:?}"),
        }
    }

    fn event(&mut self, event: Event) -> String {
        match event {
            Event::Acked {
                id,
                result: Ok(packet),
                ..
            } => {
                format!("acked {id} {}", packet.data().unwrap_or_default())
            }
            Event::Acked {
                id,
                result: Err(error),
                ..
            } => format!("ack {id} failed: {error}"),
            Event::Authorize {
                request, refused, ..
            } => {
                self.requests.push(request);
                if refused {
                    "authorize again".into()
                } else {
                    "authorize".into()
                }
            }
            Event::Closed(reason) => format!("closed: {reason}"),
            Event::Connected { socket, recovered } => {
                let id = self.manager.id(socket).unwrap_or("?");
                format!(
                    "connected {id}{}",
                    if recovered { " recovered" } else { "" }
                )
            }
            Event::ConnectError { error, .. } => format!("connect error: {error}"),
            Event::Disconnected {
                reason,
                details: None,
                ..
            } => format!("disconnected: {reason}"),
            Event::Disconnected {
                reason,
                details: Some(details),
                ..
            } => {
                format!("disconnected: {reason} ({details})")
            }
            Event::Opened => "opened".into(),
            Event::Ping => "ping".into(),
            Event::Outgoing { frame, .. } => format!("outgoing {}", frame.text),
            Event::Received { packet, ack, .. } => {
                self.tokens.extend(ack);
                let ack = ack.map_or(String::new(), |ack| format!(" wants ack {}", ack.id()));
                format!("event {}{ack}", packet.data().unwrap_or_default())
            }
            Event::Reconnected(attempt) => format!("reconnected {attempt}"),
            Event::ReconnectAttempt(attempt) => format!("attempt {attempt}"),
            Event::ReconnectError(error) => format!("reconnect error: {error}"),
            Event::ReconnectFailed => "reconnect failed".into(),
            Event::ReconnectScheduled { attempt, .. } => format!("scheduled {attempt}"),
            other => format!("{other:?}"),
        }
    }
}

fn prefix(namespace: &str) -> String {
    match namespace {
        "/" => String::new(),
        namespace => format!("{namespace},"),
    }
}
