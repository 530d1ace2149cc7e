//! `cargo xtask bench`: compares this page and its client with what they replace, in the same
//! browser and the same run.
//!
//! A part measures some figures. To add one:
//!
//! 1. Write `measure(&Context) -> Result<Vec<Figure>>` in a new file of this folder, and add it to
//!    [`PARTS`].
//! 2. Put what runs in a browser or in Node.js into a script in `benches/drive`, and run it with
//!    [`Context::drive`]. The script receives one JSON object, reports its progress on standard
//!    error, and prints its samples at the end, `{"id": {"ours": [], "theirs": []}}`.
//!    `benches/drive/harness.mjs` opens the browser, serves folders, and alternates between ours
//!    and theirs.
//! 3. Peers come from npm, in the versions of `benches/package.json`: [`Context::peer`] returns
//!    name and version.
//! 4. A figure may have a [`Budget`]. A figure that is over it today has a limit of its own, which
//!    is only ever lowered.
//! 5. Describe in `docs/benchmarks.md`, above the table, what the figure is, how to repeat it, and
//!    what it leaves out.
//!
//! Servers are compared with `benches/load`, a load generator in Rust: see `server`.
//!
//! Each part takes a few minutes, or a few seconds with [`Context::quick`].

mod client;
mod core;
mod example;
mod figure;
mod flood;
mod harness;
mod live;
mod machine;
mod memory;
mod minify;
mod page_events;
mod report;
mod server;
mod site;
mod statistics;
mod weight;

use anyhow::{Result, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;

pub(crate) use figure::{Budget, Figure};
pub(crate) use harness::Context;

use crate::process;
use crate::step::step;
use report::Report;

/// The options of `bench`.
#[derive(Args, Debug)]
pub(crate) struct Bench {
    /// Measure only this part; may be given again
    #[arg(long, value_name = "PART", value_parser = PossibleValuesParser::new(names()))]
    only: Vec<String>,
    /// Look in a minute, and leave docs/benchmarks.md as it is
    #[arg(long)]
    quick: bool,
    /// Fail if a figure is over its budget, and leave docs/benchmarks.md as it is
    #[arg(long)]
    check: bool,
}

/// A benchmark that can be run by itself.
#[derive(Clone, Copy)]
struct Part {
    /// The name that `--only` takes.
    name: &'static str,
    /// The title of its section.
    title: &'static str,
    measure: fn(&Context) -> Result<Vec<Figure>>,
}

const PARTS: &[Part] = &[
    Part {
        name: "weight",
        title: "Weight",
        measure: weight::measure,
    },
    Part {
        name: "live",
        title: "Time to live",
        measure: live::measure,
    },
    Part {
        name: "page-events",
        title: "Cost of an event in the page",
        measure: page_events::measure,
    },
    Part {
        name: "client",
        title: "Cost of an event in the client alone",
        measure: client::measure,
    },
    Part {
        name: "flood",
        title: "A flood from a real server",
        measure: flood::measure,
    },
    Part {
        name: "memory",
        title: "Memory of the client alone",
        measure: memory::measure,
    },
    Part {
        name: "core",
        title: "The core alone",
        measure: core::measure,
    },
    Part {
        name: "server",
        title: "The default server",
        measure: server::measure,
    },
];

/// Runs the benchmarks, prints a table and, unless in quick mode, writes it to `docs`. With
/// `check`, a figure over its budget is an error.
pub(crate) fn bench(options: &Bench) -> Result<()> {
    let parts = chosen(&options.only);
    let context = Context::new(options.quick);
    let mut report = Report::new();
    let (count, started) = (parts.len(), std::time::Instant::now());
    for (index, part) in parts.iter().enumerate() {
        let what = format!("bench {}/{count}: {}", index + 1, part.title);
        let figures = step(what, || (part.measure)(&context))?;
        report.add(part.name, figures, context.versions());
        if process::interrupted() {
            bail!("stopped");
        }
    }
    let names: Vec<_> = PARTS.iter().map(|part| (part.name, part.title)).collect();
    print!("\n{}", report.table(&names));
    println!("\nmeasured in {}", crate::step::Seconds(started.elapsed()));
    if options.check {
        return report.check();
    }
    if !options.quick {
        report.write(&names)?;
    }
    Ok(())
}

/// Returns the parts with these names, in the order of [`PARTS`], or all if no name is given.
fn chosen(names: &[String]) -> Vec<Part> {
    let wanted = |part: &Part| names.is_empty() || names.iter().any(|name| name == part.name);
    PARTS.iter().copied().filter(wanted).collect()
}

fn names() -> impl Iterator<Item = &'static str> {
    PARTS.iter().map(|part| part.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_measured_in_a_fixed_order_and_all_by_default() {
        let names = |only: &[&str]| -> Vec<_> {
            let only: Vec<_> = only.iter().map(|&name| name.to_owned()).collect();
            chosen(&only).iter().map(|part| part.name).collect()
        };
        assert_eq!(names(&["page-events", "weight"]), ["weight", "page-events"]);
        assert_eq!(names(&[]).len(), PARTS.len());
    }
}
