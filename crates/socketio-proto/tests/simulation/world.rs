//! The clock, the network, and the faults.

use std::collections::{BTreeMap, VecDeque};

use socketio_proto::Instant;
use socketio_proto::manager::{Output, TransportEvent, TransportId};

use crate::client::Client;
use crate::random::Random;
use crate::server::{PING_INTERVAL, PING_TIMEOUT, Server};

/// What happened in a run, so that nobody takes silence for success.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) acknowledged: u64,
    pub(crate) connected: u64,
    pub(crate) connections: u64,
    pub(crate) delivered: u64,
    pub(crate) given_up: u64,
    pub(crate) news: u64,
    pub(crate) resent: u64,
}

impl Totals {
    pub(crate) fn add(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.connected += other.connected;
        self.connections += other.connections;
        self.delivered += other.delivered;
        self.given_up += other.given_up;
        self.news += other.news;
        self.resent += other.resent;
    }
}

/// What is to happen at a time.
#[derive(Debug)]
enum Plan {
    /// A frame of the client reaches the server, by its transport.
    AtServer(u64, String),
    /// Something reaches the client.
    AtClient(u64, TransportEvent),
    Fault,
    Ping(u64),
    Timer,
    User,
}

/// A transport under way.
#[derive(Debug)]
struct Link {
    id: TransportId,
    number: u64,
    latency: u64,
    /// Nothing passes, and nobody is told.
    silent: bool,
    closed: bool,
    /// What is sent later arrives later.
    last_up: u64,
    last_down: u64,
}

pub(crate) struct World {
    random: Random,
    client: Client,
    server: Server,
    plans: BTreeMap<(u64, u64), Plan>,
    planned: u64,
    /// The place of the one timer.
    timer: Option<(u64, u64)>,
    now: u64,
    /// The client's clock goes ahead of the world's by this: the device slept.
    slept: u64,
    link: Option<Link>,
    links: u64,
    /// Until when the server can't be reached.
    down_until: u64,
    faults_until: u64,
    /// The faults are over.
    calm: bool,
    log: VecDeque<String>,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let faults_until = random.range(60_000, 3_600_000);
        let server = Server {
            forgets_acks: random.range(0, 40),
            ..Server::default()
        };
        Self {
            client: Client::new(random.next()),
            random,
            server,
            plans: BTreeMap::new(),
            planned: 0,
            timer: None,
            now: 0,
            slept: 0,
            link: None,
            links: 0,
            down_until: 0,
            faults_until,
            calm: false,
            log: VecDeque::new(),
        }
    }

    pub(crate) fn totals(&self) -> Totals {
        Totals {
            connections: self.links,
            delivered: self
                .server
                .received
                .values()
                .map(|numbers| numbers.len() as u64)
                .sum(),
            ..self.client.totals
        }
    }

    /// What happened, the last of it.
    pub(crate) fn script(&self) -> String {
        self.log.iter().map(|line| format!("{line}\n")).collect()
    }

    pub(crate) fn run(&mut self) {
        self.plan(0, Plan::User);
        let first = self.random.range(1_000, 60_000);
        self.plan(first, Plan::Fault);
        while self.now < self.faults_until {
            self.step();
        }
        self.calm();
        self.end();
    }

    /// The faults are over: the client must be live within one back-off, once it has found out.
    fn calm(&mut self) {
        self.calm = true;
        self.server.refuses = false;
        self.server.forgets_acks = 0;
        self.down_until = 0;
        self.plans
            .retain(|_, plan| !matches!(plan, Plan::Fault | Plan::User));
        // A refusal may still be under way: it is final for whoever gets it.
        self.advance(self.now + 61_000);
        for index in 0..self.client.namespaces.len() {
            let id = self.client.namespaces[index].id;
            self.client.manager.connect(id, self.client_now());
        }
        self.carry_out();
        // A silent link is found by its heartbeat, a lost attempt by its timeout; then one back-off, and a handshake.
        let until = self.now + PING_INTERVAL + PING_TIMEOUT + 20_000 + 5_000 + 2_000;
        self.advance(until);
        for namespace in &self.client.namespaces {
            assert!(
                self.client.manager.is_connected(namespace.id),
                "{} is not live",
                namespace.name
            );
        }
        // And what was promised is there: at least once, and in order.
        self.advance(self.now + 60_000);
        let none = Vec::new();
        for namespace in &self.client.namespaces {
            let received = self.server.received.get(&namespace.name).unwrap_or(&none);
            let mut first = Vec::new();
            for number in received {
                match first.contains(number) {
                    true => self.client.totals.resent += 1,
                    false => first.push(*number),
                }
            }
            if namespace.retried {
                for number in &namespace.promised {
                    assert!(
                        first.contains(number),
                        "the event {number} was promised, and is lost"
                    );
                }
            } else {
                assert_eq!(
                    first.len(),
                    received.len(),
                    "an event came twice without retries"
                );
            }
            // A volatile event overtakes what the retry queue holds back.
            if namespace.retried {
                first.retain(|number| !namespace.volatile.contains(number));
            }
            assert!(
                first.is_sorted(),
                "events came out of order in {}: {first:?}",
                namespace.name
            );
        }
    }

    fn end(&mut self) {
        for index in 0..self.client.namespaces.len() {
            let id = self.client.namespaces[index].id;
            self.client.manager.remove(id, self.client_now());
        }
        while let Some(output) = self.client.manager.poll_output() {
            if let Output::Event(event) = output {
                // Removed sockets are known no more, but their waits end.
                if matches!(event, socketio_proto::manager::Event::Acked { .. }) {
                    self.client.event(event);
                }
            }
        }
        self.client.check_end();
    }

    /// Lets happen what happens until then.
    fn advance(&mut self, until: u64) {
        while self
            .plans
            .first_key_value()
            .is_some_and(|((at, _), _)| *at <= until)
        {
            self.step();
        }
        self.now = until;
    }

    fn step(&mut self) {
        let Some(((at, _), plan)) = self.plans.pop_first() else {
            self.now = self.faults_until;
            return;
        };
        self.now = self.now.max(at);
        match plan {
            Plan::AtServer(number, frame) => self.at_server(number, &frame),
            Plan::AtClient(number, event) => self.at_client(number, event),
            Plan::Fault => self.fault(),
            Plan::Ping(number) => self.ping(number),
            Plan::Timer => self.client.manager.handle_timeout(self.client_now()),
            Plan::User => {
                let now = self.client_now();
                let did = self.client.act(&mut self.random, now);
                self.note(format!("user: {did}"));
                // Bursts, and long silences.
                let pause = if self.random.chance(70) { 200 } else { 20_000 };
                let next = self.random.range(0, pause);
                self.plan(next, Plan::User);
            }
        }
        self.carry_out();
        self.client.check();
    }

    /// Does all that the core says.
    fn carry_out(&mut self) {
        while let Some(output) = self.client.manager.poll_output() {
            match output {
                Output::OpenTransport(id) => self.open(id),
                Output::CloseTransport(id) => {
                    let link = self.link.take_if(|link| link.id == id);
                    self.note("client: close".into());
                    if let Some(link) = link {
                        self.server.sessions.remove(&link.number);
                    }
                }
                Output::SendText(id, text) => self.send(id, text),
                Output::SendBinary(..) => panic!("nothing binary is emitted"),
                Output::Event(event) => {
                    let told = self.client.event(event);
                    self.note(format!("client: {told}"));
                }
                other => panic!("unknown output {other:?}"),
            }
        }
        // A timer that rings on time, or late.
        if let Some(at) = self.client.manager.poll_timeout() {
            let wait = at.as_millis().saturating_sub(self.client_now().as_millis());
            let late = if self.random.chance(5) {
                self.random.range(0, 1_500)
            } else {
                0
            };
            if let Some(set) = self.timer.take() {
                self.plans.remove(&set);
            }
            self.timer = Some(self.plan(wait + late, Plan::Timer));
        }
    }

    fn open(&mut self, id: TransportId) {
        assert!(self.link.is_none(), "a transport is open already");
        self.links += 1;
        let number = self.links;
        let latency = self.random.range(1, 400);
        self.note(format!("client: open {number}"));
        self.link = Some(Link {
            id,
            number,
            latency,
            silent: false,
            closed: false,
            last_up: 0,
            last_down: 0,
        });
        if self.now < self.down_until || !self.calm && self.random.chance(5) {
            // Refused, or accepted and then dropped before the handshake (W1), or never answered.
            if self.random.chance(80) {
                let event = TransportEvent::Closed {
                    code: 1006,
                    reason: String::new(),
                    failed: true,
                };
                self.plan(latency, Plan::AtClient(number, event));
            }
            return;
        }
        let handshake = self.server.open(number, self.now);
        self.plan_down(handshake);
        self.plan(PING_INTERVAL, Plan::Ping(number));
    }

    fn send(&mut self, id: TransportId, text: String) {
        let now = self.now;
        let Some(link) = self.link.as_mut().filter(|link| link.id == id) else {
            panic!("a frame for a transport that isn't open: {text}");
        };
        link.last_up = link.last_up.max(now + link.latency);
        let (number, at, closed) = (link.number, link.last_up, link.closed);
        self.note(format!("client: > {text}"));
        // What is sent into a connection that broke already goes nowhere.
        if !closed {
            self.plan(at - now, Plan::AtServer(number, text));
        }
    }

    fn at_server(&mut self, number: u64, frame: &str) {
        if !self.passes(number) {
            return;
        }
        let frames = self.server.frame(number, frame, self.now, &mut self.random);
        for frame in frames {
            self.plan_down(frame);
        }
    }

    fn at_client(&mut self, number: u64, event: TransportEvent) {
        if !self.passes(number) {
            return;
        }
        let Some(link) = &mut self.link else { return };
        let id = link.id;
        if matches!(event, TransportEvent::Closed { .. }) {
            self.link = None;
            self.server.sessions.remove(&number);
        }
        self.note(format!("client: < {event:?}"));
        let now = self.client_now();
        self.client.manager.handle_transport(id, event, now);
    }

    fn ping(&mut self, number: u64) {
        let Some(session) = self.server.sessions.get(&number) else {
            return;
        };
        if self.now > session.last_pong + PING_INTERVAL + PING_TIMEOUT {
            return self.break_link();
        }
        self.plan_down("2".into());
        self.plan(PING_INTERVAL, Plan::Ping(number));
        // What a server has to say.
        let prefix = if self.random.chance(50) {
            ""
        } else {
            "/retried,"
        };
        let ack = self.random.chance(30).then_some(number);
        let joined = self.server.sessions.get(&number).is_some_and(|session| {
            session
                .namespaces
                .iter()
                .any(|name| *name == if prefix.is_empty() { "/" } else { "/retried" })
        });
        if joined {
            let event = self.server.event(prefix, ack);
            self.plan_down(event);
        }
    }

    fn fault(&mut self) {
        let kind = self.random.range(0, 10);
        self.note(format!("fault {kind}"));
        match kind {
            0..=2 => self.break_link(),
            3 => {
                if let Some(link) = &mut self.link {
                    link.silent = true;
                }
            }
            4 => {
                self.down_until = self.now + self.random.range(0, 120_000);
                self.server.sessions.clear();
                self.break_link();
            }
            5 => self.server.refuses = !self.server.refuses,
            6 => {
                // The device sleeps: its clock goes on, its timers do not, and then it wakes.
                self.slept += self.random.range(0, 7_200_000);
                let now = self.client_now();
                self.client.manager.handle_wake(now);
            }
            7 => {
                let now = self.client_now();
                self.client.manager.handle_offline(now);
            }
            8 => {
                let now = self.client_now();
                self.client.manager.handle_wake(now);
            }
            _ => {
                if let Some(link) = &mut self.link {
                    link.latency = self.random.range(1, 30_000);
                }
            }
        }
        let next = self.random.range(100, 90_000);
        self.plan(next, Plan::Fault);
    }

    /// The connection breaks, at whatever message it is at; the client hears of it soon.
    fn break_link(&mut self) {
        let Some(link) = &mut self.link else { return };
        if std::mem::replace(&mut link.closed, true) {
            return;
        }
        let number = link.number;
        let failed = self.random.chance(50);
        let heard = self.random.range(0, 3_000);
        // Whatever is under way is lost, in both directions.
        self.plans.retain(|_, plan| {
            !matches!(plan, Plan::AtServer(other, _) | Plan::AtClient(other, _) if *other == number)
        });
        let event = TransportEvent::Closed {
            code: 1006,
            reason: String::new(),
            failed,
        };
        self.plan(heard, Plan::AtClient(number, event));
    }

    fn passes(&self, number: u64) -> bool {
        self.link
            .as_ref()
            .is_some_and(|link| link.number == number && !link.silent)
    }

    fn plan_down(&mut self, frame: String) {
        let now = self.now;
        let Some(link) = &mut self.link else { return };
        if link.closed {
            return;
        }
        link.last_down = link.last_down.max(now + link.latency);
        let (number, at) = (link.number, link.last_down);
        self.plan(
            at - now,
            Plan::AtClient(number, TransportEvent::Text(frame)),
        );
    }

    fn plan(&mut self, delay: u64, plan: Plan) -> (u64, u64) {
        self.planned += 1;
        let key = (self.now + delay, self.planned);
        self.plans.insert(key, plan);
        key
    }

    fn client_now(&self) -> Instant {
        Instant::from_millis(1 + self.now + self.slept)
    }

    fn note(&mut self, line: String) {
        if self.log.len() >= 400 {
            self.log.pop_front();
        }
        self.log.push_back(format!("{:>9} {line}", self.now));
    }
}
