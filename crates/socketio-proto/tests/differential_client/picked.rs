//! Picked scripts: one for each listed difference, and some that must be the same in both clients.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::compare::{Verdict, compare};
use crate::differences::DIFFERENCES;
use crate::reference::Reference;
use crate::script::Script;
use crate::{generate, judge, ours};

/// The name of the scripts that are the same in both.
const SAME: &str = "same";

#[derive(Debug, Deserialize, Serialize)]
struct Picked {
    /// The difference that it shows, or [`SAME`].
    shows: String,
    script: Script,
}

fn all() -> Vec<Picked> {
    let lines = include_str!("picked.jsonl").lines();
    lines
        .map(|line| serde_json::from_str(line).expect("a line is a script"))
        .collect()
}

/// A line of picked.jsonl.
pub(crate) fn line(name: &str, script: &Script) -> String {
    let picked = Picked {
        shows: name.into(),
        script: script.clone(),
    };
    serde_json::to_string(&picked).unwrap()
}

#[test]
#[ignore = "needs Node.js: run by `cargo xtask test`"]
fn each_picked_script_shows_its_difference() {
    let mut reference = Reference::start();
    let mut wrong = Vec::new();
    for Picked { shows, script } in all() {
        let verdict = judge(&mut reference, &script);
        let known = verdict.known();
        let is_right = match &*shows {
            SAME => known.is_some_and(|known| known.is_empty()),
            name => known.is_some_and(|known| known.contains(name)),
        };
        if !is_right {
            wrong.push(format!(
                "not what is listed as {shows}:\n{script}\n{verdict}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_listed_difference_has_a_script() {
    let shown: Vec<String> = all().into_iter().map(|picked| picked.shows).collect();
    for (name, _) in DIFFERENCES {
        assert!(
            shown.iter().any(|shown| shown == name),
            "{name} has no script in picked.jsonl"
        );
    }
    let listed = |name: &String| DIFFERENCES.iter().any(|(one, _)| one == name) || name == SAME;
    let stray: Vec<_> = shown.iter().filter(|name| !listed(name)).collect();
    assert!(stray.is_empty(), "picked for what is not listed: {stray:?}");
}

/// A comparison that doesn't detect a missing item would accept everything.
#[test]
fn anything_missing_from_a_trace_is_noticed() {
    let picked = all().into_iter().filter(|picked| picked.shows == SAME);
    let (missing, excused) = excused(picked.map(|picked| picked.script));
    assert!(missing > 50, "{missing}");
    assert!(excused.is_empty(), "excused as {excused:?}");
}

/// The listed differences are narrow: almost no missing item is taken for one of them.
#[test]
fn few_missing_lines_pass_for_a_listed_difference() {
    let (missing, excused) = excused((0..60).map(generate::script));
    let count: usize = excused.values().sum();
    println!("{missing} taken out, {count} excused: {excused:?}");
    assert!(
        missing > 500 && count * 10 < missing,
        "{count} of {missing}: {excused:?}"
    );
}

/// Removes one item at a time from the traces of our client, and compares the rest with the whole.
/// Returns how many were removed, and which differences they were taken for.
fn excused(scripts: impl Iterator<Item = Script>) -> (usize, BTreeMap<String, usize>) {
    let mut missing = 0;
    let mut excused = BTreeMap::new();
    for script in scripts {
        let ours = ours::play(&script);
        let whole = compare(&script, &ours, &ours.traces);
        assert!(matches!(whole, Verdict::Same { .. }), "{script}\n{whole}");
        for (step, trace) in ours.traces.iter().enumerate() {
            for item in 0..trace.notices.len() + trace.wire.len() {
                let mut theirs = ours.traces.clone();
                match item.checked_sub(trace.notices.len()) {
                    None => drop(theirs[step].notices.remove(item)),
                    Some(item) => drop(theirs[step].wire.remove(item)),
                }
                missing += 1;
                let known = compare(&script, &ours, &theirs).known();
                for name in known.unwrap_or_default() {
                    *excused.entry(name.to_owned()).or_default() += 1;
                }
            }
        }
    }
    (missing, excused)
}
