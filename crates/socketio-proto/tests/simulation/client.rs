//! The client, its user, and what must always hold.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use socketio_proto::manager::{
    AckError, AckToken, Config, EmitOptions, Event, Manager, Outcome, SocketId,
};
use socketio_proto::packet::Arguments;
use socketio_proto::{Instant, Retries, SendBuffer, SocketOptions};

use crate::random::Random;
use crate::world::Totals;

pub(crate) const SEND_BUFFER: usize = 8;

/// One namespace and what is known of it.
#[derive(Debug)]
pub(crate) struct Namespace {
    pub(crate) id: SocketId,
    pub(crate) name: String,
    pub(crate) retried: bool,
    connected: bool,
    /// Waits for acknowledgements that have not ended.
    waiting: BTreeSet<u64>,
    /// The number of the event behind each wait.
    numbers: HashMap<u64, u64>,
    next_number: u64,
    /// Numbers that were taken with retries, and not given up.
    pub(crate) promised: BTreeSet<u64>,
    /// Numbers of events that no queue keeps in order.
    pub(crate) volatile: BTreeSet<u64>,
    last_news: u64,
    tokens: Vec<AckToken>,
}

#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) manager: Manager,
    pub(crate) namespaces: Vec<Namespace>,
    pub(crate) totals: Totals,
}

impl Client {
    pub(crate) fn new(seed: u64) -> Self {
        let mut manager = Manager::new(Config::default(), seed);
        let namespaces = [("/", false), ("/retried", true)].map(|(name, retried)| {
            let options = SocketOptions {
                ack_timeout: Some(Duration::from_secs(3)),
                retries: retried.then_some(Retries {
                    retries: 1_000_000,
                    window: 3,
                    message_id: None,
                }),
                send_buffer: SendBuffer {
                    packets: SEND_BUFFER,
                    ..SendBuffer::default()
                },
                ..SocketOptions::default()
            };
            let id = manager.socket(name, options).unwrap();
            Namespace {
                id,
                name: name.into(),
                retried,
                connected: false,
                waiting: BTreeSet::new(),
                numbers: HashMap::new(),
                next_number: 0,
                promised: BTreeSet::new(),
                volatile: BTreeSet::new(),
                last_news: 0,
                tokens: Vec::new(),
            }
        });
        Self {
            manager,
            namespaces: namespaces.into(),
            totals: Totals::default(),
        }
    }

    /// Something that a user does.
    pub(crate) fn act(&mut self, random: &mut Random, now: Instant) -> String {
        let index = random.range(0, self.namespaces.len() as u64) as usize;
        let namespace = &mut self.namespaces[index];
        match random.range(0, 20) {
            0 => {
                self.manager.disconnect(namespace.id, now);
                format!("disconnect {}", namespace.name)
            }
            1..=4 => {
                self.manager.connect(namespace.id, now);
                format!("connect {}", namespace.name)
            }
            5 => match namespace.tokens.pop() {
                Some(token) => {
                    let answered = self
                        .manager
                        .acknowledge(namespace.id, token, Arguments::ack());
                    format!("answer {}: {answered:?}", token.id())
                }
                None => "nothing to answer".into(),
            },
            6 => {
                let dropped = self.manager.clear_buffer(namespace.id);
                // What was taken out is promised no more; which numbers those are, the queue knows: stop promising
                // what has not been sent.
                if namespace.retried && dropped > 0 {
                    namespace.promised.clear();
                }
                format!("clear buffer of {}: {dropped}", namespace.name)
            }
            _ => self.emit(index, random, now),
        }
    }

    fn emit(&mut self, index: usize, random: &mut Random, now: Instant) -> String {
        let namespace = &mut self.namespaces[index];
        let number = namespace.next_number;
        let mut event = Arguments::event("e").unwrap();
        event.push(&number).unwrap();
        let options = EmitOptions {
            ack: random.chance(60),
            timeout: random
                .chance(30)
                .then(|| Duration::from_millis(random.range(1, 60_000))),
            volatile: random.chance(10),
        };
        let emitted = self.manager.emit(namespace.id, event, options, now);
        let Ok(emitted) = emitted else {
            return format!("emit {number} refused: {emitted:?}");
        };
        namespace.next_number += 1;
        if let Some(ack) = emitted.ack {
            assert!(
                namespace.waiting.insert(ack),
                "the id {ack} is awaited twice"
            );
            namespace.numbers.insert(ack, number);
        }
        if options.volatile {
            namespace.volatile.insert(number);
        }
        if namespace.retried && !options.volatile && emitted.outcome != Outcome::Dropped {
            namespace.promised.insert(number);
        }
        format!("emit {number} in {}: {emitted:?}", namespace.name)
    }

    /// What the core tells the user.
    pub(crate) fn event(&mut self, event: Event) -> String {
        let told = format!("{event:?}");
        match event {
            Event::Connected { socket, .. } => {
                let namespace = self.namespace(socket);
                assert!(!namespace.connected, "connected twice");
                namespace.connected = true;
                self.totals.connected += 1;
            }
            Event::Disconnected { socket, .. } => {
                let namespace = self.namespace(socket);
                assert!(namespace.connected, "disconnected without a connect (W8)");
                namespace.connected = false;
            }
            Event::ConnectError { socket, .. } => {
                assert!(
                    !self.namespace(socket).connected,
                    "a connect error while connected"
                );
            }
            Event::Acked { socket, id, result } => self.acked(socket, id, result.err()),
            Event::Received {
                socket,
                packet,
                ack,
            } => {
                let number: u64 = packet.arg(0).expect("a number");
                let namespace = self.namespace(socket);
                assert!(
                    number > namespace.last_news,
                    "events out of order, or twice"
                );
                namespace.last_news = number;
                namespace.tokens.extend(ack);
                self.totals.news += 1;
            }
            Event::ReconnectScheduled { delay, .. } => {
                assert!(delay <= Duration::from_secs(5), "{delay:?}");
                assert!(delay >= Duration::from_millis(500), "{delay:?}");
            }
            _ => {}
        }
        told
    }

    fn acked(&mut self, socket: SocketId, id: u64, error: Option<AckError>) {
        let namespace = self.namespace(socket);
        assert!(
            namespace.waiting.remove(&id),
            "the wait {id} ended twice, or never began"
        );
        let number = namespace.numbers.remove(&id).expect("it was emitted");
        if error.is_some() {
            namespace.promised.remove(&number);
        }
        match error {
            None => self.totals.acknowledged += 1,
            Some(_) => self.totals.given_up += 1,
        }
    }

    fn namespace(&mut self, id: SocketId) -> &mut Namespace {
        self.namespaces
            .iter_mut()
            .find(|namespace| namespace.id == id)
            .expect("it is ours")
    }

    /// What holds at every moment.
    pub(crate) fn check(&self) {
        for namespace in &self.namespaces {
            assert_eq!(self.manager.is_connected(namespace.id), namespace.connected);
            assert!(self.manager.buffered(namespace.id) <= SEND_BUFFER);
        }
    }

    /// What holds once the sockets are removed: every wait has ended.
    pub(crate) fn check_end(&self) {
        for namespace in &self.namespaces {
            assert!(
                namespace.waiting.is_empty(),
                "waits without an end: {:?}",
                namespace.waiting
            );
        }
        assert_eq!(
            self.manager.poll_timeout(),
            None,
            "nothing is left to wait for"
        );
    }
}
