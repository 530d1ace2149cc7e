//! The kinds of load, and which servers each is put on.

/// A server that has the orchard's handlers.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Side {
    Ours,
    /// The reference implementation.
    Node,
    Flask,
}

const ALL: &[Side] = &[Side::Ours, Side::Node, Side::Flask];

/// One kind of load.
#[derive(Debug)]
pub(super) struct Case {
    /// What the driver calls it.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// Whom it is put on.
    pub(super) sides: &'static [Side],
    pub(super) rounds: u32,
    /// How many files and sockets a server may have open, where it is not as many as this machine lets it.
    pub(super) descriptors: Option<u32>,
    /// What ours is told besides: the bounds that this load is not to be held by.
    pub(super) ours: &'static [&'static str],
    /// Milliseconds between two heartbeats, and for an answer to one; `None`: the default of Socket.IO, 25 s and 20 s.
    pub(super) heartbeat: Option<u32>,
}

/// What most cases are like.
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
        // Or it is the sender that is stopped.
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
        // Flask's prints a traceback for each that it can't take.
        sides: &[Side::Ours, Side::Node],
        descriptors: Some(1024),
        ..CASE
    },
];
