//! The log of a run, for reading a failure.

use std::collections::VecDeque;

/// Keeps the last lines, and none unless requested: writing them takes longer than the run.
#[derive(Debug)]
pub(crate) struct Log {
    lines: Option<VecDeque<String>>,
    most: usize,
    pub(crate) now: u64,
}

const MOST: usize = 400;

impl Log {
    pub(crate) fn new(is_kept: bool) -> Self {
        Self {
            lines: is_kept.then(VecDeque::new),
            most: crate::number("SIMULATION_LINES").map_or(MOST, |lines| lines as usize),
            now: 0,
        }
    }

    pub(crate) fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            if lines.len() >= self.most {
                lines.pop_front();
            }
            lines.push_back(format!("{:>9} {}", self.now, line()));
        }
    }

    pub(crate) fn text(&self) -> String {
        let lines = self.lines.iter().flatten();
        lines.map(|line| format!("{line}\n")).collect()
    }
}
