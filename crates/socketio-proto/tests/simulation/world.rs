//! The simulated clock, and the schedule of events.

use std::collections::BTreeMap;
use std::time::Duration;

use socketio_proto::Instant;
use socketio_proto::manager::{
    Config, ConnectionState, Event, Output, SocketId, TransportEvent, TransportId,
};

use crate::attempts::{SOCKETS, SPACING};
use crate::client::{Client, NAMESPACES, millis};
use crate::log::Log;
use crate::names::{self, Name};
use crate::network::{Link, Opening, Up, closed};
use crate::random::Random;
use crate::server::{Flavour, Later, Mood, PING_INTERVAL, PING_TIMEOUT, Reply, Server};
use crate::user::{self, Act, Occasion, PROGRAMS, Program, Scene};

/// Counts of what happened in a run, so that a run in which nothing happens doesn't pass.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) acknowledged: u64,
    /// The number of attempts, by cause.
    pub(crate) attempts: [u64; 4],
    pub(crate) connected: u64,
    pub(crate) connections: u64,
    pub(crate) delivered: u64,
    pub(crate) exhausted: u64,
    pub(crate) given_up: u64,
    pub(crate) incomplete: u64,
    pub(crate) kicked: u64,
    /// The maximum delay of a timer.
    pub(crate) latest: u64,
    pub(crate) missed_heartbeats: u64,
    pub(crate) received: u64,
    pub(crate) not_answered: u64,
    pub(crate) recovered: u64,
    pub(crate) refused: u64,
    pub(crate) renewed: u64,
    pub(crate) resent: u64,
    pub(crate) slept: u64,
    pub(crate) suspended: u64,
    pub(crate) switched: u64,
}

impl Totals {
    pub(crate) fn add(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        for (sum, count) in self.attempts.iter_mut().zip(other.attempts) {
            *sum += count;
        }
        self.connected += other.connected;
        self.connections += other.connections;
        self.delivered += other.delivered;
        self.exhausted += other.exhausted;
        self.given_up += other.given_up;
        self.incomplete += other.incomplete;
        self.kicked += other.kicked;
        self.latest = self.latest.max(other.latest);
        self.missed_heartbeats += other.missed_heartbeats;
        self.received += other.received;
        self.not_answered += other.not_answered;
        self.recovered += other.recovered;
        self.refused += other.refused;
        self.renewed += other.renewed;
        self.resent += other.resent;
        self.slept += other.slept;
        self.suspended += other.suspended;
        self.switched += other.switched;
    }
}

/// A scheduled event. An event of a transport is skipped if that transport is closed by then.
#[derive(Debug)]
enum Plan {
    /// A frame from the client reaches the server.
    AtServer(u64, Up),
    /// An event of the transport reaches the client.
    AtClient(u64, TransportEvent),
    /// CONNECT was sent ahead for a namespace, with the auth of this user.
    Ahead(TransportId, usize, Name),
    /// The attachment that is due is sent.
    Attach(u64),
    Authorize {
        socket: SocketId,
        request: u32,
        user: Result<Name, String>,
    },
    Fault,
    Handshake(u64),
    Later(u64, Later),
    /// The server detects that a connection is lost.
    Lose(u64),
    /// The cause that kept the client offline has ended.
    Online,
    Ping(u64),
    PingTimeout(u64, u64),
    Act(u64),
    /// A superseded transport emits an event.
    Stray(TransportId),
    Timer,
    User,
    /// The device wakes.
    Wake(Wake),
}

/// How a device wakes.
#[derive(Clone, Copy, Debug)]
struct Wake {
    slept: u64,
    /// Whether its clock stood still meanwhile.
    stood: bool,
    /// Whether the client knows that the clock stood still.
    is_noticed: bool,
    is_reported: bool,
}

pub(crate) struct World {
    random: Random,
    client: Client,
    server: Server,
    program: Program,
    plans: BTreeMap<(u64, u64), Plan>,
    planned: u64,
    /// The position of the timer in the schedule.
    timer: Option<(u64, u64)>,
    now: u64,
    /// How much the client's clock is ahead of the world's.
    ahead: i64,
    /// The client doesn't run until this time.
    asleep_until: u64,
    slept: u64,
    link: Option<Link>,
    links: u64,
    /// The server can't be reached until then.
    down_until: u64,
    /// The percentage of attempts that may fail.
    trouble: u64,
    faults_until: u64,
    /// Whether the faults have ended.
    is_calm: bool,
    /// Whether the clock may run backwards.
    is_bending: bool,
    /// Whether a CONNECT is sent ahead of the core when a transport is opened.
    is_ahead: bool,
    pub(crate) log: Log,
}

impl World {
    pub(crate) fn new(seed: u64, is_logged: bool) -> Self {
        let mut random = Random::new(seed);
        let faults_until = random.range(60_000, 1_200_000);
        let config = config(&mut random);
        let mut server = Server::new(Flavour::new(&mut random));
        server.mood = mood(&mut random);
        let mut log = Log::new(is_logged);
        log.note(|| format!("{config:?}\n{:?}", server.flavour));
        let mut client = Client::new(config, &mut random);
        client.totals.latest = random.pick(&[50, 1_500, 1_500, 60_000]);
        let program = random.pick(&PROGRAMS);
        log.note(|| format!("{program:?}"));
        Self {
            client,
            server,
            program,
            plans: BTreeMap::new(),
            planned: 0,
            timer: None,
            now: 0,
            ahead: 1,
            asleep_until: 0,
            slept: 0,
            link: None,
            links: 0,
            down_until: 0,
            trouble: random.pick(&[0, 0, 10, 60]),
            faults_until,
            is_calm: false,
            is_bending: random.chance(10),
            is_ahead: random.chance(40),
            random,
            log,
        }
    }

    pub(crate) fn totals(&self) -> Totals {
        Totals {
            connections: self.links,
            delivered: self.client.ledger.delivered,
            resent: self.client.ledger.resent,
            ..self.client.totals
        }
    }

    pub(crate) fn run(&mut self) {
        for index in 0..NAMESPACES.len() {
            if self.random.chance(70) {
                self.client.create(index, &mut self.log);
            }
        }
        self.plan(0, Plan::User);
        let first = self.random.range(1_000, 60_000);
        self.plan(first, Plan::Fault);
        while self.now < self.faults_until {
            self.step();
        }
        self.calm();
        self.end();
    }

    /// Ends the faults: each wanted namespace must be connected within one back-off once the client
    /// has detected the failure.
    fn calm(&mut self) {
        self.log.note(|| "calm".into());
        self.is_calm = true;
        self.server.mood = Mood::default();
        self.server.flavour.early_events = 0;
        (self.trouble, self.down_until) = (0, 0);
        self.plans
            .retain(|_, plan| !matches!(plan, Plan::Fault | Plan::User));
        if let Some(link) = &mut self.link {
            link.latency = link.latency.min(100);
        }
        self.program = Program::Idle;
        // A refusal, or a late answer, may still be in flight.
        let awake = self.now.max(self.asleep_until);
        self.advance(awake + 120_000 + self.client.totals.latest);
        for index in 0..NAMESPACES.len() {
            self.client.create(index, &mut self.log);
        }
        // Where attempts are bounded, or reconnection is off, another request is needed.
        for _ in 0..3 {
            self.online();
            for index in 0..NAMESPACES.len() {
                self.person(Act::Connect, index);
            }
            // A silent connection is detected by its heartbeat, a lost attempt by its timeout. One
            // back-off and a handshake follow.
            let config = &self.client.config;
            let timeouts = [config.timeout, config.connect_timeout].map(|at| at.map_or(0, millis));
            let until = PING_INTERVAL + PING_TIMEOUT + timeouts.iter().sum::<u64>() + 7_000;
            self.advance(self.now + until + 2 * self.client.totals.latest);
            let config = &self.client.config;
            if config.reconnection && config.reconnection_attempts.is_none() {
                break;
            }
        }
        for (name, namespace) in NAMESPACES.into_iter().zip(&self.client.namespaces) {
            let tracked = namespace.tracked.as_ref().expect("it was created");
            assert!(
                self.client.manager.is_connected(tracked.id),
                "{name} is not connected"
            );
        }
        // All promised events must have arrived.
        self.advance(self.now + 60_000 + self.client.totals.latest);
        for namespace in &self.client.namespaces {
            for number in &namespace.promised {
                assert!(
                    self.client.ledger.was_received(*number),
                    "the event {number} was promised, but is lost"
                );
            }
        }
    }

    fn end(&mut self) {
        for index in 0..NAMESPACES.len() {
            self.client.remove(index, &mut self.log);
        }
        self.carry_out(true);
        self.client.check_end();
        assert!(self.link.is_none(), "a transport stays open");
    }

    /// Runs the schedule until this time.
    fn advance(&mut self, until: u64) {
        while self
            .plans
            .first_key_value()
            .is_some_and(|((at, _), _)| *at <= until)
        {
            self.step();
        }
        self.tick(until);
    }

    fn tick(&mut self, now: u64) {
        self.now = self.now.max(now);
        self.log.now = self.now;
        self.client.now = self.now.saturating_add_signed(self.ahead);
        self.client.awake = self.now - self.slept;
    }

    fn step(&mut self) {
        let Some(((at, order), plan)) = self.plans.pop_first() else {
            return self.tick(self.faults_until);
        };
        self.tick(at);
        if self.now < self.asleep_until && plan.is_of_client() {
            let key = (self.asleep_until, order);
            if matches!(plan, Plan::Timer) {
                self.timer = Some(key);
            }
            self.plans.insert(key, plan);
            return;
        }
        match plan {
            Plan::AtServer(number, up) => self.at_server(number, up),
            Plan::AtClient(number, event) => self.at_client(number, event),
            Plan::Ahead(id, index, user) => self.ahead_of(id, index, user),
            Plan::Attach(number) => self.attach(number),
            Plan::Authorize {
                socket,
                request,
                user,
            } => self.authorize(socket, request, user),
            Plan::Fault => self.fault(),
            Plan::Handshake(number) => self.handshake(number),
            Plan::Later(number, later) => {
                let replies = self.server.answer(number, &later, &mut self.random);
                self.replies(number, replies);
            }
            Plan::Lose(number) => self.server.lose(number),
            Plan::Online => self.online(),
            Plan::Ping(number) => self.ping(number),
            Plan::PingTimeout(number, ping) => self.ping_timeout(number, ping),
            Plan::Act(number) => self.act(number),
            Plan::Stray(id) => self.stray(id),
            Plan::Timer => {
                self.timer = None;
                self.client.manager.handle_timeout(self.client.instant());
            }
            Plan::User => self.user(),
            Plan::Wake(wake) => self.wake_up(wake),
        }
        if self.now >= self.asleep_until {
            self.carry_out(false);
        }
    }

    fn plan(&mut self, delay: u64, plan: Plan) {
        self.place(delay, plan);
    }

    /// Schedules an event, and returns its position.
    fn place(&mut self, delay: u64, plan: Plan) -> (u64, u64) {
        self.planned += 1;
        let key = (self.now + delay, self.planned);
        self.plans.insert(key, plan);
        key
    }
}

impl Plan {
    /// Whether the event waits until the device wakes.
    fn is_of_client(&self) -> bool {
        match self {
            Self::AtClient(..)
            | Self::Ahead(..)
            | Self::Authorize { .. }
            | Self::Fault
            | Self::Online
            | Self::Stray(_)
            | Self::Timer
            | Self::User => true,
            Self::AtServer(..)
            | Self::Attach(_)
            | Self::Handshake(_)
            | Self::Later(..)
            | Self::Lose(_)
            | Self::Ping(_)
            | Self::PingTimeout(..)
            | Self::Act(_)
            | Self::Wake(_) => false,
        }
    }
}

/// The client.
impl World {
    /// Carries out all outputs of the core. If `without_handlers`, no handler runs.
    fn carry_out(&mut self, without_handlers: bool) {
        let mut acts = 0;
        let mut outputs = 0;
        while let Some(output) = self.client.manager.poll_output() {
            outputs += 1;
            assert!(outputs < 2_000, "the outputs don't end");
            match output {
                Output::OpenTransport(id) => {
                    self.client.opens();
                    self.open(id);
                }
                Output::CloseTransport(id) => {
                    self.log.note(|| "client: close".into());
                    self.client.ledger.left(None);
                    self.client.closes();
                    if let Some(link) = self.link.take_if(|link| link.id == id) {
                        let noticed = link.latency;
                        self.plan(noticed, Plan::Lose(link.number));
                    }
                }
                Output::SendText(id, text) => self.send(id, text),
                Output::SendBinary(..) => self.log.note(|| "client: > bytes".into()),
                Output::Event(event) => {
                    self.log.note(|| format!("client: {event:?}"));
                    let of = self.client.event(&event, &self.server.sessions);
                    if let Event::Authorize {
                        socket, request, ..
                    } = event
                    {
                        self.auth_requested(socket, request);
                    }
                    if let Some((index, is_failure)) = of
                        && !without_handlers
                        && acts < 30
                    {
                        let occasion = match event {
                            Event::Connected { .. } => Occasion::Connected,
                            _ if is_failure => Occasion::Failure,
                            _ => Occasion::Other,
                        };
                        let mut scene = Scene {
                            random: &mut self.random,
                            log: &mut self.log,
                            sessions: &self.server.sessions,
                        };
                        acts += self
                            .client
                            .handler(self.program, index, occasion, &mut scene);
                    }
                }
                other => panic!("unknown output {other:?}"),
            }
        }
        self.client.check();
        self.set_timer();
    }

    /// Sets the timer, which may fire late.
    fn set_timer(&mut self) {
        if let Some(set) = self.timer.take() {
            self.plans.remove(&set);
        }
        let Some(at) = self.client.manager.poll_timeout() else {
            return;
        };
        let wait = at.as_millis().saturating_sub(self.client.now);
        let late = match self.random.chance(5) {
            true => self.random.range(0, self.client.totals.latest),
            false => 0,
        };
        self.timer = Some(self.place(wait.saturating_add(late).min(1 << 40), Plan::Timer));
    }

    fn user(&mut self) {
        let mut act = user::any(&mut self.random);
        let index = self.random.range(0, NAMESPACES.len() as u64) as usize;
        // People usually want to be connected.
        if self.random.chance(30) {
            let tracked = self.client.namespaces[index].tracked.as_ref();
            act = match tracked.map(|tracked| self.client.manager.is_active(tracked.id)) {
                None => Act::Create,
                Some(false) => Act::Connect,
                Some(true) => act,
            };
        }
        // They leave and come back at once, as the same user or as another.
        if self.random.chance(8) {
            for act in self.random.pick(&user::RETURNS) {
                self.person(*act, index);
            }
        }
        self.person(act, index);
        // Bursts and long pauses.
        let pause = if self.random.chance(70) { 200 } else { 20_000 };
        let next = self.random.range(0, pause);
        self.plan(next, Plan::User);
    }

    /// A person acts. No handler runs between the act and the check of its effect.
    fn person(&mut self, act: Act, index: usize) {
        let is_wish = !self.client.is_reaction() && matches!(act, Act::Connect);
        let tracked = self.client.namespaces[index].tracked.as_ref();
        let was_active = tracked.is_some_and(|tracked| self.client.manager.is_active(tracked.id));
        let mut scene = Scene {
            random: &mut self.random,
            log: &mut self.log,
            sessions: &self.server.sessions,
        };
        self.client.act(act, index, &mut scene);
        if is_wish {
            self.carry_out(true);
            self.check_request(index, was_active);
        }
    }

    /// Checks that a person who requests a connection gets an attempt at once, or has a recent one.
    fn check_request(&self, index: usize, was_active: bool) {
        let client = &self.client;
        let namespace = &client.namespaces[index];
        let Some(tracked) = &namespace.tracked else {
            return;
        };
        let is_connected = client.manager.is_connected(tracked.id);
        if is_connected || client.is_suspended || client.is_bent {
            return;
        }
        assert!(
            client.manager.is_active(tracked.id),
            "the request is ignored"
        );
        let round_trip = client.manager.round_trip();
        let answer = round_trip.map_or(0, |trip| 1 + millis(2 * trip.latest.max(trip.smoothed)));
        let least = client.attempts.patience(1);
        let patience = least.max(answer).max(client.opening_took).min(20_000);
        let since = |at: u64| client.now.saturating_sub(at);
        let is_fresh = match client.manager.state() {
            // A socket that was idle joins the attempt under way.
            ConnectionState::Opening => !was_active || since(client.attempts.opened_at) < least,
            ConnectionState::Open => {
                let rejoin = millis(client.config.rejoin_delay);
                since(namespace.requested_at) < patience || since(namespace.left_at) < rejoin
            }
            _ => false,
        };
        assert!(is_fresh, "the request to connect has no effect");
    }

    /// The system reports that a connection may be possible.
    fn online(&mut self) {
        self.log.note(|| "system: wake".into());
        let client = &mut self.client;
        let awake = client.awake;
        let was_offline = std::mem::take(&mut client.is_offline);
        let was_suspended = std::mem::take(&mut client.is_suspended);
        client
            .attempts
            .wake(client.now, was_suspended || was_offline);
        if was_offline {
            client.attempts.start_over();
        }
        for namespace in &mut client.namespaces {
            namespace.requests.request(client.now);
            if let Some(tracked) = namespace.tracked.as_mut().filter(|_| was_suspended) {
                tracked.progress = awake;
            }
        }
        client.manager.handle_wake(client.instant());
        self.carry_out(true);
        self.client.attempts.woke();
        let client = &self.client;
        let is_fresh = match client.manager.state() {
            ConnectionState::Closed => true,
            ConnectionState::Reconnecting { at } => at.as_millis() <= client.now + SPACING,
            ConnectionState::Opening => {
                let least = client.attempts.patience(SOCKETS).max(2_000);
                client.now < client.attempts.opened_at + least
            }
            ConnectionState::Open => client.namespaces.iter().all(|namespace| {
                let tracked = namespace.tracked.as_ref();
                tracked.is_none_or(|tracked| client.manager.next_request(tracked.id).is_none())
            }),
            _ => false,
        };
        assert!(
            is_fresh || client.is_bent,
            "the system's request has no effect"
        );
    }

    fn auth_requested(&mut self, socket: SocketId, request: u32) {
        let (index, _) = self.client.tracked(socket);
        let user = match self.random.chance(if self.is_calm { 0 } else { 10 }) {
            true => Err("no token".into()),
            false => Ok(self.client.namespaces[index].user),
        };
        // The answer may never be given.
        if self.is_calm || self.random.chance(90) {
            let delay = match self.random.chance(80) {
                true => self.random.range(0, 100),
                false => self.random.range(0, 30_000),
            };
            let delay = if self.is_calm { 0 } else { delay };
            self.plan(
                delay,
                Plan::Authorize {
                    socket,
                    request,
                    user,
                },
            );
        }
    }

    fn authorize(&mut self, socket: SocketId, request: u32, user: Result<Name, String>) {
        let now = self.client.instant();
        self.log.note(|| format!("user: auth {request}: {user:?}"));
        let namespaces = &mut self.client.namespaces;
        let here = namespaces.iter_mut().find_map(|namespace| {
            let tracked = namespace.tracked.as_mut()?;
            (tracked.id == socket).then_some((tracked, &mut namespace.promised))
        });
        if let (Some((tracked, promised)), Ok(user)) = (here, &user)
            && tracked.request == Some(request)
        {
            tracked.users.add(user);
            if tracked.requested_as != Some(*user) {
                promised.clear();
            }
        }
        let auth = user.map(names::auth);
        self.client.manager.authorize(socket, request, auth, now);
    }

    /// The driver reports that CONNECT was already sent over the transport that it opened.
    fn ahead_of(&mut self, id: TransportId, index: usize, user: Name) {
        let is_open = self.link.as_ref().is_some_and(|link| link.id == id);
        let namespace = &mut self.client.namespaces[index];
        let Some(tracked) = namespace.tracked.as_mut().filter(|_| is_open) else {
            return;
        };
        let is_opening = self.client.manager.state() == ConnectionState::Opening;
        if !is_opening || !self.client.manager.is_active(tracked.id) || namespace.user != user {
            return;
        }
        self.client.manager.connect_went_out(tracked.id);
        let text = match user {
            "" => String::new(),
            user => format!(r#"{{"token":"{user}"}}"#),
        };
        let connect = self
            .client
            .sends_connect(index, &text, &self.server.sessions);
        let prefix = match NAMESPACES[index] {
            "/" => String::new(),
            name => format!("{name},"),
        };
        let text = format!("40{prefix}{text}");
        self.log.note(|| format!("client: > {text} (ahead)"));
        if let Some(link) = &mut self.link {
            // It is queued until the handshake.
            let number = link.number;
            self.plans
                .retain(|_, plan| !matches!(plan, Plan::Handshake(other) if *other == number));
            let at = link.up(self.now);
            let connect = Some(connect);
            self.plan(at - self.now, Plan::Handshake(number));
            self.plan(at - self.now, Plan::AtServer(number, Up { text, connect }));
        }
    }

    /// Checks that events of a superseded transport are ignored.
    fn stray(&mut self, id: TransportId) {
        if self.link.as_ref().is_some_and(|link| link.id == id) {
            return;
        }
        let deadline = self.client.manager.poll_timeout();
        let event = match self.random.chance(50) {
            true => closed(&mut self.random),
            false => TransportEvent::Text(r#"42["update",[1,"",0]]"#.into()),
        };
        let now = self.client.instant();
        self.client.manager.handle_transport(id, event, now);
        assert!(self.client.manager.poll_output().is_none());
        assert_eq!(self.client.manager.poll_timeout(), deadline);
    }
}

/// The network.
impl World {
    fn open(&mut self, id: TransportId) {
        assert!(self.link.is_none(), "a transport is open already");
        self.links += 1;
        let number = self.links;
        let latency = match self.is_calm {
            true => self.random.range(1, 100),
            false => self.random.range(1, 400),
        };
        let mut link = Link::new(id, number, latency);
        let opening = match self.now < self.down_until {
            true if self.random.chance(30) => Opening::Hangs,
            true => Opening::Refused,
            false => Opening::new(self.trouble, &mut self.random),
        };
        self.log
            .note(|| format!("client: open {number}: {opening:?}, {latency} ms"));
        let at = link.up(self.now) - self.now;
        self.link = Some(link);
        let text = |text: &str| TransportEvent::Text(text.into());
        let event = match opening {
            Opening::Fails => TransportEvent::Failed("no".into()),
            Opening::Garbage => text("0{}"),
            Opening::Hangs => return,
            Opening::Hasty => text("42[]"),
            Opening::Opens(later) => {
                if self.is_ahead && later == 0 {
                    let index = self.random.range(0, NAMESPACES.len() as u64) as usize;
                    let namespace = &self.client.namespaces[index];
                    if namespace.tracked.is_some() && namespace.kind == crate::client::Kind::Plain {
                        self.plan(0, Plan::Ahead(id, index, namespace.user));
                    }
                }
                return self.plan(at + later, Plan::Handshake(number));
            }
            Opening::Refused => closed(&mut self.random),
            Opening::ShutsAtOnce => {
                self.plan(at, Plan::Handshake(number));
                let close = closed(&mut self.random);
                let after = self.random.range(0, 3);
                return self.plan(2 * at + after, Plan::AtClient(number, close));
            }
        };
        self.plan(2 * at, Plan::AtClient(number, event));
    }

    fn handshake(&mut self, number: u64) {
        if self.link.as_ref().is_none_or(|link| link.number != number) {
            return;
        }
        let handshake = self.server.open(number);
        self.down(number, TransportEvent::Text(handshake));
        self.plan(PING_INTERVAL, Plan::Ping(number));
        let first = self.random.range(0, 10_000);
        self.plan(first, Plan::Act(number));
    }

    fn send(&mut self, id: TransportId, text: String) {
        self.log.note(|| format!("client: > {text}"));
        let connect = self.sent(&text);
        let now = self.now;
        let Some(link) = self.link.as_mut().filter(|link| link.id == id) else {
            panic!("a frame for a transport that isn't open: {text}");
        };
        let at = link.up(now) - now;
        // Frames sent on a broken connection are lost.
        if !link.is_closed {
            let number = link.number;
            self.plan(at, Plan::AtServer(number, Up { text, connect }));
        }
    }

    /// Inspects a frame that the client sends.
    fn sent(&mut self, text: &str) -> Option<crate::server::Connect> {
        let packet = text.strip_prefix('4')?;
        let kind = packet.get(..1).expect("a type");
        let rest = packet[1..].trim_start_matches("1-");
        let (name, payload) = match rest.starts_with('/') {
            true => rest.split_once(',').unwrap_or((rest, "")),
            false => ("/", rest),
        };
        let index = NAMESPACES.into_iter().position(|other| other == name);
        let index = index.expect("a namespace of the test");
        let sessions = &self.server.sessions;
        match kind {
            "0" => return Some(self.client.sends_connect(index, payload, sessions)),
            "1" => self.client.sends_disconnect(index),
            "2" | "5" => {
                let (_, number) = payload
                    .trim_end_matches(']')
                    .rsplit_once(',')
                    .expect("a number");
                let number = number.parse().expect("a number");
                self.client.sends_event(index, number, sessions);
            }
            _ => {}
        }
        None
    }

    fn at_server(&mut self, number: u64, up: Up) {
        let link = self.link.as_mut().filter(|link| link.number == number);
        let Some(link) = link.filter(|link| !link.is_silent_up) else {
            return;
        };
        match up.text.split_at(1) {
            ("3", _) => {
                link.pongs = link.pings;
                self.plan(PING_INTERVAL, Plan::Ping(number));
            }
            ("4", packet) => {
                let ledger = &mut self.client.ledger;
                let connect = up.connect;
                let server = &mut self.server;
                let replies = server.packet(number, packet, connect, ledger, &mut self.random);
                self.replies(number, replies);
            }
            _ => panic!("the client sent {:?}", up.text),
        }
    }

    /// Carries out replies of the server. The connection may break between any two frames.
    fn replies(&mut self, number: u64, replies: Vec<Reply>) {
        for reply in replies {
            if !self.is_calm && self.random.range(0, 500) == 0 {
                self.break_link();
            }
            match reply {
                Reply::Drop => {
                    let close = closed(&mut self.random);
                    self.down(number, close);
                    self.server.lose(number);
                }
                Reply::Frame(text) => self.down(number, TransportEvent::Text(text)),
                Reply::Incomplete(text) => {
                    self.down(number, TransportEvent::Text(text));
                    let link = self.link.as_mut().filter(|link| link.number == number);
                    if let Some(link) = link {
                        link.held.get_or_insert_default();
                    }
                    if self.random.chance(50) {
                        let late = self.random.range(0, 60_000);
                        self.plan(late, Plan::Attach(number));
                    }
                }
                Reply::Later(delay, later) => self.plan(delay, Plan::Later(number, later)),
            }
        }
    }

    fn attach(&mut self, number: u64) {
        let link = self.link.as_mut().filter(|link| link.number == number);
        let Some(held) = link.and_then(|link| link.held.take()) else {
            return;
        };
        self.down(number, TransportEvent::Binary(vec![1]));
        held.into_iter().for_each(|event| self.down(number, event));
    }

    fn down(&mut self, number: u64, event: TransportEvent) {
        let now = self.now;
        let link = self.link.as_mut().filter(|link| link.number == number);
        let Some(link) = link.filter(|link| !link.is_closed) else {
            return;
        };
        let kind = match &event {
            TransportEvent::Text(text) => text.get(..2),
            _ => None,
        };
        match (&mut link.held, kind) {
            // Answers to a CONNECT are delayed; acknowledgements are lost.
            (Some(held), Some("40" | "42" | "44")) => held.push(event),
            (Some(_), Some("43")) => {}
            _ => {
                let at = link.down(now) - now;
                self.plan(at, Plan::AtClient(number, event));
            }
        }
    }

    fn at_client(&mut self, number: u64, event: TransportEvent) {
        let link = self.link.as_ref().filter(|link| link.number == number);
        let is_close = !matches!(event, TransportEvent::Text(_) | TransportEvent::Binary(_));
        let Some(link) = link.filter(|link| is_close || !link.is_silent_down) else {
            return;
        };
        let id = link.id;
        self.log.note(|| format!("client: < {event:?}"));
        match &event {
            TransportEvent::Text(text) => self.look(text),
            TransportEvent::Binary(_) => {}
            _ => {
                self.link = None;
                let noticed = self.random.range(0, 20_000);
                self.plan(noticed, Plan::Lose(number));
                self.client.closes();
            }
        }
        let now = self.client.instant();
        self.client.manager.handle_transport(id, event, now);
        if self.random.chance(2) {
            let later = self.random.range(0, 1_000);
            self.plan(later, Plan::Stray(id));
        }
    }

    /// Inspects a frame that the client receives.
    fn look(&mut self, text: &str) {
        let Some((kind, rest)) = text.split_at_checked(2) else {
            return;
        };
        let (name, payload) = match rest.starts_with('/') {
            true => rest.split_once(',').unwrap_or((rest, "")),
            false => ("/", rest),
        };
        let Some(index) = NAMESPACES.into_iter().position(|other| other == name) else {
            return;
        };
        let namespace = &mut self.client.namespaces[index];
        if matches!(kind, "40" | "44") {
            namespace.unanswered = namespace.unanswered.saturating_sub(1);
        }
        match kind {
            "40" => {
                namespace.pending = None;
                let sid = payload.strip_prefix(r#"{"sid":"s"#);
                match sid.and_then(|sid| sid.split('"').next()) {
                    Some(session) => namespace.granted = session.parse().ok(),
                    None => namespace.incompatible = true,
                }
            }
            "41" => {
                namespace.kicked = true;
                namespace.refused = true;
                namespace.granted = None;
            }
            "44" => {
                namespace.refused = true;
                // It may answer an earlier CONNECT; the last one is then still unanswered.
                namespace.pending = namespace.pending.filter(|_| namespace.unanswered > 0);
            }
            _ => {}
        }
    }

    fn ping(&mut self, number: u64) {
        if !self.server.has(number) {
            return;
        }
        let link = self.link.as_mut().filter(|link| link.number == number);
        let Some(link) = link else { return };
        link.pings += 1;
        let ping = link.pings;
        self.down(number, TransportEvent::Text("2".into()));
        self.plan(PING_TIMEOUT, Plan::PingTimeout(number, ping));
    }

    fn ping_timeout(&mut self, number: u64, ping: u64) {
        let link = self.link.as_ref().filter(|link| link.number == number);
        if link.is_some_and(|link| link.pongs < ping) {
            let close = closed(&mut self.random);
            self.down(number, close);
            self.server.lose(number);
        }
    }

    fn act(&mut self, number: u64) {
        if !self.server.has(number) || self.link.as_ref().is_none_or(|link| link.number != number) {
            return;
        }
        let is_held = self.link.as_ref().is_some_and(|link| link.held.is_some());
        if !is_held {
            let replies = self.server.act(number, &mut self.random);
            self.replies(number, replies);
        }
        let most = if self.random.chance(50) { 500 } else { 20_000 };
        let next = self.random.range(0, most);
        self.plan(next, Plan::Act(number));
    }

    /// Breaks the connection at any message. Both sides detect it after some time.
    fn break_link(&mut self) {
        let Some(link) = &mut self.link else { return };
        if std::mem::replace(&mut link.is_closed, true) {
            return;
        }
        let number = link.number;
        // Frames in flight are lost in both directions.
        self.plans.retain(|_, plan| {
            !matches!(plan, Plan::AtServer(other, _) | Plan::AtClient(other, _) if *other == number)
        });
        let close = closed(&mut self.random);
        let noticed = self.random.range(0, 3_000);
        self.plan(noticed, Plan::AtClient(number, close));
        let lost = self.random.range(0, 20_000);
        self.plan(lost, Plan::Lose(number));
    }
}

/// The faults.
impl World {
    fn fault(&mut self) {
        let kind = self.random.range(0, 18);
        self.log.note(|| format!("fault {kind}"));
        match kind {
            0 | 1 => self.break_link(),
            2 => {
                let (up, down) = self
                    .random
                    .pick(&[(true, true), (true, false), (false, true)]);
                if let Some(link) = &mut self.link {
                    link.is_silent_up |= up;
                    link.is_silent_down |= down;
                }
            }
            3 | 4 => {
                self.down_until = self.now + self.random.range(0, 60_000);
                let forgets = self.random.chance(50);
                self.server.restart(forgets);
                self.break_link();
            }
            5 => self.server.mood.refuses ^= self.random.chance(60) || self.server.mood.refuses,
            6 => self.server.mood = mood(&mut self.random),
            7 => self.trouble = self.random.pick(&[0, 0, 10, 60, 100]),
            8 | 9 => self.sleep(),
            10 if self.is_bending && self.random.chance(50) => {
                // The clock should not run backwards, but nothing breaks if it does.
                self.client.is_bent = true;
                self.ahead -= self.random.range(0, 20_000) as i64;
                self.tick(self.now);
            }
            10 => {
                // Only the clock moves forward.
                self.ahead += self.random.range(0, 7_200_000) as i64;
                self.tick(self.now);
                if self.random.chance(50) {
                    self.online();
                }
            }
            11 => self.online(),
            12 => {
                self.client.is_offline = true;
                self.down_until = self.now + self.random.range(0, 60_000);
                let now = self.client.instant();
                self.client.manager.handle_offline(now);
                let back = self.random.range(0, 90_000);
                self.plan(back, Plan::Online);
            }
            13 | 14 => {
                self.client.is_suspended = true;
                let now = self.client.instant();
                self.client.manager.handle_suspend(now);
                self.client.totals.suspended += 1;
                let back = self.random.pick(&[0, 300, 5_000, 90_000]);
                let back = self.random.range(0, back + 1);
                self.plan(back, Plan::Online);
            }
            15 => {
                for _ in 0..2 {
                    let later = self.random.range(0, 800);
                    self.plan(later, Plan::Online);
                }
            }
            _ => {
                let latency = self.random.range(1, 60_000);
                if let Some(link) = &mut self.link {
                    link.latency = latency;
                }
            }
        }
        let next = match self.random.chance(20) {
            true => self.random.range(0, 500),
            false => self.random.range(100, 60_000),
        };
        self.plan(next, Plan::Fault);
    }

    /// The device sleeps while the world continues.
    fn sleep(&mut self) {
        let longest = 1 << self.random.range(1, 24);
        let slept = self.random.range(1, longest);
        let stood = self.random.chance(50);
        let wake = Wake {
            slept,
            stood,
            is_noticed: stood && self.random.chance(70),
            is_reported: self.random.chance(50),
        };
        self.log.note(|| format!("{wake:?}"));
        self.asleep_until = self.now + slept;
        // Before all events that wait for it.
        self.plans.insert((self.asleep_until, 0), Plan::Wake(wake));
        self.client.totals.slept += 1;
    }

    fn wake_up(&mut self, wake: Wake) {
        self.slept += wake.slept;
        if wake.stood {
            self.ahead -= wake.slept as i64;
        }
        self.tick(self.now);
        if wake.is_noticed {
            let slept = Duration::from_millis(wake.slept);
            let now: Instant = self.client.instant();
            self.client.manager.handle_sleep(slept, now);
            self.client.has_slept(wake.slept);
            self.carry_out(false);
        }
        if wake.is_reported {
            self.online();
        }
    }
}

fn mood(random: &mut Random) -> Mood {
    Mood {
        trouble: random.pick(&[0, 0, 10, 30, 100]),
        refuses: false,
        forgets_acks: random.range(0, 40),
        kicks: random.pick(&[0, 2, 30]),
        misses: random.pick(&[0, 2, 10]),
    }
}

fn config(random: &mut Random) -> Config {
    let seconds = Duration::from_secs;
    let default = Config::default();
    if random.chance(50) {
        return default;
    }
    Config {
        reconnection: random.chance(90),
        reconnection_attempts: random.pick(&[None, None, Some(0), Some(1), Some(3)]),
        timeout: random.pick(&[Some(seconds(20)), Some(seconds(3)), None]),
        connect_timeout: random.pick(&[Some(seconds(20)), Some(seconds(2)), None]),
        stable_after: random.pick(&[seconds(5), seconds(0), seconds(30)]),
        rejoin_delay: random.pick(&[Duration::from_millis(100), seconds(0), seconds(2)]),
        receive_buffer: random.pick(&[1000, 1000, 2]),
        ..default
    }
}
