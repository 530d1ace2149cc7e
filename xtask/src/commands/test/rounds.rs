//! Several rounds of the same tests, to find those that pass by luck.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use super::group_result::GroupResult;
use super::options::Group;
use crate::step::Seconds;
use crate::tools::cache;
use crate::workspace;

/// One round, and the results of its groups.
#[derive(Debug)]
pub(crate) struct Round {
    /// The number of this round, counted from 1.
    pub(crate) number: u32,
    /// The number of rounds.
    pub(crate) of: u32,
    /// Whether all cores are kept busy by another process.
    pub(crate) busy: bool,
    pub(crate) results: Vec<GroupResult>,
}

impl Round {
    fn is_good(&self) -> bool {
        self.results.iter().all(GroupResult::is_good)
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let busy = if self.busy {
            ", with all cores busy"
        } else {
            ""
        };
        write!(f, "round {} of {}{busy}", self.number, self.of)
    }
}

/// Returns whether a round runs under load: every second one, so that the first builds everything
/// without load.
pub(crate) fn is_busy(number: u32, of: u32) -> bool {
    of == 1 || number.is_multiple_of(2)
}

/// Returns the folder of a round's output and of the artifacts of its failed cases.
pub(crate) fn folder(round: &Round) -> Result<PathBuf> {
    let folder = workspace::target()?.join("e2e");
    Ok(if round.of > 1 {
        folder.join(format!("round-{}", round.number))
    } else {
        folder
    })
}

/// Removes the artifacts of earlier runs.
pub(crate) fn forget_evidence() -> Result<()> {
    cache::remove(&workspace::target()?.join("e2e"))
}

/// Formats a table of the rounds, and the rounds of each failed case.
pub(crate) fn report(rounds: &[Round]) -> String {
    let mut text = format!("{:<6} {:<6} {:>12}  failed\n", "round", "load", "time");
    for round in rounds {
        let time: Duration = round.results.iter().map(|it| it.time).sum();
        let failed = round.results.iter().filter(|it| !it.is_good());
        let failed: Vec<_> = failed.map(|it| it.group.name()).collect();
        text += &format!(
            "{:<6} {:<6} {:>12}  {}\n",
            round.number,
            if round.busy { "yes" } else { "no" },
            Seconds(time).to_string(),
            if failed.is_empty() {
                "–".to_owned()
            } else {
                failed.join(", ")
            },
        );
    }
    for (group, case) in cases(rounds) {
        let where_it_failed: Vec<_> = rounds
            .iter()
            .filter(|round| failures(round).any(|it| it == (group, case.clone())))
            .map(|round| {
                let busy = if round.busy { " (busy)" } else { "" };
                format!("{}{busy}", round.number)
            })
            .collect();
        text += &format!(
            "{}: {case}: failed in round {}\n",
            group.name(),
            where_it_failed.join(", ")
        );
    }
    let good = rounds.iter().filter(|round| round.is_good()).count();
    text + &format!("{good} of {} rounds passed\n", rounds.len())
}

/// Returns the cases that failed in any round, without duplicates.
fn cases(rounds: &[Round]) -> Vec<(Group, String)> {
    let mut cases = Vec::new();
    for failure in rounds.iter().flat_map(failures) {
        if !cases.contains(&failure) {
            cases.push(failure);
        }
    }
    cases
}

/// Returns the cases that failed in a round; for a group that failed otherwise, the reason.
fn failures(round: &Round) -> impl Iterator<Item = (Group, String)> {
    round.results.iter().flat_map(|result| {
        let named = result.failed.iter().cloned();
        let fault = result.fault.clone();
        let fault = fault.filter(|_| result.failed.is_empty());
        named.chain(fault).map(|case| (result.group, case))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(group: Group, failed: &[&str], fault: Option<&str>) -> GroupResult {
        GroupResult {
            failed: failed.iter().map(|&it| it.to_owned()).collect(),
            time: Duration::from_secs(60),
            ..GroupResult::of(group, fault.map(str::to_owned))
        }
    }

    fn round(number: u32, results: Vec<GroupResult>) -> Round {
        Round {
            number,
            of: 3,
            busy: is_busy(number, 3),
            results,
        }
    }

    #[test]
    fn every_second_round_is_under_load_and_so_is_a_single_one() {
        let busy = (1..=10).filter(|&number| is_busy(number, 10));
        assert_eq!(busy.count(), 5);
        assert!(!is_busy(1, 10));
        assert!(is_busy(1, 1));
    }

    #[test]
    fn the_report_says_which_case_failed_in_which_round() {
        let failed = || Some("cargo test failed (exit status: 101)");
        let rounds = [
            round(
                1,
                vec![result(Group::Gallery, &["gallery::phone_en"], failed())],
            ),
            round(
                2,
                vec![
                    result(Group::Gallery, &["gallery::phone_en"], failed()),
                    result(Group::EndToEnd, &[], Some("no browser")),
                ],
            ),
            round(3, vec![result(Group::Gallery, &[], None)]),
        ];
        let report = report(&rounds);
        assert_eq!(
            report,
            "\
round  load           time  failed
1      no        1 min 0 s  gallery
2      yes       2 min 0 s  gallery, end-to-end
3      no        1 min 0 s  –
gallery: gallery::phone_en: failed in round 1, 2 (busy)
end-to-end: no browser: failed in round 2 (busy)
1 of 3 rounds passed
"
        );
    }
}
