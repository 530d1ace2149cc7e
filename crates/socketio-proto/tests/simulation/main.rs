//! The state machine against a model server on a simulated clock, with a seeded schedule of faults.
//!
//! The run of one seed takes one client with some namespaces through some minutes of faults:
//! connections that break with messages in flight, connections that go silent, servers that
//! restart, refuse, kick or do not answer, attempts that hang, devices that sleep, pages that are
//! left, networks and users that appear and disappear, and a program whose handlers do anything between two
//! outputs. The invariants are in [`client`], [`ledger`], [`attempts`] and [`world`]. A seed that
//! fails is run once more, and prints its script; `SIMULATION_SEED=n` replays it,
//! `SIMULATION_LINES=n` shows more of it, and `SIMULATION_CONNECTIONS=n` sets a longer run.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod attempts;
mod client;
mod ledger;
mod log;
mod names;
mod network;
mod pick;
mod random;
mod server;
mod user;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

use world::{Totals, World};

/// The default number of connections that a run simulates, which takes some seconds.
const CONNECTIONS: u64 = 6_000;

#[test]
fn the_promises_hold_under_random_faults() {
    if let Some(seed) = number("SIMULATION_SEED") {
        let (_, script, failure) = run(seed, true);
        println!("{script}");
        assert!(failure.is_none(), "seed {seed}: {failure:?}");
        return;
    }
    let wanted = number("SIMULATION_CONNECTIONS").unwrap_or(CONNECTIONS);
    let mut totals = Totals::default();
    let mut seed = number("SIMULATION_FIRST").unwrap_or(0);
    let first = seed;
    while totals.connections < wanted {
        let (of_seed, _, failure) = run(seed, false);
        if let Some(failure) = failure {
            let (_, script, _) = run(seed, true);
            panic!("seed {seed}: {failure}\n{script}\nreplay: SIMULATION_SEED={seed}");
        }
        totals.add(of_seed);
        seed += 1;
    }
    println!("{} seeds: {totals:?}", seed - first);
    // A simulation in which something never happens proves nothing about it.
    let happened = [
        ("acknowledged", totals.acknowledged),
        ("connected", totals.connected),
        ("delivered", totals.delivered),
        ("due", totals.attempts[0]),
        ("exhausted", totals.exhausted),
        ("given up", totals.given_up),
        ("incomplete", totals.incomplete),
        ("kicked", totals.kicked),
        ("missed heartbeats", totals.missed_heartbeats),
        ("received", totals.received),
        ("not answered", totals.not_answered),
        ("reactions", totals.attempts[1]),
        ("recovered", totals.recovered),
        ("refused", totals.refused),
        ("renewed", totals.renewed),
        ("resent", totals.resent),
        ("slept", totals.slept),
        ("suspended", totals.suspended),
        ("switched", totals.switched),
        ("requests", totals.attempts[3]),
    ];
    let missing: Vec<_> = happened.iter().filter(|(_, count)| *count == 0).collect();
    assert!(missing.is_empty(), "{missing:?}: {totals:?}");
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs one seed. Returns what happened, the script, and how it failed.
fn run(seed: u64, is_logged: bool) -> (Totals, String, Option<String>) {
    let mut world = World::new(seed, is_logged);
    let outcome = catch_unwind(AssertUnwindSafe(|| world.run()));
    let failure = outcome.err().map(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or(panic.downcast_ref::<&str>().copied());
        message.unwrap_or("?").to_owned()
    });
    (world.totals(), world.log.text(), failure)
}
