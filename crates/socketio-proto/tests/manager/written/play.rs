use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use socketio_proto::manager::{
    AckToken, Config, EmitOptions, Event, Manager, Outcome, Output, SocketId, TransportEvent,
    TransportId,
};
use socketio_proto::packet::{Arguments, DecodeError};
use socketio_proto::{Auth, Binary, Instant, Overflow, Retries, SocketOptions};

use crate::script::OPEN;

type Failure = String;

/// Plays one script.
///
/// # Errors
/// The line that failed, and the outputs that waited then.
pub(super) fn play(lines: &str) -> Result<(), Failure> {
    let mut player = Player::new();
    for (number, line) in (1..).zip(lines.lines()) {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        player.line(line).map_err(|failure| {
            let rest: Vec<String> = std::iter::from_fn(|| player.next()).collect();
            format!("  line {number}: {line}\n  {failure}\n  then: {rest:#?}")
        })?;
    }
    match player.next() {
        None => Ok(()),
        Some(line) => Err(format!("  at the end: not expected: {line}")),
    }
}

struct Player {
    manager: Manager,
    now: Instant,
    transport: Option<TransportId>,
    tokens: Vec<(SocketId, AckToken)>,
    requests: BTreeMap<SocketId, Vec<u32>>,
    names: BTreeMap<String, SocketId>,
    waiting: VecDeque<String>,
}

impl Player {
    fn new() -> Self {
        let config = Config {
            randomization_factor: 0.0,
            ..Config::default()
        };
        Self {
            manager: Manager::new(config, 42),
            now: Instant::from_millis(1_000_000),
            transport: None,
            tokens: Vec::new(),
            requests: BTreeMap::new(),
            names: BTreeMap::new(),
            waiting: VecDeque::new(),
        }
    }

    fn line(&mut self, line: &str) -> Result<(), Failure> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "=" if rest == "nothing" => self.is_done(),
            "=" => self.expect(rest),
            ">" | ">b" => self.expect(line),
            "?" => self.check(rest),
            "..." => {
                while self.next().is_some() {}
                Ok(())
            }
            _ => self.command(verb, rest),
        }
    }

    fn expect(&mut self, line: &str) -> Result<(), Failure> {
        let found = self.next().ok_or("no output is left")?;
        let same = match line.strip_suffix('…') {
            Some(start) => found.starts_with(start),
            None => found == line,
        };
        same.then_some(()).ok_or_else(|| format!("found {found:?}"))
    }

    fn is_done(&mut self) -> Result<(), Failure> {
        self.next()
            .map_or(Ok(()), |line| Err(format!("not expected: {line}")))
    }

    fn check(&mut self, what: &str) -> Result<(), Failure> {
        let words: Vec<&str> = what.split(' ').collect();
        let socket = |at: usize| self.names.get(words[at]).copied().ok_or("no such socket");
        let holds = match words[0] {
            "active" => self.manager.is_active(socket(1)?),
            "idle" => !self.manager.is_active(socket(1)?),
            "connected" => self.manager.is_connected(socket(1)?),
            "buffered" => self.manager.buffered(socket(1)?).to_string() == words[2],
            "sleeps" => self.manager.poll_timeout().is_none(),
            _ => return Err("no such state".into()),
        };
        holds.then_some(()).ok_or("it is not so".into())
    }

    fn command(&mut self, verb: &str, rest: &str) -> Result<(), Failure> {
        let now = self.now;
        let words: Vec<&str> = rest.split(' ').collect();
        match verb {
            "config" => {
                for word in words {
                    self.configure(word)?;
                }
            }
            "socket" => self.socket(words[0], &words[1..])?,
            "given" => self.given(words[0], &words[1..])?,
            "connect" => {
                if !self.names.contains_key(words[0]) {
                    self.socket(words[0], &[])?;
                }
                let id = self.id(words[0])?;
                self.manager.connect(id, now);
            }
            "disconnect" => {
                let id = self.id(words[0])?;
                self.manager.disconnect(id, now);
            }
            "remove" => {
                let id = self.id(words[0])?;
                self.manager.remove(id, now);
                self.names.remove(words[0]);
            }
            "close" => self.manager.close(),
            "auth" => {
                let id = self.id(words[0])?;
                self.manager.set_auth(id, auth(words[1]), now);
            }
            // Answers the last request for auth, or the request with this number, counted from 1.
            "answer" => {
                let id = self.id(words[0])?;
                let requests = self.requests.get(&id).ok_or("no auth was requested")?;
                let at = words
                    .get(2)
                    .map_or(requests.len(), |at| at.parse().unwrap());
                let request = requests[at - 1];
                let answer = match words[1] {
                    "fails" => Err("no auth".into()),
                    name => Ok(auth(name)),
                };
                self.manager.authorize(id, request, answer, now);
            }
            "emit" => self.emit(&words)?,
            // Acknowledges the event with this number, counted from 1 among those that asked for
            // it.
            "acknowledge" => {
                let at: usize = words[0].parse().unwrap();
                let (id, token) = self.tokens[at - 1];
                let mut arguments = Arguments::ack();
                arguments.push(words[1]).unwrap();
                let done = self.manager.acknowledge(id, token, arguments);
                let expected = words.get(2) != Some(&"fails");
                if done.is_ok() != expected {
                    return Err(format!("{done:?}"));
                }
            }
            "cancel" => {
                let id = self.id(words[0])?;
                self.manager.cancel_ack(id, words[1].parse().unwrap());
            }
            "clear" => {
                let id = self.id(words[0])?;
                self.manager.clear_buffer(id);
            }
            "ahead" => {
                let id = self.id(words[0])?;
                self.manager.connect_went_out(id);
            }
            "unwritable" => self.manager.set_writable(false),
            // Time passes while a handler runs.
            "late" => self.now = now + millis(rest)?,
            "back" => {
                self.now = Instant::from_millis(now.as_millis() - millis(rest)?.as_millis() as u64);
            }
            "refuse" => {
                let error = DecodeError::PacketTooLarge { limit: 1 };
                self.manager.refuse(error, now);
            }
            _ => {
                self.is_done()?;
                self.outside(verb, rest)?;
            }
        }
        Ok(())
    }

    /// Input from outside.
    fn outside(&mut self, verb: &str, rest: &str) -> Result<(), Failure> {
        let now = self.now;
        let event = match verb {
            "<" => TransportEvent::Text(rest.into()),
            "<open" => TransportEvent::Text(OPEN.into()),
            "<b" => TransportEvent::Binary(bytes(rest)),
            "<large" => TransportEvent::TooLarge,
            "<fail" => TransportEvent::Failed(rest.into()),
            "<close" => TransportEvent::Closed {
                code: 1006,
                reason: rest.into(),
                failed: false,
            },
            "wait" => return self.wait(millis(rest)?),
            "beats" => return self.beats(rest.parse().map_err(|_| "how many?")?),
            "deadline" => {
                let at = self.manager.poll_timeout().ok_or("there is none")?;
                let waits = at.saturating_since(now);
                if !rest.is_empty() && waits != millis(rest)? {
                    return Err(format!("it is in {waits:?}"));
                }
                self.now = now.max(at);
                self.manager.handle_timeout(self.now);
                return Ok(());
            }
            "timer" => {
                self.manager.handle_timeout(now);
                return Ok(());
            }
            "wake" => {
                self.manager.handle_wake(now);
                return Ok(());
            }
            "sleep" => {
                self.manager.handle_sleep(millis(rest)?, now);
                return Ok(());
            }
            "offline" => {
                self.manager.handle_offline(now);
                return Ok(());
            }
            "suspend" => {
                self.manager.handle_suspend(now);
                return Ok(());
            }
            _ => return Err("no such line".into()),
        };
        let transport = self.transport.ok_or("no transport was opened")?;
        self.manager.handle_transport(transport, event, now);
        Ok(())
    }

    /// Lets time pass, and fires the timer whenever it is due.
    fn wait(&mut self, duration: Duration) -> Result<(), Failure> {
        let end = self.now + duration;
        let mut rings = 0;
        while let Some(at) = self.manager.poll_timeout().filter(|at| *at <= end) {
            rings = if at > self.now { 0 } else { rings + 1 };
            if rings > 20 {
                return Err(format!("the timer rings without end at {:?}", self.now));
            }
            self.now = self.now.max(at);
            self.manager.handle_timeout(self.now);
            while let Some(line) = self.produce() {
                self.waiting.push_back(line);
            }
        }
        self.now = end;
        Ok(())
    }

    /// Delivers heartbeats when they are due, and nothing else.
    fn beats(&mut self, count: u32) -> Result<(), Failure> {
        for _ in 0..count {
            self.wait(Duration::from_secs(25))?;
            self.is_done()?;
            self.outside("<", "2")?;
            self.expect("> 3")?;
            self.expect("ping")?;
        }
        Ok(())
    }

    fn id(&self, name: &str) -> Result<SocketId, Failure> {
        self.names
            .get(name)
            .copied()
            .ok_or_else(|| format!("no socket {name}"))
    }

    fn socket(&mut self, name: &str, options: &[&str]) -> Result<(), Failure> {
        let mut all = SocketOptions::default();
        for option in options {
            let (key, value) = option.split_once('=').unwrap_or((option, ""));
            match key {
                "auth" => all.auth = auth(value),
                "one_user" => all.one_user = true,
                "refresh" => all.refresh_auth = true,
                "ack_timeout" => all.ack_timeout = Some(millis(value)?),
                "ttl" => all.send_buffer.time_to_live = Some(millis(value)?),
                "packets" => all.send_buffer.packets = value.parse().unwrap(),
                "oldest" => all.send_buffer.overflow = Overflow::DropOldest,
                "retries" => {
                    all.retries = Some(Retries {
                        retries: value.parse().unwrap(),
                        ..Retries::default()
                    });
                }
                _ => return Err(format!("no option {key}")),
            }
        }
        let id = self.manager.socket(name, all);
        let id = id.map_err(|error| error.to_string())?;
        self.names.insert(name.into(), id);
        Ok(())
    }

    /// Connects a socket: to `/` with the id `s`, to `/b` with `b`.
    fn given(&mut self, name: &str, options: &[&str]) -> Result<(), Failure> {
        let (pid, options): (Vec<&str>, Vec<&str>) =
            options.iter().partition(|word| word.starts_with("pid="));
        self.socket(name, &options)?;
        self.manager.connect(self.id(name)?, self.now);
        let is_new = self.manager.handshake().is_none();
        while self.next().is_some() {}
        if is_new {
            self.outside("<open", "")?;
        }
        while self.next().is_some() {}
        if let Some(request) = self.requests.get(&self.id(name)?) {
            let request = request[0];
            let id = self.id(name)?;
            self.manager
                .authorize(id, request, Ok(auth("alice")), self.now);
            while self.next().is_some() {}
        }
        let prefix = if name == "/" { "" } else { &format!("{name},") };
        let sid = if name == "/" { "s" } else { &name[1..] };
        let pid = pid
            .first()
            .map_or(String::new(), |pid| format!(",\"pid\":\"{}\"", &pid[4..]));
        self.outside("<", &format!("40{prefix}{{\"sid\":\"{sid}\"{pid}}}"))?;
        while self.next().is_some() {}
        Ok(())
    }

    fn configure(&mut self, option: &str) -> Result<(), Failure> {
        let (key, value) = option.split_once('=').ok_or("no value")?;
        let time = match value {
            "none" => None,
            value => value.parse().ok().map(Duration::from_millis),
        };
        let mut known = true;
        self.manager.configure(|config| match key {
            "attempts" => config.reconnection_attempts = value.parse().ok(),
            "reconnection" => config.reconnection = value == "on",
            "timeout" => config.timeout = time,
            "connect_timeout" => config.connect_timeout = time,
            "receive_buffer" => config.receive_buffer = value.parse().unwrap(),
            "packet_bytes" => config.limits.packet_bytes = value.parse().unwrap(),
            _ => known = false,
        });
        known.then_some(()).ok_or("no such option".into())
    }

    /// `emit /b name [ack] [volatile] [timeout=ms] [binary] [-> sent|buffered|dropped|refused]`
    fn emit(&mut self, words: &[&str]) -> Result<(), Failure> {
        let id = self.id(words[0])?;
        let mut event = Arguments::event(words[1]).unwrap();
        let mut options = EmitOptions::default();
        let mut outcome = None;
        for word in &words[2..] {
            match word.split_once('=').unwrap_or((word, "")) {
                ("ack", _) => options.ack = true,
                ("volatile", _) => options.volatile = true,
                ("timeout", value) => {
                    options.ack = true;
                    options.timeout = Some(millis(value)?);
                }
                ("binary", _) => {
                    event.push(&Binary(vec![1, 2])).unwrap();
                }
                ("->", _) => outcome = words.last().copied(),
                _ if outcome.is_some() => {}
                _ => return Err(format!("no option {word}")),
            }
        }
        let emitted = self.manager.emit(id, event, options, self.now);
        let found = match emitted.map(|emitted| emitted.outcome) {
            Ok(Outcome::Sent) => "sent",
            Ok(Outcome::Buffered) => "buffered",
            Ok(Outcome::Dropped) => "dropped",
            _ => "refused",
        };
        match outcome.is_none_or(|outcome| outcome == found) {
            true => Ok(()),
            false => Err(format!("it was {found}")),
        }
    }

    fn next(&mut self) -> Option<String> {
        self.waiting.pop_front().or_else(|| self.produce())
    }

    fn produce(&mut self) -> Option<String> {
        loop {
            let line = match self.manager.poll_output()? {
                Output::OpenTransport(id) => {
                    self.transport = Some(id);
                    "open".into()
                }
                Output::CloseTransport(_) => "close".into(),
                Output::SendText(_, text) => format!("> {text}"),
                Output::SendBinary(_, data) => {
                    let bytes: String = data.iter().map(|byte| format!(" {byte:02x}")).collect();
                    format!(">b{bytes}")
                }
                Output::Event(Event::Measured(_)) => continue,
                Output::Event(event) => self.event(event),
                other => format!("{other:?}"),
            };
            return Some(line);
        }
    }

    fn event(&mut self, event: Event) -> String {
        let name = |socket: SocketId| match self.manager.namespace(socket) {
            Some("/") => String::new(),
            Some(name) => format!(" {name}"),
            None => " removed".into(),
        };
        match event {
            Event::Acked { socket, id, result } => {
                let result = match &result {
                    Ok(packet) => packet.data().unwrap_or_default().to_owned(),
                    Err(error) => format!("failed: {error}"),
                };
                format!("ack{} {id} {result}", name(socket))
            }
            Event::Authorize {
                socket,
                request,
                refused,
            } => {
                let line = format!(
                    "authorize{}{}",
                    name(socket),
                    if refused { " again" } else { "" }
                );
                self.requests.entry(socket).or_default().push(request);
                line
            }
            Event::Closed(reason) => format!("closed: {reason}"),
            Event::Connected { socket, recovered } => format!(
                "connected{} {}{}",
                name(socket),
                self.manager.id(socket).unwrap_or("?"),
                if recovered { " recovered" } else { "" }
            ),
            Event::ConnectError { socket, error } => {
                format!("connect error{}: {error}", name(socket))
            }
            Event::Disconnected {
                socket,
                reason,
                details,
            } => {
                let details = details.map_or(String::new(), |details| format!(" ({details})"));
                format!("disconnected{}: {reason}{details}", name(socket))
            }
            Event::Opened => "opened".into(),
            Event::Ping => "ping".into(),
            Event::Received {
                socket,
                packet,
                ack,
            } => {
                let line = format!(
                    "event{} {}{}",
                    name(socket),
                    packet.data().unwrap_or_default(),
                    if ack.is_some() {
                        " wants an answer"
                    } else {
                        ""
                    }
                );
                self.tokens.extend(ack.map(|ack| (socket, ack)));
                line
            }
            Event::Reconnected(attempt) => format!("reconnected {attempt}"),
            Event::ReconnectAttempt(attempt) => format!("attempt {attempt}"),
            Event::ReconnectError(error) => format!("reconnect error: {error}"),
            Event::ReconnectFailed => "reconnect failed".into(),
            Event::ReconnectScheduled { attempt, delay } => {
                format!("scheduled {attempt} in {}", delay.as_millis())
            }
            other => format!("{other:?}"),
        }
    }
}

fn auth(name: &str) -> Auth {
    match name {
        "none" => Auth::NONE,
        "ask" => Auth::ASK,
        name => Auth::object(&BTreeMap::from([("token", name)])).unwrap(),
    }
}

fn millis(text: &str) -> Result<Duration, Failure> {
    let millis = text.parse().map_err(|_| "no number of milliseconds")?;
    Ok(Duration::from_millis(millis))
}

fn bytes(text: &str) -> Vec<u8> {
    let byte = |hex| u8::from_str_radix(hex, 16).expect("a byte");
    text.split_whitespace().map(byte).collect()
}
