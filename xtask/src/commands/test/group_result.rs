//! The result of a group of tests.

use std::time::Duration;

use super::options::Group;
use super::tally::Tally;

/// The result of a group of tests.
#[derive(Debug)]
pub(crate) struct GroupResult {
    pub(crate) group: Group,
    pub(crate) tally: Tally,
    /// The names of the failed tests; those of a variant follow the variant's name.
    pub(crate) failed: Vec<String>,
    /// The parts of this result that belong to variants.
    pub(crate) variants: Vec<Variant>,
    pub(crate) time: Duration,
    /// A failure other than that of a single test.
    pub(crate) fault: Option<String>,
}

/// The tests of the group, repeated under other conditions.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) name: &'static str,
    pub(crate) tally: Tally,
    pub(crate) time: Duration,
}

impl GroupResult {
    /// Creates a result without tests.
    pub(crate) fn of(group: Group, fault: Option<String>) -> Self {
        Self {
            group,
            tally: Tally::default(),
            failed: Vec::new(),
            variants: Vec::new(),
            time: Duration::ZERO,
            fault,
        }
    }

    pub(crate) fn is_good(&self) -> bool {
        self.fault.is_none() && self.tally.failed == 0
    }
}
