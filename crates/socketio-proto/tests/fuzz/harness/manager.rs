//! The whole core under arbitrary commands, frames and times.
//!
//! An input is a script of lines, so that it can be read, written by hand and mutated line by line.
//! The first byte of a line selects the action, the digits after it are its parameters, and the
//! rest is text. Lines without a meaning are ignored. See [`World::line`].

mod model;
mod options;
mod wire;

use std::collections::BTreeMap;
use std::time::Duration;

use socketio_proto::manager::{
    Config, ConnectionState, EmitOptions, Event, Manager, Outcome, Output, SocketId,
    TransportEvent, TransportId,
};
use socketio_proto::packet::Arguments;
use socketio_proto::{Auth, Binary, Instant};

use self::model::Tracked;
use self::wire::Wire;
use super::decoder::look;

/// A valid handshake.
const OPEN: &str = r#"0{"sid":"e","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#;

const NAMESPACES: [&str; 4] = ["/", "/a", "b?c=d", ""];

const MILLIS: [u64; 10] = [
    0,
    1,
    100,
    1_000,
    5_000,
    25_000,
    45_000,
    3_600_000,
    7 * 24 * 3_600_000,
    1 << 40,
];

/// More outputs than this for one input count as an endless loop.
const MOST_OUTPUTS: usize = 100_000;

/// Runs one input.
pub fn run(input: &[u8]) {
    let mut lines = input.split(|byte| *byte == b'\n');
    let mut world = World::new(Operands(lines.next().unwrap_or_default()));
    for line in lines.take(400) {
        world.line(Operands(line));
    }
    world.end();
}

/// The part of a line after its first byte.
struct Operands<'a>(&'a [u8]);

impl Operands<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Reads a choice below `of`; a digit is its own value.
    fn choice(&mut self, of: usize) -> usize {
        let byte = self.byte().unwrap_or(b'0');
        usize::from(byte.wrapping_sub(b'0')) % of.max(1)
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.choice(all.len())]
    }

    fn flag(&mut self) -> bool {
        self.choice(2) == 1
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(self.0).into_owned()
    }
}

/// The core, the user and the network around it.
struct World {
    manager: Manager,
    now: Instant,
    /// The last socket that was created for each namespace of the script.
    sockets: [Option<SocketId>; NAMESPACES.len()],
    tracked: BTreeMap<SocketId, Tracked>,
    wire: Wire,
    /// Whether `Opened` was emitted, and no `Closed` since.
    is_open: bool,
    /// How many outputs are carried out after a command of the user; `None` for all.
    patience: Option<usize>,
    /// Whether all outputs were carried out.
    drained: bool,
    /// The options that may apply to the pending outputs.
    configs: Vec<Config>,
    /// The greatest number of events that any options so far allowed to be held.
    most_held: usize,
}

impl World {
    fn new(operands: Operands<'_>) -> Self {
        let config = options::config(operands);
        Self {
            most_held: config.receive_buffer,
            manager: Manager::new(config.clone(), 1),
            now: Instant::from_millis(1_000_000),
            sockets: [None; NAMESPACES.len()],
            tracked: BTreeMap::new(),
            wire: Wire::default(),
            is_open: false,
            patience: None,
            drained: true,
            configs: vec![config],
        }
    }

    /// Executes one line.
    fn line(&mut self, mut operands: Operands<'_>) {
        let Some(kind) = operands.byte() else { return };
        match kind {
            // The user.
            b's' => self.socket(operands),
            b'c' => self.with_socket(&mut operands, |world, id| {
                world.manager.connect(id, world.now)
            }),
            b'd' => self.with_socket(&mut operands, |world, id| {
                world.manager.disconnect(id, world.now)
            }),
            b'r' => self.with_socket(&mut operands, |world, id| world.remove(id)),
            b'x' => self.manager.close(),
            b'e' => self.emit(operands),
            b'a' => self.acknowledge(operands),
            b'k' => self.cancel(operands),
            b'u' => self.authorize(operands),
            b'p' => self.set_auth(operands),
            b'b' => self.clear(operands),
            b'o' => self.tell_outgoing(operands),
            b'g' => self.configure(operands),
            b'w' => self.manager.set_writable(operands.flag()),
            b',' => self.patience = Some(operands.choice(4)),
            b'.' => self.patience = None,
            // The network.
            b'h' => self.they(TransportEvent::Text(OPEN.into())),
            b'<' => self.they(TransportEvent::Text(operands.text())),
            b'>' => self.they(TransportEvent::Binary(operands.0.to_vec())),
            b'n' => self.they_grant(operands),
            b'm' => self.they_acknowledge(operands),
            b'!' => self.they_close(operands),
            b'?' => self.they(TransportEvent::Failed(operands.text())),
            b'i' => self.superseded(operands),
            // The time.
            b't' => self.after(operands.one_of(&MILLIS)),
            b'y' => self.before(operands.one_of(&MILLIS)),
            b'T' => self.until_deadline(),
            b'z' => self.wake(),
            b'Z' => self.let_go(operands.flag()),
            b'S' => self.sleep(operands.one_of(&MILLIS)),
            b'A' => self.with_socket(&mut operands, |world, id| {
                world.manager.connect_went_out(id);
            }),
            _ => return,
        }
        self.drained = false;
        match self.patience {
            None => self.carry_out_all(),
            Some(outputs) => self.carry_out(outputs),
        }
    }

    /// Removes all sockets at the end, and checks that nothing is left.
    fn end(&mut self) {
        self.carry_out_all();
        let ids: Vec<SocketId> = self.tracked.keys().copied().collect();
        for id in ids {
            self.remove(id);
        }
        self.drained = false;
        self.carry_out_all();
        assert!(self.tracked.is_empty());
        assert_eq!(self.manager.state(), ConnectionState::Closed);
        assert_eq!(self.manager.poll_timeout(), None, "something is waited for");
        assert!(self.wire.open.is_none(), "a transport stays open");
    }
}

/// The user.
impl World {
    fn with_socket(
        &mut self,
        operands: &mut Operands<'_>,
        command: impl FnOnce(&mut Self, SocketId),
    ) {
        if let Some(id) = operands.one_of(&self.sockets) {
            command(self, id);
        }
    }

    fn socket(&mut self, mut operands: Operands<'_>) {
        let index = operands.choice(NAMESPACES.len());
        let options = options::socket(operands);
        let bounds = options.send_buffer;
        let taken = self.tracked.keys().any(|id| {
            let wanted = ["/", "/a", "/b?c=d", "/"][index];
            self.manager.namespace(*id) == Some(wanted)
        });
        match self.manager.socket(NAMESPACES[index], options) {
            Ok(id) => {
                assert!(!taken, "a namespace has two sockets");
                assert!(self.tracked.insert(id, Tracked::new(bounds)).is_none());
                self.sockets[index] = Some(id);
            }
            Err(error) => assert!(taken, "{error}"),
        }
    }

    fn remove(&mut self, id: SocketId) {
        self.manager.remove(id, self.now);
        assert_eq!(self.manager.namespace(id), None);
        if let Some(tracked) = self.tracked.get_mut(&id) {
            tracked.removed = true;
        }
    }

    /// `e`, socket, ack, volatile, timeout, bytes, then an argument as JSON or text.
    fn emit(&mut self, mut operands: Operands<'_>) {
        let Some(id) = operands.one_of(&self.sockets) else {
            return;
        };
        let mut options = EmitOptions {
            ack: operands.flag(),
            volatile: operands.flag(),
            timeout: None,
        };
        options.timeout = match operands.one_of(&MILLIS) {
            0 => None,
            millis => Some(Duration::from_millis(millis)),
        };
        let mut event = Arguments::event("e").expect("a name");
        if operands.flag() {
            event.push(&Binary(vec![1, 2, 3])).expect("bytes");
        }
        let text = operands.text();
        if event.raw_json(&text).is_err() {
            event.push(&text).expect("text");
        }

        let was_drained = self.drained;
        let sent = self.wire.events;
        let emitted = self.manager.emit(id, event, options, self.now);
        self.drained = false;
        if let (Ok(emitted), Some(tracked)) = (&emitted, self.tracked.get_mut(&id)) {
            assert_eq!(emitted.ack.is_some(), options.ack);
            tracked.awaits(emitted.ack);
        }
        if !was_drained {
            return;
        }
        self.carry_out_all();
        match emitted {
            Ok(emitted) if emitted.outcome == Outcome::Sent => {
                assert!(self.wire.events > sent, "it was not sent");
            }
            Ok(_) => {}
            Err(error) => {
                assert!(!error.to_string().is_empty());
                assert_eq!(self.wire.events, sent, "it was refused and sent");
            }
        }
    }

    /// `a`, socket, index of the token; a token may be used again.
    fn acknowledge(&mut self, mut operands: Operands<'_>) {
        let Some(id) = operands.one_of(&self.sockets) else {
            return;
        };
        let token = self.tracked.get(&id).and_then(|tracked| {
            let index = operands.choice(tracked.tokens.len());
            tracked.tokens.get(index).copied()
        });
        let Some(token) = token else { return };
        let mut arguments = Arguments::ack();
        arguments.push(&operands.text()).expect("text");
        if operands.flag() {
            arguments.push(&Binary(vec![4])).expect("bytes");
        }
        let _ = self.manager.acknowledge(id, token, arguments);
    }

    fn cancel(&mut self, mut operands: Operands<'_>) {
        let Some(id) = operands.one_of(&self.sockets) else {
            return;
        };
        let drained = self.drained;
        if let Some(tracked) = self.tracked.get_mut(&id)
            && let Some(ack) = tracked.nth_awaited(operands.choice(8))
        {
            self.manager.cancel_ack(id, ack);
            tracked.cancelled(ack, drained);
        }
    }

    /// `u`, socket, kind of answer, index of the request: 0 is the last.
    fn authorize(&mut self, mut operands: Operands<'_>) {
        let Some(id) = operands.one_of(&self.sockets) else {
            return;
        };
        let answer = match operands.choice(3) {
            0 => options::auth(1),
            1 => Auth::NONE,
            _ => return self.answer(id, Err("no token".into()), operands),
        };
        self.answer(id, Ok(answer), operands);
    }

    fn answer(&mut self, id: SocketId, answer: Result<Auth, String>, mut operands: Operands<'_>) {
        let requests = self.tracked.get(&id).map(|tracked| &tracked.requests[..]);
        let requests = requests.unwrap_or_default();
        let request = requests.iter().rev().nth(operands.choice(3)).copied();
        self.manager
            .authorize(id, request.unwrap_or(0), answer, self.now);
    }

    fn set_auth(&mut self, mut operands: Operands<'_>) {
        if let Some(id) = operands.one_of(&self.sockets) {
            self.manager
                .set_auth(id, options::auth(operands.choice(3)), self.now);
        }
    }

    fn clear(&mut self, mut operands: Operands<'_>) {
        if let Some(id) = operands.one_of(&self.sockets) {
            let buffered = self.manager.buffered(id);
            let cleared = self.manager.clear_buffer(id);
            assert_eq!(self.manager.buffered(id) + cleared, buffered);
            assert_eq!(self.manager.buffer(id).count(), 0);
        }
    }

    fn tell_outgoing(&mut self, mut operands: Operands<'_>) {
        if let Some(id) = operands.one_of(&self.sockets) {
            let report = operands.flag();
            self.manager.tell_outgoing(id, report);
        }
    }

    fn configure(&mut self, operands: Operands<'_>) {
        let config = options::config(operands);
        self.most_held = self.most_held.max(config.receive_buffer);
        self.configs.push(config.clone());
        self.manager.configure(|own| *own = config);
    }
}

/// The network. It only acts once all outputs are carried out.
impl World {
    fn they(&mut self, event: TransportEvent) {
        self.carry_out_all();
        let Some(id) = self.wire.open else { return };
        if matches!(
            event,
            TransportEvent::Closed { .. } | TransportEvent::Failed(_)
        ) {
            self.wire.open = None;
        }
        self.transport(id, event);
    }

    fn transport(&mut self, id: TransportId, event: TransportEvent) {
        let before = self.wire.received;
        self.manager.handle_transport(id, event, self.now);
        self.drained = false;
        self.carry_out_all();
        let most = self.most_held.max(1);
        assert!(self.wire.received - before <= most, "too much was held");
    }

    /// `n`, socket: answers its CONNECT, with or without a recoverable session.
    fn they_grant(&mut self, mut operands: Operands<'_>) {
        let Some(id) = operands.one_of(&self.sockets) else {
            return;
        };
        let Some(prefix) = self.prefix(id) else {
            return;
        };
        let session = match operands.choice(4) {
            0 => r#"{"sid":"s"}"#,
            1 => r#"{"sid":"s","pid":"p"}"#,
            2 => r#"{"sid":"s","pid":"q\n"}"#,
            _ => "{}",
        };
        self.they(TransportEvent::Text(format!("40{prefix}{session}")));
    }

    /// `m`, which of the last packets that requested an acknowledgement.
    fn they_acknowledge(&mut self, mut operands: Operands<'_>) {
        let awaited = self.wire.awaited.iter().rev();
        if let Some((namespace, ack)) = awaited.clone().nth(operands.choice(16)) {
            let frame = format!("43{namespace},{ack}[{}]", operands.choice(10));
            self.they(TransportEvent::Text(frame));
        }
    }

    fn they_close(&mut self, mut operands: Operands<'_>) {
        self.they(TransportEvent::Closed {
            code: operands.one_of(&[1006, 1000, 0, u16::MAX]),
            failed: operands.flag(),
            reason: operands.text(),
        });
    }

    /// `i`, which superseded transport: its events must change nothing.
    fn superseded(&mut self, mut operands: Operands<'_>) {
        self.carry_out_all();
        let superseded = self
            .wire
            .superseded
            .iter()
            .rev()
            .nth(operands.choice(4))
            .copied();
        if let Some(id) = superseded {
            let timeout = self.manager.poll_timeout();
            self.manager
                .handle_transport(id, TransportEvent::Text(operands.text()), self.now);
            assert!(
                self.manager.poll_output().is_none(),
                "a superseded transport has an effect"
            );
            assert_eq!(self.manager.poll_timeout(), timeout);
        }
    }

    fn prefix(&self, id: SocketId) -> Option<String> {
        Some(match self.manager.namespace(id)? {
            "/" => String::new(),
            name => format!("{name},"),
        })
    }
}

/// The time.
impl World {
    fn after(&mut self, millis: u64) {
        // Far from the greatest moment, beyond which there are no deadlines.
        if self.now.as_millis() < 1 << 50 {
            self.now = self.now + Duration::from_millis(millis);
        }
        self.timeout();
    }

    /// The clock should not run backwards, but nothing breaks if it does.
    fn before(&mut self, millis: u64) {
        self.now = Instant::from_millis(self.now.as_millis().saturating_sub(millis));
        self.timeout();
    }

    fn until_deadline(&mut self) {
        self.carry_out_all();
        if let Some(deadline) = self.manager.poll_timeout()
            && deadline.as_millis() < 1 << 50
        {
            self.now = self.now.max(deadline);
            self.timeout();
        }
    }

    fn timeout(&mut self) {
        self.carry_out_all();
        self.manager.handle_timeout(self.now);
        self.drained = false;
        self.carry_out_all();
        let next = self.manager.poll_timeout();
        assert!(next.is_none_or(|at| at > self.now), "time does not advance");
    }

    /// Simulates a sleep of the device during which its clock stops.
    fn sleep(&mut self, millis: u64) {
        self.carry_out_all();
        let slept = Duration::from_millis(millis);
        self.manager.handle_sleep(slept, self.now);
    }

    fn wake(&mut self) {
        self.carry_out_all();
        self.manager.handle_wake(self.now);
    }

    fn let_go(&mut self, page: bool) {
        self.carry_out_all();
        match page {
            true => self.manager.handle_suspend(self.now),
            false => self.manager.handle_offline(self.now),
        }
        self.drained = false;
        self.carry_out_all();
        assert!(!self.is_open);
    }
}

/// The outputs of the core.
impl World {
    fn carry_out_all(&mut self) {
        self.carry_out(MOST_OUTPUTS);
        assert!(self.drained, "the outputs don't end");
    }

    fn carry_out(&mut self, most: usize) {
        if self.drained {
            return;
        }
        for _ in 0..most {
            let Some(output) = self.manager.poll_output() else {
                self.drained = true;
                self.check();
                return;
            };
            match output {
                Output::Event(event) => self.event(event),
                output => self.wire.carry_out(output, self.is_open),
            }
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Opened => {
                assert!(!self.is_open && self.wire.open.is_some(), "opened twice");
                self.is_open = true;
            }
            Event::Closed(reason) => {
                assert!(self.is_open, "closed, and never opened");
                assert!(!reason.as_str().is_empty());
                self.is_open = false;
            }
            Event::ReconnectScheduled { attempt, delay } => {
                let fits = |config| options::bounds(config, attempt).contains(&delay);
                assert!(self.configs.iter().any(fits), "{attempt}: {delay:?}");
            }
            Event::Measured(_) => assert!(self.manager.round_trip().is_some()),
            Event::ReconnectError(error) => assert!(!error.to_string().is_empty()),
            event => self.socket_event(event),
        }
    }

    fn socket_event(&mut self, event: Event) {
        let socket = match &event {
            Event::Acked { socket, .. }
            | Event::Authorize { socket, .. }
            | Event::Connected { socket, .. }
            | Event::ConnectError { socket, .. }
            | Event::Disconnected { socket, .. }
            | Event::Outgoing { socket, .. }
            | Event::Received { socket, .. } => *socket,
            _ => return,
        };
        if let Event::Received { packet, .. } = &event {
            look(packet);
            self.wire.received += 1;
        }
        let tracked = self.tracked.get_mut(&socket);
        tracked
            .expect("only existing sockets have events")
            .event(event);
    }

    /// Checks the invariants that hold whenever all outputs are carried out.
    fn check(&mut self) {
        self.configs = vec![self.manager.config().clone()];
        assert!(!self.wire.is_waiting(), "attachments were not sent");
        let mut active = false;
        for (id, tracked) in &self.tracked {
            tracked.check(&self.manager, *id);
            active |= self.manager.is_active(*id);
        }
        self.tracked.retain(|_, tracked| !tracked.removed);
        let state = self.manager.state();
        assert_eq!(state == ConnectionState::Open, self.is_open);
        assert_eq!(state != ConnectionState::Closed, active, "{state:?}");
        let on_its_way = matches!(state, ConnectionState::Open | ConnectionState::Opening);
        assert_eq!(on_its_way, self.wire.open.is_some());
        assert_eq!(self.manager.handshake().is_some(), self.is_open);
    }
}
