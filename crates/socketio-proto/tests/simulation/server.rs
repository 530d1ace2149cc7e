//! A model of a Socket.IO server: just what the client can see of one.

use std::collections::HashMap;

use crate::random::Random;

/// The heartbeat of the model, in milliseconds.
pub(crate) const PING_INTERVAL: u64 = 25_000;
pub(crate) const PING_TIMEOUT: u64 = 20_000;

/// One session of the server, on one transport.
#[derive(Debug, Default)]
pub(crate) struct Session {
    pub(crate) namespaces: Vec<String>,
    pub(crate) last_pong: u64,
}

/// The server and all that it was told.
#[derive(Debug, Default)]
pub(crate) struct Server {
    pub(crate) sessions: HashMap<u64, Session>,
    /// The numbers of the events that came, by namespace, in the order of their coming.
    pub(crate) received: HashMap<String, Vec<u64>>,
    pub(crate) refuses: bool,
    /// Percent of the acknowledgements that it keeps to itself.
    pub(crate) forgets_acks: u64,
    pub(crate) next_sid: u64,
    pub(crate) next_event: u64,
}

impl Server {
    pub(crate) fn open(&mut self, transport: u64, now: u64) -> String {
        let session = Session {
            last_pong: now,
            ..Session::default()
        };
        self.sessions.insert(transport, session);
        format!(
            r#"0{{"sid":"e{transport}","upgrades":[],"pingInterval":{PING_INTERVAL},"pingTimeout":{PING_TIMEOUT},"maxPayload":100000}}"#
        )
    }

    /// What the server answers to a frame.
    pub(crate) fn frame(
        &mut self,
        transport: u64,
        frame: &str,
        now: u64,
        random: &mut Random,
    ) -> Vec<String> {
        let Some(session) = self.sessions.get_mut(&transport) else {
            return Vec::new();
        };
        match frame.as_bytes()[0] {
            b'3' => session.last_pong = now,
            b'4' => return self.message(transport, &frame[1..], random),
            other => panic!("the client sent {:?}", char::from(other)),
        }
        Vec::new()
    }

    fn message(&mut self, transport: u64, packet: &str, random: &mut Random) -> Vec<String> {
        let (kind, rest) = packet.split_at(1);
        let (namespace, rest) = match rest.starts_with('/') {
            true => rest.split_once(',').unwrap_or((rest, "")),
            false => ("/", rest),
        };
        let prefix = if namespace == "/" {
            String::new()
        } else {
            format!("{namespace},")
        };
        let session = self.sessions.get_mut(&transport).expect("it is open");
        match kind {
            "0" if self.refuses => vec![format!(r#"44{prefix}{{"message":"closed"}}"#)],
            // Node.js closes the connection of whoever asks for what he has.
            "0" if session.namespaces.iter().any(|other| other == namespace) => {
                self.sessions.remove(&transport);
                vec!["1".into()]
            }
            "0" => {
                session.namespaces.push(namespace.into());
                self.next_sid += 1;
                let mut frames = Vec::new();
                // As Flask-SocketIO: an event of the connect handler comes before the reply.
                if random.chance(50) {
                    frames.push(self.event(&prefix, None));
                }
                frames.push(format!(r#"40{prefix}{{"sid":"s{}"}}"#, self.next_sid));
                frames
            }
            "1" => {
                // Node.js closes the connection of whoever leaves where he isn't.
                assert!(
                    session.namespaces.iter().any(|other| other == namespace),
                    "DISCONNECT before the answer to CONNECT, or twice"
                );
                session.namespaces.retain(|other| other != namespace);
                Vec::new()
            }
            "2" => {
                assert!(
                    session.namespaces.iter().any(|other| other == namespace),
                    "an event before CONNECT"
                );
                let digits = rest.find(|c: char| !c.is_ascii_digit()).expect("a payload");
                let (id, payload) = rest.split_at(digits);
                let (_, number) = payload
                    .trim_end_matches(']')
                    .rsplit_once(',')
                    .expect("a number");
                let number = number.parse().expect("a number");
                self.received
                    .entry(namespace.into())
                    .or_default()
                    .push(number);
                if id.is_empty() || random.chance(self.forgets_acks) {
                    return Vec::new();
                }
                vec![format!("43{prefix}{id}[{number}]")]
            }
            "3" => Vec::new(),
            other => panic!("the client sent a packet of type {other}"),
        }
    }

    /// An event of the server's own, numbered.
    pub(crate) fn event(&mut self, prefix: &str, ack: Option<u64>) -> String {
        self.next_event += 1;
        let ack = ack.map(|ack| ack.to_string()).unwrap_or_default();
        format!(r#"42{prefix}{ack}["news",{}]"#, self.next_event)
    }
}
