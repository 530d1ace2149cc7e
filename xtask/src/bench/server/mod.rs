//! Compares the default server with Node's and Flask's, which have the same handlers, under the
//! load of `benches/load`.
//!
//! A server is started for each sample, in turns: ours, Node's, Flask's, ours, Node's, and so on.
//! The cost of a server is read from `/proc`, so this part needs Linux.

mod case;
mod load;
mod rows;
mod servers;

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Result, bail, ensure};

use super::{Context, Figure};
use crate::process;
use crate::step::{Seconds, note, step};
use case::{CASES, Case, Side};
use rows::{ROWS, Samples};
use servers::Servers;

pub(super) fn measure(context: &Context) -> Result<Vec<Figure>> {
    ensure!(
        cfg!(target_os = "linux"),
        "what a server costs is read from /proc: this part of the bench needs Linux"
    );
    let driver = load::build()?;
    let servers = Servers::set_up()?;
    let mut samples = BTreeMap::new();
    for case in CASES {
        let rounds = context.rounds(case.rounds, 1);
        let what = format!("{}: {rounds} rounds", case.title);
        let taken = step(what, || {
            in_turns(case, rounds, |side| {
                load::sample(
                    &driver,
                    &servers.start(side, case, context.quick)?,
                    case,
                    context.quick,
                )
            })
        })?;
        samples.insert(case.name, taken);
    }
    let none = Samples::new();
    let of = |name: &str| samples.get(name).unwrap_or(&none);
    let figures = ROWS.iter().map(|row| row.figures(of(row.case), &servers));
    Ok(figures.collect::<Result<Vec<_>>>()?.concat())
}

/// Takes one sample of each server of the case in turn, and repeats this for each round. A sample
/// that a peer can't provide is left out; one that ours can't provide is an error.
fn in_turns(
    case: &Case,
    rounds: u32,
    sample: impl Fn(Side) -> Result<BTreeMap<String, f64>>,
) -> Result<Samples> {
    let mut samples = Samples::new();
    for round in 1..=rounds {
        for &side in case.sides {
            if round > side.rounds(rounds) {
                continue;
            }
            let start = Instant::now();
            let outcome = sample(side);
            let took = Seconds(start.elapsed());
            note(format_args!("{side:?}, round {round} of {rounds}: {took}"));
            match outcome {
                Ok(taken) => {
                    for (name, value) in taken {
                        samples.entry((side, name)).or_default().push(value);
                    }
                }
                Err(error) if side == Side::Ours => return Err(error),
                Err(error) => note(format_args!("{side:?} leaves a sample out: {error:#}")),
            }
            if process::interrupted() {
                bail!("stopped");
            }
        }
    }
    Ok(samples)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;
    use std::cell::RefCell;

    #[test]
    fn samples_alternate_and_a_peer_s_unsupported_case_is_omitted() {
        let taken = RefCell::new(Vec::new());
        let samples = in_turns(&CASES[0], 2, |side| {
            taken.borrow_mut().push(side);
            match side {
                Side::Flask => Err(anyhow!("too many clients")),
                _ => Ok(BTreeMap::from([("cpu-us".to_owned(), 1.5)])),
            }
        })
        .unwrap();
        let rounds = [Side::Ours, Side::Node, Side::Flask, Side::Ours, Side::Node];
        assert_eq!(taken.into_inner(), rounds, "one of Flask's is enough");
        let of = |side| samples.get(&(side, "cpu-us".to_owned()));
        assert_eq!(of(Side::Ours).unwrap(), &[1.5, 1.5]);
        assert_eq!(of(Side::Flask), None);
    }

    #[test]
    fn a_case_that_our_server_does_not_support_is_an_error() {
        let outcome = in_turns(&CASES[0], 1, |_| Err(anyhow!("refused")));
        assert_eq!(outcome.unwrap_err().to_string(), "refused");
    }

    #[test]
    fn every_row_has_a_case_and_every_case_has_a_row() {
        for row in ROWS {
            assert!(CASES.iter().any(|case| case.name == row.case), "{}", row.id);
        }
        for case in CASES {
            assert!(
                ROWS.iter().any(|row| row.case == case.name),
                "{}",
                case.name
            );
        }
    }
}
