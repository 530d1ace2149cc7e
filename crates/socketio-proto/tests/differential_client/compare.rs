//! Two traces of one script, side by side.

use std::collections::BTreeSet;
use std::fmt;

use crate::differences::{DIFFERENCES, Found};
use crate::ours::Played;
use crate::script::Script;
use crate::trace::{Notice, Trace};
use crate::view::View;

/// The result of the comparison of a script.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The same to the end, except for these differences.
    Same { known: BTreeSet<&'static str> },
    /// The same up to this step, from which on the two are in different states.
    Ended {
        known: BTreeSet<&'static str>,
        by: &'static str,
        step: usize,
    },
    /// A difference that is not listed.
    Unknown {
        step: usize,
        ours: Trace,
        theirs: Trace,
    },
}

impl Verdict {
    /// Returns the listed differences that were found; `None` if there is another one.
    pub(crate) fn known(&self) -> Option<BTreeSet<&'static str>> {
        match self {
            Self::Same { known } => Some(known.clone()),
            Self::Ended { known, by, .. } => {
                let mut known = known.clone();
                known.insert(by);
                Some(known)
            }
            Self::Unknown { .. } => None,
        }
    }
}

pub(crate) fn compare(script: &Script, ours: &Played, theirs: &[Trace]) -> Verdict {
    assert_eq!(ours.traces.len(), theirs.len(), "a step is missing");
    let mut known = BTreeSet::new();
    for step in 0..theirs.len() {
        let mut view = View {
            script,
            step,
            ours: in_order(&ours.traces[step]),
            theirs: in_order(&theirs[step]),
            played: ours,
            their_traces: theirs,
        };
        for (name, find) in DIFFERENCES {
            if view.is_same() {
                break;
            }
            match find(&mut view) {
                Found::Nothing => {}
                Found::Same => {
                    known.insert(*name);
                }
                Found::Parted => {
                    return Verdict::Ended {
                        known,
                        by: name,
                        step,
                    };
                }
            }
        }
        if !view.is_same() {
            return Verdict::Unknown {
                step,
                ours: view.ours,
                theirs: view.theirs,
            };
        }
    }
    Verdict::Same { known }
}

/// Normalises the order: that of the frames counts within each transport, and that of the events
/// ignores the results of emits in between.
fn in_order(trace: &Trace) -> Trace {
    let mut trace = trace.clone();
    trace
        .notices
        .sort_by_key(|notice| (notice.at, matches!(notice.item, Notice::Emitted { .. })));
    trace.wire.sort_by_key(|wire| wire.item.transport);
    trace
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same { known } => write!(f, "the same, but for {known:?}"),
            Self::Ended { known, by, step } => {
                write!(
                    f,
                    "the same up to step {step}, then {by}; before it {known:?}"
                )
            }
            Self::Unknown { step, ours, theirs } => {
                write!(
                    f,
                    "differ at step {step}\n    ours\n{ours}    reference\n{theirs}"
                )
            }
        }
    }
}
