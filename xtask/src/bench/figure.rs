//! A measured figure and its budget.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::statistics::{self, Spread};

/// A measured figure of this project and, in most cases, of a peer.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Figure {
    /// Its name in `docs/benchmarks.json`.
    pub(crate) id: String,
    /// Its title in the table.
    pub(crate) title: String,
    /// The unit, such as `ms` or `B`. Less is better.
    pub(crate) unit: String,
    pub(crate) ours: Vec<f64>,
    pub(crate) theirs: Option<Theirs>,
    pub(crate) budget: Option<Budget>,
}

/// The same figure of a peer.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Theirs {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) samples: Vec<f64>,
}

/// The limit of a figure.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct Budget {
    of: Of,
    /// `--check` fails above it. Until the goal is reached, it is the best value so far, and is
    /// only ever lowered.
    most: f64,
    goal: f64,
}

/// The value that is compared with the budget.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Of {
    /// The ratio of the medians, ours / theirs.
    Ratio,
    /// Our value, in the figure's unit.
    Ours,
}

/// The result of comparing a figure with its budget.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// The figure has no budget, or reaches its goal.
    Well,
    /// The figure is within its limit but misses its goal; the text says by how much.
    Short(String),
    /// The figure is over its limit; the text says by how much.
    Over(String),
}

impl Figure {
    /// Creates a figure without samples.
    pub(crate) fn new(id: &str, title: &str, unit: &str) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            unit: unit.to_owned(),
            ours: Vec::new(),
            theirs: None,
            budget: None,
        }
    }

    pub(crate) fn ours(mut self, samples: impl Into<Vec<f64>>) -> Self {
        self.ours = samples.into();
        self
    }

    pub(crate) fn theirs(
        mut self,
        (name, version): (&str, &str),
        samples: impl Into<Vec<f64>>,
    ) -> Self {
        self.theirs = Some(Theirs {
            name: name.to_owned(),
            version: version.to_owned(),
            samples: samples.into(),
        });
        self
    }

    pub(crate) fn budget(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Returns our median divided by the peer's.
    pub(super) fn ratio(&self) -> Option<f64> {
        statistics::ratio(&self.ours, &self.theirs.as_ref()?.samples)
    }

    /// Compares the figure with its budget. Returns an error if there is no value to compare.
    pub(super) fn verdict(&self) -> Result<Verdict> {
        let Some(Budget { of, most, goal }) = self.budget else {
            return Ok(Verdict::Well);
        };
        let value = match of {
            Of::Ratio => self.ratio(),
            Of::Ours => Spread::of(&self.ours).map(|spread| spread.median),
        };
        let value = value.with_context(|| format!("{} has no samples to judge", self.id))?;
        let what = match of {
            Of::Ratio => "ours / theirs",
            Of::Ours => &self.unit,
        };
        let says = |bound| {
            format!(
                "{}: {} {what}, {bound}",
                self.title,
                shown(value, &self.unit)
            )
        };
        Ok(if value > most {
            Verdict::Over(says(format!(
                "{} allowed, the goal is {}",
                number(most),
                number(goal)
            )))
        } else if value > goal {
            Verdict::Short(says(format!("{} is the goal", number(goal))))
        } else {
            Verdict::Well
        })
    }
}

impl Budget {
    /// Creates a limit for the ratio ours / theirs.
    pub(crate) const fn ratio(goal: f64) -> Self {
        Self {
            of: Of::Ratio,
            most: goal,
            goal,
        }
    }

    /// Creates a limit for our figure, in its unit.
    pub(crate) const fn ours(goal: f64) -> Self {
        Self {
            of: Of::Ours,
            most: goal,
            goal,
        }
    }

    /// Raises the limit to `most` until the goal is reached. `most` is only ever lowered.
    pub(crate) const fn held_to(mut self, most: f64) -> Self {
        self.most = most;
        self
    }

    /// Formats the budget for a table: `≤ 0.5`, or `≤ 0.5 (held to 0.9)`.
    pub(super) fn shown(&self) -> String {
        let goal = format!("≤ {}", number(self.goal));
        if self.most > self.goal {
            format!("{goal} (held to {})", number(self.most))
        } else {
            goal
        }
    }
}

/// Formats a value in its unit: bytes as integers, others with three digits.
pub(super) fn shown(value: f64, unit: &str) -> String {
    if unit == "B" {
        return number(value.round());
    }
    let digits = match value.abs() {
        0.0 => 0,
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        size if size >= 0.9995 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    match text.parse() {
        Ok(large) if digits == 0 => number(large),
        _ => text,
    }
}

/// Formats a number with thousands separators.
fn number(value: f64) -> String {
    let text = value.to_string();
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let digits = whole.trim_start_matches('-');
    let mut apart = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    let sign = if whole.starts_with('-') { "-" } else { "" };
    format!("{sign}{apart}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(ours: f64, theirs: f64) -> Figure {
        Figure::new("id", "Title", "ms")
            .ours([ours])
            .theirs(("vue", "2"), [theirs])
    }

    #[test]
    fn a_ratio_over_its_budget_fails() {
        let figure = figure(3.0, 4.0).budget(Budget::ratio(0.5));
        let Verdict::Over(message) = figure.verdict().unwrap() else {
            panic!("{figure:?}");
        };
        assert_eq!(
            message,
            "Title: 0.750 ours / theirs, 0.5 allowed, the goal is 0.5"
        );
    }

    #[test]
    fn a_figure_that_misses_its_goal_is_held_to_its_reached_value() {
        let budget = Budget::ratio(0.5).held_to(0.8);
        assert!(matches!(
            figure(3.0, 4.0).budget(budget).verdict().unwrap(),
            Verdict::Short(message) if message.contains("0.5 is the goal")
        ));
        assert!(matches!(
            figure(3.3, 4.0).budget(budget).verdict().unwrap(),
            Verdict::Over(_)
        ));
        let reached = figure(1.9, 4.0).budget(budget);
        assert_eq!(reached.verdict().unwrap(), Verdict::Well);
        assert_eq!(budget.shown(), "≤ 0.5 (held to 0.8)");
    }

    #[test]
    fn a_figure_without_a_peer_can_have_a_budget() {
        let weight = |bytes| {
            Figure::new("id", "Weight", "B")
                .ours([bytes])
                .budget(Budget::ours(24_000.0))
        };
        assert_eq!(weight(24_000.0).verdict().unwrap(), Verdict::Well);
        let Verdict::Over(message) = weight(24_001.0).verdict().unwrap() else {
            panic!("it is within its budget");
        };
        assert_eq!(
            message,
            "Weight: 24,001 B, 24,000 allowed, the goal is 24,000"
        );
    }

    #[test]
    fn a_budget_without_samples_is_an_error() {
        let none = Figure::new("id", "Title", "ms").budget(Budget::ratio(1.0));
        assert!(
            none.verdict()
                .unwrap_err()
                .to_string()
                .contains("id has no samples")
        );
        assert_eq!(
            Figure::new("id", "Title", "ms").verdict().unwrap(),
            Verdict::Well
        );
    }

    #[test]
    fn numbers_are_formatted_readably() {
        assert_eq!(shown(52_024.0, "B"), "52,024");
        assert_eq!(shown(0.0, "MB"), "0");
        assert_eq!(shown(1_369.6, "ms"), "1,370");
        assert_eq!(shown(67.26, "µs"), "67.3");
        assert_eq!(shown(5.678, "µs"), "5.68");
        assert_eq!(shown(0.4567, "µs"), "0.457");
        assert_eq!(number(-1_234_567.5), "-1,234,567.5");
    }
}
