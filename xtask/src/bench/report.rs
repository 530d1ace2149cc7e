//! The results, as a table in `docs/benchmarks.md` and as data in `docs/benchmarks.json`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use super::figure::{Figure, Verdict, shown};
use super::machine;
use super::statistics::Spread;
use crate::step::note;
use crate::workspace;

/// The markers around the table, each on a line of its own.
const BEGIN: &str = "<!-- figures: written by `cargo xtask bench` -->";
const END: &str = "<!-- end of figures -->";

/// The results, by part.
#[derive(Debug)]
pub(super) struct Report {
    date: String,
    machine: String,
    parts: BTreeMap<String, Measured>,
}

/// The date and the machine of a measurement.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Circumstances {
    date: String,
    machine: String,
    versions: Vec<String>,
}

/// The figures of one part. Parts may be measured on different days.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Measured {
    #[serde(flatten)]
    circumstances: Circumstances,
    figures: Vec<Written>,
}

/// A figure with values derived from its samples. These are for readers of the file; no code here
/// reads them.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(from = "Figure")]
struct Written {
    #[serde(flatten)]
    figure: Figure,
    ours_median: Option<f64>,
    theirs_median: Option<f64>,
    ratio: Option<f64>,
}

impl Report {
    pub(super) fn new() -> Self {
        Self {
            date: machine::today(),
            machine: machine::machine(),
            parts: BTreeMap::new(),
        }
    }

    /// Adds the figures of a part, and names and versions of the tools that measured them.
    pub(super) fn add(&mut self, part: &str, figures: Vec<Figure>, versions: Vec<String>) {
        let measured = Measured {
            circumstances: Circumstances {
                date: self.date.clone(),
                machine: self.machine.clone(),
                versions,
            },
            figures: figures.into_iter().map(Written::from).collect(),
        };
        self.parts.insert(part.to_owned(), measured);
    }

    /// Formats the table, with a section for each part that was measured, in the order of `names`:
    /// the value of `--only`, and a title.
    pub(super) fn table(&self, names: &[(&str, &str)]) -> String {
        let mut table = String::new();
        for (name, title) in names {
            if let Some(measured) = self.parts.get(*name) {
                table += &section(title, measured);
            }
        }
        table.trim_start().to_owned()
    }

    /// Returns an error that names the figures over their budget. Prints those that are within
    /// their limit but miss their goal.
    pub(super) fn check(&self) -> Result<()> {
        let mut over = Vec::new();
        for Written { figure, .. } in self.parts.values().flat_map(|part| &part.figures) {
            match figure.verdict()? {
                Verdict::Well => {}
                Verdict::Short(said) => note(said),
                Verdict::Over(said) => over.push(said),
            }
        }
        if over.is_empty() {
            note("nothing is over its budget");
            return Ok(());
        }
        bail!("over budget:\n  {}", over.join("\n  "))
    }

    /// Writes the figures into `docs`, and keeps the figures of other parts from earlier runs.
    pub(super) fn write(mut self, names: &[(&str, &str)]) -> Result<()> {
        let json = file("benchmarks.json");
        if json.exists() {
            let before: BTreeMap<String, Measured> = serde_json::from_str(&read(&json)?)
                .with_context(|| format!("{} is not what the bench wrote", json.display()))?;
            for (name, measured) in before {
                if names.iter().any(|(known, _)| *known == name) {
                    self.parts.entry(name).or_insert(measured);
                }
            }
        }
        let page = file("benchmarks.md");
        let text = between(&read(&page)?, &self.table(names))
            .with_context(|| format!("{} has no place for the figures", page.display()))?;
        write(&page, &text)?;
        write(&json, &(serde_json::to_string_pretty(&self.parts)? + "\n"))?;
        note("written to docs/benchmarks.md and docs/benchmarks.json");
        Ok(())
    }
}

impl From<Figure> for Written {
    fn from(figure: Figure) -> Self {
        let median = |samples: &[f64]| Spread::of(samples).map(|spread| spread.median);
        Self {
            ours_median: median(&figure.ours),
            theirs_median: figure.theirs.as_ref().and_then(|it| median(&it.samples)),
            ratio: figure.ratio(),
            figure,
        }
    }
}

fn section(title: &str, measured: &Measured) -> String {
    let Circumstances {
        date,
        machine,
        versions,
    } = &measured.circumstances;
    let mut text = format!(
        "\n### {title}\n\n{date}; {machine}; {}.\n\n| | ours | theirs | | ours / theirs | budget |\n|---|---|---|---|---|---|\n",
        versions.join(", ")
    );
    for Written { figure, .. } in &measured.figures {
        text += &row(figure);
    }
    text
}

fn row(figure: &Figure) -> String {
    let Figure { title, unit, .. } = figure;
    let ours = spread(&figure.ours, unit);
    let (theirs, peer) = match &figure.theirs {
        Some(theirs) => (
            spread(&theirs.samples, unit),
            format!("{} {}", theirs.name, theirs.version),
        ),
        None => Default::default(),
    };
    let ratio = figure
        .ratio()
        .map_or_else(String::new, |ratio| format!("{ratio:.2}"));
    let budget = figure
        .budget
        .map_or_else(String::new, |budget| budget.shown());
    format!("| {title} | {ours} | {theirs} | {peer} | {ratio} | {budget} |\n")
}

/// Formats `5.7 µs (5.6–5.9)`; leaves out the quartiles if they are equal.
fn spread(samples: &[f64], unit: &str) -> String {
    let Some(Spread { low, median, high }) = Spread::of(samples) else {
        return String::new();
    };
    let shown = |value| shown(value, unit);
    if shown(low) == shown(high) {
        return format!("{} {unit}", shown(median));
    }
    format!("{} {unit} ({}–{})", shown(median), shown(low), shown(high))
}

/// Returns `text` with the table between its markers replaced.
fn between(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{table}\n{END}{after}"))
}

fn file(name: &str) -> PathBuf {
    workspace::root().join("docs").join(name)
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))
}

fn write(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).with_context(|| format!("could not write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::super::figure::Budget;
    use super::*;

    fn report(ratio: f64) -> Report {
        let mut report = Report {
            date: "2026-01-31".to_owned(),
            machine: "a machine".to_owned(),
            parts: BTreeMap::new(),
        };
        let figure = Figure::new("slow", "Slow", "ms")
            .ours([100.0 * ratio, 110.0 * ratio, 90.0 * ratio])
            .theirs(("vue", "2.6.12"), [100.0])
            .budget(Budget::ratio(0.8).held_to(1.0));
        report.add("live", vec![figure], vec!["Chromium 1".to_owned()]);
        report
    }

    #[test]
    fn a_row_has_spread_peer_ratio_and_budget() {
        let table = report(0.9).table(&[("weight", "Weight"), ("live", "Time to live")]);
        assert!(table.starts_with("### Time to live\n\n2026-01-31; a machine; Chromium 1.\n"));
        let row = "| Slow | 90.0 ms (85.5–94.5) | 100 ms | vue 2.6.12 | 0.90 | ≤ 0.8 (held to 1) |";
        assert!(table.lines().any(|line| line == row), "{table}");
    }

    #[test]
    fn only_figures_over_their_budget_fail() {
        assert!(report(0.7).check().is_ok());
        assert!(report(0.9).check().is_ok());
        let error = report(1.1).check().unwrap_err().to_string();
        assert!(
            error.contains("Slow: 1.10 ours / theirs, 1 allowed"),
            "{error}"
        );
    }

    #[test]
    fn the_table_replaces_the_text_between_the_marks() {
        let text = format!("above\n{BEGIN}\nold\n{END}\nbelow\n");
        let once = between(&text, "new\n").unwrap();
        assert_eq!(once, format!("above\n{BEGIN}\n\nnew\n\n{END}\nbelow\n"));
        assert_eq!(between(&once, "new\n").unwrap(), once);
        assert_eq!(between("no marks", "new"), None);
    }

    #[test]
    fn written_figures_are_read_back() {
        let json = serde_json::to_string(&report(0.9).parts).unwrap();
        assert!(json.contains("\"ratio\":0.9"), "{json}");
        let parts: BTreeMap<String, Measured> = serde_json::from_str(&json).unwrap();
        // Figures from another run are written again, with their medians and ratios.
        assert_eq!(serde_json::to_string(&parts).unwrap(), json);
        let figure = &parts["live"].figures[0].figure;
        assert_eq!(figure.ours.len(), 3);
        assert!(figure.budget.is_some());
    }

    #[test]
    fn benchmarks_md_has_the_marks_for_the_table() {
        assert!(between(&read(&file("benchmarks.md")).unwrap(), "").is_some());
    }
}
