//! A model of a Socket.IO server: only what the client can observe. It ties each session to the
//! user that its CONNECT named.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::client::NAMESPACES;
use crate::ledger::Ledger;
use crate::names::{self, Name};
use crate::random::Random;

/// The heartbeat of the model, in milliseconds.
pub(crate) const PING_INTERVAL: u64 = 25_000;
pub(crate) const PING_TIMEOUT: u64 = 20_000;

/// Differences between servers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flavour {
    /// The reaction to a second CONNECT for a namespace that is connected or being connected.
    again: Again,
    /// As Node.js: a packet for a namespace that isn't connected closes the connection.
    closes_strays: bool,
    /// As Flask-SocketIO: how often an event of the connect handler is sent before the reply, in
    /// percent.
    pub(crate) early_events: u64,
    /// Whether sessions can be restored.
    recovers: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Again {
    Close,
    /// The client is in the namespace twice, and receives each event twice.
    Double,
    Refuse,
}

impl Flavour {
    pub(crate) fn new(random: &mut Random) -> Self {
        Self {
            again: random.pick(&[Again::Close, Again::Double, Again::Refuse]),
            closes_strays: random.chance(50),
            early_events: random.pick(&[0, 50]),
            recovers: random.chance(50),
        }
    }
}

/// The server's current behaviour.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mood {
    /// The percentage of CONNECTs that are not simply accepted.
    pub(crate) trouble: u64,
    /// Whether each CONNECT is refused.
    pub(crate) refuses: bool,
    /// The percentage of acknowledgements that it doesn't send.
    pub(crate) forgets_acks: u64,
    /// The percentage of its actions that are kicks.
    pub(crate) kicks: u64,
    /// The percentage of its events whose attachments are late or missing.
    pub(crate) misses: u64,
}

/// One connection.
#[derive(Debug, Default)]
struct Peer {
    /// Namespaces and sessions, the latest last. A session is absent if its handler failed
    /// half-way.
    joined: Vec<(usize, Option<usize>)>,
    /// CONNECTs whose handlers still run.
    pending: Vec<usize>,
    /// Namespaces that the server ended or changed in another way, which the client may not know
    /// yet.
    crossed: BTreeSet<usize>,
}

/// The session that one CONNECT opened.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) namespace: usize,
    pub(crate) user: Name,
    /// How often it was granted: more than once if it was restored.
    pub(crate) granted: u32,
    pid: Option<String>,
    events: u64,
    /// Events that may have to be sent again, by their numbers.
    log: BTreeMap<u64, String>,
    /// The ids of the acknowledgements that it waits for.
    awaited_acks: BTreeSet<u64>,
}

/// An action of the server.
#[derive(Debug)]
pub(crate) enum Reply {
    Frame(String),
    /// An event whose attachment does not follow at once.
    Incomplete(String),
    /// The transport is closed.
    Drop,
    /// An answer that is sent after this time, in milliseconds.
    Later(u64, Later),
}

/// The answer to a CONNECT, when its handler has run.
#[derive(Debug)]
pub(crate) struct Later {
    connect: Connect,
    answer: Answer,
}

/// A CONNECT.
#[derive(Clone, Debug)]
pub(crate) struct Connect {
    pub(crate) namespace: usize,
    pub(crate) user: Name,
    /// The session to recover, and the last event that the client has received in it.
    pub(crate) offered: Option<(String, Option<u64>)>,
}

#[derive(Clone, Copy, Debug)]
enum Answer {
    Accept,
    Close,
    Drop,
    /// As Socket.IO 2: without an id.
    NoId,
    Refuse(&'static str),
    /// The handler failed: the server sends nothing.
    Silence {
        joined: bool,
    },
}

const REFUSALS: [&str; 5] = [
    r#"44{prefix}{"message":"closed"}"#,
    r#"44{prefix}{"message":"closed","data":{"code":1}}"#,
    r#"44{prefix}"closed""#,
    r#"41{prefix}"#,
    r#"41{prefix}{"message":"closed"}"#,
];

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) flavour: Flavour,
    pub(crate) mood: Mood,
    peers: BTreeMap<u64, Peer>,
    pub(crate) sessions: Vec<Session>,
    /// Sessions without a connection that can be restored, by their private ids.
    stored: BTreeMap<String, usize>,
    next_ack: u64,
}

impl Server {
    pub(crate) fn new(flavour: Flavour) -> Self {
        Self {
            flavour,
            mood: Mood::default(),
            peers: BTreeMap::new(),
            sessions: Vec::new(),
            stored: BTreeMap::new(),
            next_ack: 0,
        }
    }

    pub(crate) fn open(&mut self, link: u64) -> String {
        self.peers.insert(link, Peer::default());
        format!(
            r#"0{{"sid":"e{link}","upgrades":[],"pingInterval":{PING_INTERVAL},"pingTimeout":{PING_TIMEOUT},"maxPayload":100000}}"#
        )
    }

    pub(crate) fn has(&self, link: u64) -> bool {
        self.peers.contains_key(&link)
    }

    /// The connection is lost: its sessions can be restored, if this server supports that.
    pub(crate) fn lose(&mut self, link: u64) {
        let Some(peer) = self.peers.remove(&link) else {
            return;
        };
        for session in peer.joined.into_iter().filter_map(|(_, session)| session) {
            if let Some(pid) = &self.sessions[session].pid {
                self.stored.insert(pid.clone(), session);
            }
        }
    }

    /// Restarts the server.
    pub(crate) fn restart(&mut self, forgets: bool) {
        let links: Vec<u64> = self.peers.keys().copied().collect();
        links.into_iter().for_each(|link| self.lose(link));
        if forgets {
            self.stored.clear();
        }
    }

    /// Handles a packet.
    pub(crate) fn packet(
        &mut self,
        link: u64,
        text: &str,
        connect: Option<Connect>,
        ledger: &mut Ledger,
        random: &mut Random,
    ) -> Vec<Reply> {
        if !self.has(link) {
            return Vec::new();
        }
        let (kind, rest) = text.split_at(1);
        // Its attachment is ignored.
        let rest = rest.strip_prefix("1-").unwrap_or(rest);
        let (namespace, rest) = match rest.starts_with('/') {
            true => rest.split_once(',').unwrap_or((rest, "")),
            false => ("/", rest),
        };
        let namespace = NAMESPACES.into_iter().position(|name| name == namespace);
        let namespace = namespace.expect("a namespace of the test");
        match kind {
            "0" => self.connect(link, connect.expect("it was parsed"), random),
            "1" => self.left(link, namespace),
            "2" | "5" => self.receive_event(link, namespace, rest, ledger, random),
            "3" => self.receive_ack(link, namespace, rest),
            other => panic!("the client sent a packet of type {other}"),
        }
    }

    fn peer(&mut self, link: u64) -> &mut Peer {
        self.peers.get_mut(&link).expect("it is connected")
    }

    /// Returns the session of a namespace on a connection.
    fn session(&mut self, link: u64, namespace: usize) -> Option<usize> {
        let joined = &self.peers.get(&link)?.joined;
        let mut sessions = joined.iter().rev().filter(|(name, _)| *name == namespace);
        sessions.find_map(|(_, session)| *session)
    }

    /// Handles a CONNECT.
    fn connect(&mut self, link: u64, connect: Connect, random: &mut Random) -> Vec<Reply> {
        let (again, mood, namespace) = (self.flavour.again, self.mood, connect.namespace);
        let peer = self.peer(link);
        let is_joined = peer.joined.iter().any(|(name, _)| *name == namespace);
        if is_joined || peer.pending.contains(&namespace) {
            match again {
                Again::Close => return vec![Reply::Frame("1".into()), Reply::Drop],
                Again::Refuse => return vec![refusal(namespace, r#"44{prefix}"again""#)],
                Again::Double => {}
            }
        }
        let answer = match () {
            () if mood.refuses => Answer::Refuse(random.pick(&REFUSALS)),
            () if random.chance(mood.trouble) => match random.range(0, 12) {
                0..=3 => Answer::Refuse(random.pick(&REFUSALS)),
                4..=6 => Answer::Silence {
                    joined: random.chance(50),
                },
                7 => Answer::NoId,
                8 => Answer::Close,
                9 => Answer::Drop,
                _ => Answer::Accept,
            },
            () => Answer::Accept,
        };
        self.peer(link).pending.push(namespace);
        let later = Later { connect, answer };
        match random.chance(mood.trouble / 2) {
            true => vec![Reply::Later(random.range(1, 40_000), later)],
            false => self.answer(link, &later, random),
        }
    }

    /// Handles the end of a CONNECT handler.
    pub(crate) fn answer(&mut self, link: u64, later: &Later, random: &mut Random) -> Vec<Reply> {
        let Some(peer) = self.peers.get_mut(&link) else {
            return Vec::new();
        };
        let (namespace, again) = (later.connect.namespace, self.flavour.again);
        let pending = peer.pending.iter().position(|name| *name == namespace);
        peer.pending.remove(pending.expect("it is pending"));
        match later.answer {
            Answer::Accept => self.accept(link, &later.connect, random),
            Answer::Close => vec![Reply::Frame("1".into()), Reply::Drop],
            Answer::Drop => vec![Reply::Drop],
            Answer::NoId => {
                if again != Again::Double {
                    peer.joined.push((namespace, None));
                }
                peer.crossed.insert(namespace);
                vec![refusal(namespace, "40{prefix}{}")]
            }
            Answer::Refuse(frame) => {
                peer.crossed.insert(namespace);
                vec![refusal(namespace, frame)]
            }
            Answer::Silence { joined } => {
                if joined {
                    peer.joined.push((namespace, None));
                }
                peer.crossed.insert(namespace);
                Vec::new()
            }
        }
    }

    fn accept(&mut self, link: u64, connect: &Connect, random: &mut Random) -> Vec<Reply> {
        let namespace = connect.namespace;
        let recovers = self.flavour.recovers;
        let offered = connect.offered.as_ref().filter(|_| recovers);
        // Node.js wants both.
        let restored = match offered {
            Some((pid, Some(offset))) => self.stored.remove(pid).map(|session| (session, *offset)),
            _ => None,
        };
        let (session, missed) = match restored {
            Some((session, offset)) => {
                for _ in 0..random.range(0, 3) {
                    self.event(session, false);
                }
                let state = &mut self.sessions[session];
                state.awaited_acks.clear();
                let missed = state
                    .log
                    .range(offset + 1..)
                    .map(|(_, frame)| frame.clone());
                (session, missed.collect())
            }
            None => {
                let session = self.sessions.len();
                self.sessions.push(Session {
                    namespace,
                    user: connect.user,
                    granted: 0,
                    pid: recovers.then(|| format!("p{session}")),
                    events: 0,
                    log: BTreeMap::new(),
                    awaited_acks: BTreeSet::new(),
                });
                (session, Vec::new())
            }
        };
        self.peer(link).joined.push((namespace, Some(session)));
        let mut frames = Vec::new();
        if restored.is_none() && random.chance(self.flavour.early_events) {
            for _ in 0..random.pick(&[1, 1, 2, 4]) {
                frames.push(Reply::Frame(self.event(session, false)));
            }
        }
        let state = &mut self.sessions[session];
        state.granted += 1;
        let pid = state.pid.as_ref();
        let pid = pid.map_or(String::new(), |pid| format!(r#","pid":"{pid}""#));
        let prefix = prefix(namespace);
        frames.push(Reply::Frame(format!(
            r#"40{prefix}{{"sid":"s{session}"{pid}}}"#
        )));
        frames.extend(missed.into_iter().map(Reply::Frame));
        frames
    }

    fn left(&mut self, link: u64, namespace: usize) -> Vec<Reply> {
        let peer = self.peer(link);
        let of = peer.joined.iter().rposition(|(name, _)| *name == namespace);
        match of {
            Some(of) => {
                peer.joined.remove(of);
                Vec::new()
            }
            None => self.stray(link, namespace),
        }
    }

    /// Handles a packet for a namespace that isn't connected.
    fn stray(&mut self, link: u64, namespace: usize) -> Vec<Reply> {
        let crossed = &self.peer(link).crossed;
        assert!(
            crossed.contains(&namespace),
            "a packet for a namespace before the answer to CONNECT, or after DISCONNECT"
        );
        match self.flavour.closes_strays {
            true => vec![Reply::Frame("1".into()), Reply::Drop],
            false => Vec::new(),
        }
    }

    fn receive_event(
        &mut self,
        link: u64,
        namespace: usize,
        rest: &str,
        ledger: &mut Ledger,
        random: &mut Random,
    ) -> Vec<Reply> {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).expect("a payload");
        let (id, payload) = rest.split_at(digits);
        let (_, number) = payload
            .trim_end_matches(']')
            .rsplit_once(',')
            .expect("a number");
        let number = number.parse().expect("a number");
        let Some(session) = self.session(link, namespace) else {
            return self.stray(link, namespace);
        };
        ledger.received(number, namespace);
        if id.is_empty() || random.chance(self.mood.forgets_acks) {
            return Vec::new();
        }
        let prefix = prefix(namespace);
        vec![Reply::Frame(format!("43{prefix}{id}[{number},{session}]"))]
    }

    fn receive_ack(&mut self, link: u64, namespace: usize, rest: &str) -> Vec<Reply> {
        let Some(session) = self.session(link, namespace) else {
            return self.stray(link, namespace);
        };
        let ack = rest.trim_end_matches("[]").parse().expect("an id");
        // It may have been in flight when the server ended the session of the event, or created a
        // second one.
        let peer = self.peer(link);
        let joined = peer.joined.iter().filter(|(name, _)| *name == namespace);
        let has_crossed = peer.crossed.contains(&namespace) || joined.count() > 1;
        assert!(
            self.sessions[session].awaited_acks.remove(&ack) || has_crossed,
            "the answer {ack} is not for session {session}, or arrives twice"
        );
        Vec::new()
    }

    /// An action that the server takes by itself.
    pub(crate) fn act(&mut self, link: u64, random: &mut Random) -> Vec<Reply> {
        let mood = self.mood;
        let Some(peer) = self.peers.get_mut(&link) else {
            return Vec::new();
        };
        if peer.joined.is_empty() {
            return Vec::new();
        }
        let of = random.range(0, peer.joined.len() as u64) as usize;
        let (namespace, session) = peer.joined[of];
        if random.chance(mood.kicks) {
            // A kick ends all sessions of the namespace.
            peer.joined.retain(|(name, _)| *name != namespace);
            peer.crossed.insert(namespace);
            let frame = random.pick(&[r#"41{prefix}"#, r#"41{prefix}{"message":"out"}"#]);
            return vec![refusal(namespace, frame)];
        }
        let Some(session) = session else {
            return Vec::new();
        };
        if random.chance(mood.misses) {
            let event = self.event(session, false);
            let event = event.replacen("42", "451-", 1);
            let incomplete = event.replacen(
                r#"["update","#,
                r#"["update",{"_placeholder":true,"num":0},"#,
                1,
            );
            return vec![Reply::Incomplete(incomplete)];
        }
        let wants_ack = random.chance(30);
        vec![Reply::Frame(self.event(session, wants_ack))]
    }

    /// A numbered event of a session. The last argument is its offset, if sessions can be restored.
    fn event(&mut self, session: usize, wants_ack: bool) -> String {
        let state = &mut self.sessions[session];
        let (user, prefix) = (state.user, prefix(state.namespace));
        state.events += 1;
        let number = state.events;
        let ack = match wants_ack {
            true => {
                self.next_ack += 1;
                state.awaited_acks.insert(self.next_ack);
                self.next_ack.to_string()
            }
            false => String::new(),
        };
        // An event that asks for an acknowledgement is not sent again, and has no offset.
        let is_logged = state.pid.is_some() && !wants_ack;
        let offset = match is_logged {
            true => format!(r#","{number}""#),
            // Here the last argument is not an offset.
            false => r#","none""#.into(),
        };
        let arguments = format!(r#"["update",[{number},"{user}",{session}]{offset}]"#);
        if is_logged {
            state.log.insert(number, format!("42{prefix}{arguments}"));
        }
        format!("42{prefix}{ack}{arguments}")
    }
}

fn prefix(namespace: usize) -> String {
    match NAMESPACES[namespace] {
        "/" => String::new(),
        name => format!("{name},"),
    }
}

fn refusal(namespace: usize, frame: &str) -> Reply {
    Reply::Frame(frame.replace("{prefix}", &prefix(namespace)))
}

impl Session {
    /// Whether one of these events could have been sent again, and so must not be lost.
    pub(crate) fn has_logged(&self, numbers: Range<u64>) -> bool {
        self.log.range(numbers).next().is_some()
    }
}

impl Connect {
    /// Parses the payload of a CONNECT.
    pub(crate) fn read(namespace: usize, payload: &str) -> Self {
        let object: BTreeMap<String, String> = match payload {
            "" => BTreeMap::new(),
            payload => serde_json::from_str(payload).expect("an object of strings"),
        };
        let text = |key: &str| object.get(key).map(String::as_str);
        let offset = text("offset").map(|offset| offset.parse().expect("an offset of ours"));
        Self {
            namespace,
            user: text("token").map_or(names::NO_USER, names::parse),
            offered: text("pid").map(|pid| (pid.into(), offset)),
        }
    }
}
