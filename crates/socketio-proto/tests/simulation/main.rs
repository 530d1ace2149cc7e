//! The state machine against a model server on a simulated clock, with a seeded schedule of faults.
//!
//! A run of one seed is one client with two namespaces that lives through some minutes to hours of trouble:
//! connections that break with messages under way, links that go silent, servers that restart or refuse, devices
//! that sleep, networks that come and go. What must hold then is in [`client`]. A seed that fails prints the script
//! of its run; `SIMULATION_SEED=n` replays it, `SIMULATION_CONNECTIONS=n` asks for a longer run.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod client;
mod random;
mod server;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

use world::{Totals, World};

/// Connections that a run simulates when nobody says otherwise: seconds of work.
const CONNECTIONS: u64 = 3_000;

#[test]
fn whatever_happens_the_promises_hold() {
    let number = |name| {
        std::env::var(name)
            .ok()
            .and_then(|value| value.parse::<u64>().ok())
    };
    if let Some(seed) = number("SIMULATION_SEED") {
        let mut world = World::new(seed);
        world.run();
        println!("{}", world.script());
        return;
    }
    let wanted = number("SIMULATION_CONNECTIONS").unwrap_or(CONNECTIONS);
    let mut totals = Totals::default();
    let mut seed = 0;
    while totals.connections < wanted {
        let mut world = World::new(seed);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| world.run())) {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said
                .or(panic.downcast_ref::<&str>().copied())
                .unwrap_or("?");
            panic!(
                "seed {seed}: {said}\n{}\nreplay: SIMULATION_SEED={seed}",
                world.script()
            );
        }
        totals.add(world.totals());
        seed += 1;
    }
    println!("{seed} seeds: {totals:?}");
    // A simulation in which nothing happens proves nothing.
    assert!(totals.connected > wanted / 4, "{totals:?}");
    assert!(totals.delivered > wanted / 2, "{totals:?}");
    assert!(
        totals.acknowledged > 0 && totals.given_up > 0 && totals.resent > 0,
        "{totals:?}"
    );
}
