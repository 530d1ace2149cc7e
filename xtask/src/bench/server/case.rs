//! The kinds of load, and the servers that each is applied to.

/// A server with the orchard's handlers.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Side {
    Ours,
    /// The reference implementation.
    Node,
    Flask,
}

impl Side {
    /// Returns the number of samples of this server for `rounds` samples of ours. Flask gets one:
    /// no budget refers to it, one sample shows where it stands, and it takes the longest.
    pub(super) fn rounds(self, rounds: u32) -> u32 {
        match self {
            Self::Ours | Self::Node => rounds,
            Self::Flask => rounds.min(1),
        }
    }
}

const ALL: &[Side] = &[Side::Ours, Side::Node, Side::Flask];

/// One kind of load.
#[derive(Debug)]
pub(super) struct Case {
    /// The name of the case in the load driver.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// The servers that the case is applied to.
    pub(super) sides: &'static [Side],
    pub(super) rounds: u32,
    /// The server's limit of open files and sockets; `None`: the highest that this machine allows.
    pub(super) descriptors: Option<u32>,
    /// More options for our server: limits that this load must not run into.
    pub(super) ours: &'static [&'static str],
    /// Ping interval and ping timeout in milliseconds; `None`: Socket.IO's defaults, 25 s and 20 s.
    pub(super) heartbeat: Option<u32>,
}

/// The defaults of a case.
const CASE: Case = Case {
    name: "",
    title: "",
    sides: ALL,
    rounds: 3,
    descriptors: None,
    ours: &[],
    heartbeat: None,
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "fan-out",
        title: "broadcasts to 200",
        rounds: 5,
        ..CASE
    },
    Case {
        name: "fan-out-polling",
        title: "broadcasts to 200 that poll",
        ..CASE
    },
    Case {
        name: "crowd",
        title: "2,000 players",
        ..CASE
    },
    Case {
        name: "idle",
        title: "10,000 idle connections",
        ours: &["--max-connections", "20000"],
        ..CASE
    },
    Case {
        name: "stalled",
        title: "100 clients that do not read",
        // Without these options our server would throttle the sender.
        ours: &[
            "--max-events-per-second",
            "0",
            "--max-read-bytes-per-second",
            "0",
        ],
        heartbeat: Some(5_000),
        ..CASE
    },
    Case {
        name: "burst",
        title: "bursts with acknowledgements",
        rounds: 5,
        ..CASE
    },
    Case {
        name: "flooder",
        title: "a flooder among 20",
        ..CASE
    },
    Case {
        name: "sign-in",
        title: "3,000 wrong sign-ins",
        sides: &[Side::Ours],
        ..CASE
    },
    Case {
        name: "half-open",
        title: "1,100 half-open connections under 1,024 descriptors",
        // Flask's server prints a traceback for each connection that it can't accept.
        sides: &[Side::Ours, Side::Node],
        descriptors: Some(1024),
        ..CASE
    },
];
