//! Compares our client with the reference client, on a scripted server: random scripts of calls and
//! frames are played to both, on simulated time. The events, the sent frames and the state of each
//! socket must be the same after each step, except for the differences that docs/parity.md lists.
//!
//! A script that fails is shortened, then printed as text and as JSON for picked.jsonl.
//! Environment:
//!
//! - `DIFFERENTIAL_SCRIPTS=10000`: how many scripts to play; this is the full run.
//! - `DIFFERENTIAL_SEED=n`: plays only the script of this seed, and prints both traces.
//! - `DIFFERENTIAL_FROM=n`: the first seed of the run.
//! - `DIFFERENTIAL_SHOWN=n`: how many failing scripts to print.
//! - `DIFFERENTIAL_PICK=1`: looks for a short script for each listed difference.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod bytes;
mod compare;
mod differences;
mod frames;
mod generate;
mod ours;
mod page;
mod picked;
#[path = "../simulation/random.rs"]
mod random;
mod reference;
mod reply;
mod script;
mod shrink;
mod trace;
#[path = "../support/value.rs"]
mod value;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use compare::{Verdict, compare};
use differences::DIFFERENCES;
use reference::Reference;
use script::Script;

/// The default number of scripts of a run, which takes some seconds.
const SCRIPTS: u64 = 400;
/// The default number of failing scripts that are printed.
const SHOWN: u64 = 5;

#[test]
#[ignore = "needs Node.js: run by `cargo xtask test`"]
fn random_scripts_give_the_same_events_and_frames() {
    let mut reference = Reference::start();
    if let Some(seed) = number("DIFFERENTIAL_SEED") {
        return show(&mut reference, &generate::script(seed));
    }
    let count = number("DIFFERENTIAL_SCRIPTS").unwrap_or(SCRIPTS);
    if std::env::var_os("DIFFERENTIAL_PICK").is_some() {
        return pick(&mut reference, count);
    }
    let mut uses: BTreeMap<&str, u64> = DIFFERENCES.iter().map(|(name, _)| (*name, 0)).collect();
    let (mut steps, mut whole, mut same) = (0, 0, 0);
    let mut failing = Vec::new();
    let from = number("DIFFERENTIAL_FROM").unwrap_or(0);
    for seed in from..from + count {
        let script = generate::script(seed);
        let verdict = judge(&mut reference, &script);
        steps += match &verdict {
            Verdict::Same { .. } => script.steps.len(),
            Verdict::Ended { step, .. } | Verdict::Unknown { step, .. } => *step,
        };
        whole += u64::from(matches!(verdict, Verdict::Same { .. }));
        match verdict.known() {
            None => failing.push(seed),
            Some(known) => {
                same += u64::from(known.is_empty());
                for name in known {
                    *uses.entry(name).or_default() += 1;
                }
            }
        }
    }
    let unmet: Vec<&str> = uses
        .iter()
        .filter(|(_, uses)| **uses == 0)
        .map(|(name, _)| *name)
        .collect();
    println!(
        "{count} scripts, {steps} steps compared: {whole} scripts to their ends, {same} of all without a difference"
    );
    println!("listed differences: {uses:?}\nof these in no script: {unmet:?}");
    let most = number("DIFFERENTIAL_SHOWN").unwrap_or(SHOWN);
    let mut shown = BTreeSet::new();
    for seed in failing.iter().take(most as usize * 3) {
        let shrunk = shrink::shrink(generate::script(*seed), |script| {
            judge(&mut reference, script).known().is_none()
        });
        let verdict = judge(&mut reference, &shrunk).to_string();
        if (shown.len() as u64) < most && shown.insert(verdict.clone()) {
            let json = serde_json::to_string(&shrunk).unwrap();
            println!("seed {seed}, as short as it gets:\n{shrunk}{json}\n{verdict}");
        }
    }
    assert!(
        failing.is_empty(),
        "{} scripts differ by more than docs/parity.md lists: {failing:?}",
        failing.len()
    );
    // A run in which listed differences end most comparisons early proves nothing.
    assert!(whole > count / 2, "{whole} of {count}");
    assert!(steps as u64 > count * 6, "{steps} steps of {count} scripts");
}

/// Runs a script in both and compares the traces.
pub(crate) fn judge(reference: &mut Reference, script: &Script) -> Verdict {
    let ours = ours::play(script);
    let theirs = reference.play(&played(script, &ours));
    compare(script, &ours, &theirs)
}

fn played<'a>(script: &'a Script, ours: &'a ours::Played) -> script::Played<'a> {
    script::Played {
        manager: &script.manager,
        sockets: &script.sockets,
        handlers: &script.handlers,
        steps: &ours.inputs,
    }
}

/// Prints both traces of a script.
fn show(reference: &mut Reference, script: &Script) {
    println!("{script}");
    let ours = ours::play(script);
    let theirs = reference.play(&played(script, &ours));
    for (index, step) in script.steps.iter().enumerate() {
        let (ours, theirs) = (&ours.traces[index], &theirs[index]);
        println!("{index:>3}. {step}\n    ours\n{ours}    reference\n{theirs}");
    }
    println!("{}", compare(script, &ours, &theirs));
}

/// Prints for each difference a short script that shows it, as a line for picked.jsonl.
fn pick(reference: &mut Reference, count: u64) {
    let mut seeds: BTreeMap<&str, Vec<(usize, u64)>> = BTreeMap::new();
    for seed in 0..count {
        let script = generate::script(seed);
        for name in judge(reference, &script).known().unwrap_or_default() {
            seeds
                .entry(name)
                .or_default()
                .push((script.steps.len(), seed));
        }
    }
    for (name, _) in DIFFERENCES {
        let mut seeds = seeds.remove(name).unwrap_or_default();
        seeds.sort_unstable();
        let shrunk = seeds.into_iter().take(5).map(|(_, seed)| {
            shrink::shrink(generate::script(seed), |script| {
                let known = judge(reference, script).known();
                known.is_some_and(|known| known.contains(name))
            })
        });
        match shrunk.min_by_key(|script| script.to_string().lines().count()) {
            Some(script) => println!("{}", picked::line(name, &script)),
            None => println!("{name}: in none of {count} scripts"),
        }
    }
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("it is a number"))
}
