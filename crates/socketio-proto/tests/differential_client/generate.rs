//! Random scripts: the same ones for the same seed.

use serde_json::{Value, json};

use crate::random::Random;
use crate::reply::{Reply, Session};
use crate::script::{Ack, Action, Emit, Handler, ManagerOptions, On, Script, SocketOptions, Step};

const NAMESPACES: [&str; 3] = ["/", "/a", "/b"];
const EVENTS: [&str; 4] = ["price", "chat", "x", ""];

/// Frames that violate the protocol.
const BROKEN: [&str; 10] = [
    "9",
    "",
    "4x",
    "42{}",
    "42[",
    "43[]x",
    "42",
    "430",
    "0{",
    "451-[\"x\",{\"_placeholder\":true,\"num\":7}]",
];

/// Frames that arrive at the wrong time, or for a namespace without a socket.
const STRAY: [&str; 10] = [
    "1",
    "5",
    "2probe",
    "3",
    "42/unknown,[\"x\"]",
    "40",
    "40{\"sid\":\"stray\"}",
    "44{\"message\":\"stray\"}",
    "41",
    "0{\"sid\":\"again\",\"upgrades\":[],\"pingInterval\":1000,\"pingTimeout\":1000}",
];

pub(crate) fn script(seed: u64) -> Script {
    let mut random = Random::new(seed);
    let focus = match random.range(0, 6) {
        0 => Focus::Acks,
        1 => Focus::Recovery,
        2 => Focus::Retries,
        _ => Focus::Anything,
    };
    Generator {
        random,
        focus,
        sockets: Vec::new(),
        is_wild: false,
        timeouts: 0,
    }
    .script()
}

/// The feature on which a script concentrates.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Focus {
    Acks,
    Anything,
    Recovery,
    Retries,
}

struct Generator {
    random: Random,
    focus: Focus,
    sockets: Vec<SocketOptions>,
    /// Whether the server violates the protocol, and the network fails.
    is_wild: bool,
    timeouts: u64,
}

impl Generator {
    fn script(mut self) -> Script {
        self.is_wild = self.random.chance(30);
        let manager = self.manager();
        let count = [1, 1, 1, 2, 2, 3][self.below(6)];
        self.sockets = (0..count).map(|index| self.socket(index)).collect();
        let handlers = match self.random.chance(60) {
            true => (0..self.random.range(1, 4))
                .map(|_| self.handler())
                .collect(),
            false => Vec::new(),
        };
        let mut steps = Vec::new();
        for socket in 0..count {
            if self.random.chance(70) {
                steps.push(Step::Act(Action::Connect(socket)));
            }
        }
        if self.random.chance(70) {
            steps.push(Step::Server(self.serve()));
            steps.push(Step::Server(self.serve()));
        }
        let length = self.random.range(3, 36);
        steps.extend((0..length).map(|_| self.step()));
        Script {
            manager,
            sockets: self.sockets,
            handlers,
            steps,
        }
    }

    fn manager(&mut self) -> ManagerOptions {
        let mut options = ManagerOptions::default();
        if self.random.chance(30) {
            options.reconnection = self.random.chance(60);
            options.reconnection_attempts = self.pick(&[0, 0, 1, 2, 3]);
            options.reconnection_delay = self.pick(&[100, 700, 1_000, 3_000]);
            options.reconnection_delay_max = self.pick(&[1_000, 5_000, 30_000]);
            options.timeout = self.pick(&[1_500, 20_000, 60_000]);
            options.connect_timeout = self.pick(&[None, None, Some(20_000)]);
        }
        options
    }

    fn socket(&mut self, index: usize) -> SocketOptions {
        let retried = if self.focus == Focus::Retries { 90 } else { 8 };
        let retries = self
            .random
            .chance(retried)
            .then(|| self.random.range(1, 4) as u32);
        let waits = self.random.chance(if retries.is_some() { 90 } else { 15 });
        SocketOptions {
            namespace: NAMESPACES[index].into(),
            auth: self.random.chance(30).then(|| self.auth()),
            asks: self.random.chance(15),
            ack_timeout: waits.then(|| self.timeout()),
            retries,
            one_user: !self.random.chance(10),
        }
    }

    fn auth(&mut self) -> Value {
        json!({ "token": self.pick(&["alice", "bob", ""]) })
    }

    /// A new one each time, so that no two timers fire together.
    fn timeout(&mut self) -> u64 {
        self.timeouts += 1;
        let rough = self.pick(&[20, 300, 2_000, 9_000, 40_000]);
        rough + self.timeouts * 7
    }

    fn handler(&mut self) -> Handler {
        let socket = self.below(self.sockets.len());
        let on = self.pick(&[
            On::Ack,
            On::Connect,
            On::Connect,
            On::ConnectError,
            On::Disconnect,
            On::Disconnect,
            On::Event,
            On::Event,
        ]);
        let count = self.random.range(1, 4);
        let actions = (0..count)
            .map(|_| self.handler_action(socket, on))
            .collect();
        Handler {
            socket,
            on,
            times: self.random.range(1, 4) as u32,
            actions,
        }
    }

    fn handler_action(&mut self, socket: usize, on: On) -> Action {
        match self.below(20) {
            0..=9 => Action::Emit(self.emit(socket)),
            10..=13 if on == On::Event => Action::Reply { args: self.args() },
            10 => Action::Connect(socket),
            11..=13 => Action::Disconnect(socket),
            14 => Action::Throw,
            _ => self.action(),
        }
    }

    fn action(&mut self) -> Action {
        let socket = self.below(self.sockets.len());
        match self.below(32) {
            0..=5 => Action::Connect(socket),
            6..=8 => Action::Disconnect(socket),
            9 => Action::SetAuth {
                socket,
                auth: self.random.chance(80).then(|| self.auth()),
            },
            10..=12 if self.sockets[socket].asks => Action::Authorize {
                socket,
                nth: self.below(3),
                auth: self.random.chance(80).then(|| self.auth()),
            },
            10..=12 => Action::Answer {
                nth: self.below(4),
                args: self.args(),
            },
            13 if self.is_wild => Action::Reconnection(self.random.chance(60)),
            13 => match self.below(8) {
                0 => Action::ReconnectionAttempts(self.pick(&[0, 1, 2, 5])),
                1 => Action::ReconnectionDelay(self.pick(&[100, 1_000, 4_000])),
                2 => Action::ReconnectionDelayMax(self.pick(&[1_000, 5_000, 20_000])),
                3 => Action::Timeout(self.pick(&[1_500, 20_000, 60_000])),
                _ => Action::Emit(self.emit(socket)),
            },
            _ => Action::Emit(self.emit(socket)),
        }
    }

    fn emit(&mut self, socket: usize) -> Emit {
        let ack = match self.below(10) {
            0..=3 => Ack::None,
            4..=5 => Ack::Plain,
            6..=7 => Ack::Awaited,
            _ => Ack::Timeout(self.timeout()),
        };
        Emit {
            socket,
            event: self.pick(&EVENTS).into(),
            args: self.args(),
            ack,
            volatile: self.random.chance(if self.is_wild { 15 } else { 2 }),
        }
    }

    fn args(&mut self) -> Vec<Value> {
        let count = [0, 1, 1, 1, 2, 3][self.below(6)];
        (0..count).map(|_| self.value()).collect()
    }

    fn value(&mut self) -> Value {
        match self.below(8) {
            0 => Value::Null,
            1 => json!(true),
            2 => json!({ "k": [1, {}] }),
            3 => json!({ "base64": "AQI=" }),
            4 => json!("o1"),
            _ => json!(self.below(100)),
        }
    }

    fn step(&mut self) -> Step {
        let socket = self.below(self.sockets.len());
        if self.random.chance(35)
            && let Some(step) = self.focused_step(socket)
        {
            return step;
        }
        match self.below(100) {
            0..=33 if self.is_wild => Step::Act(self.action()),
            0..=33 => match self.action() {
                Action::Connect(socket) => Step::ConnectAnew(socket),
                action => Step::Act(action),
            },
            34..=53 => Step::Server(self.reply(socket)),
            54..=65 => Step::Server(self.serve()),
            66..=84 => Step::Wait(self.time()),
            85..=88 => Step::Close,
            89..=92 => Step::Fail,
            93 if self.is_wild => Step::Offline,
            94 if self.is_wild => Step::Drop,
            95 if self.is_wild => Step::Sleep(self.time()),
            96..=98 if self.is_wild => Step::Server(Reply::Raw(self.pick(&BROKEN).into())),
            99 if self.is_wild => Step::Server(Reply::Raw(self.pick(&STRAY).into())),
            _ => Step::Server(Reply::Ping),
        }
    }

    fn focused_step(&mut self, socket: usize) -> Option<Step> {
        let choice = self.below(10);
        let step = match (self.focus, choice) {
            (Focus::Anything, _) => return None,
            (Focus::Recovery, 0..=4) => Step::Server(Reply::Event {
                socket,
                args: self.event(),
                asks: self.random.chance(20),
            }),
            (Focus::Recovery, 5) => Step::Close,
            (Focus::Recovery, _) => Step::Server(Reply::ServeRestored),
            (Focus::Acks | Focus::Retries, 0..=3) => Step::Act(Action::Emit(self.emit(socket))),
            (Focus::Acks | Focus::Retries, 4..=6) => Step::Server(Reply::Ack {
                socket,
                pick: self.below(4),
                args: self.args(),
            }),
            (Focus::Acks | Focus::Retries, 7) => Step::Server(Reply::AckAgain {
                socket,
                pick: self.below(4),
            }),
            (Focus::Acks | Focus::Retries, 8) => Step::Wait(self.random.range(1, 500)),
            (Focus::Acks | Focus::Retries, _) => Step::Server(Reply::Serve),
        };
        Some(step)
    }

    fn serve(&mut self) -> Reply {
        match self.focus {
            Focus::Recovery => Reply::ServeRestored,
            _ => Reply::Serve,
        }
    }

    fn time(&mut self) -> u64 {
        match self.below(10) {
            0 => 0,
            1 => 45_000,
            2 => 20_000,
            3 => self.random.range(1, 70_000),
            4..=5 => 1_000,
            _ => self.random.range(1, 3_000),
        }
    }

    fn reply(&mut self, socket: usize) -> Reply {
        match self.below(20) {
            0..=2 => Reply::Handshake,
            3..=5 => Reply::Accept {
                socket,
                session: self.pick(&[
                    Session::Fresh,
                    Session::Plain,
                    Session::Restored,
                    Session::Restored,
                ]),
            },
            6 => Reply::Refuse {
                socket,
                payload: self.pick(&[
                    json!({ "message": "no", "data": { "code": 7 } }),
                    json!({ "message": "no" }),
                    json!({}),
                    json!("no"),
                ]),
            },
            7..=11 => Reply::Event {
                socket,
                args: self.event(),
                asks: self.random.chance(40),
            },
            12 if self.is_wild => Reply::EventAnyway {
                socket,
                args: self.event(),
            },
            13..=15 => Reply::Ack {
                socket,
                pick: self.below(4),
                args: self.args(),
            },
            16 => Reply::AckAgain {
                socket,
                pick: self.below(4),
            },
            17 => Reply::AckUnknown { socket },
            18 => Reply::Kick { socket },
            _ => Reply::Noop,
        }
    }

    fn event(&mut self) -> Vec<Value> {
        let mut args = self.args();
        args.insert(0, self.pick(&EVENTS).into());
        if self.random.chance(40) {
            args.push(json!(format!("offset{}", self.below(9))));
        }
        args
    }

    fn below(&mut self, count: usize) -> usize {
        self.random.range(0, count as u64) as usize
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}
