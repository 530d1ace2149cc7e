//! The size budget of everything that the page needs before it is live, except pictures and sound.

use std::path::Path;

use anyhow::{Result, ensure};

use super::breakdown;
use super::compress::{self, Weight};

/// The limit in bytes, compressed with brotli. It is lowered with each saving, and never raised.
const MOST: u64 = 31_900;

/// The goal: the size of the minified page that this one replaces.
const GOAL: u64 = 52_024;

/// The names of the files that count: prefix and suffix.
const WAITED_FOR: [(&str, &str); 6] = [
    ("ask", "js"),
    ("index", "html"),
    ("start", "js"),
    ("early", "wasm"),
    ("main", "css"),
    ("scene", "css"),
];

/// Returns an error if the page in `dist` exceeds the limit.
pub(super) fn check(dist: &Path) -> Result<()> {
    let files = compress::weigh(dist)?;
    let (weight, listed) = early(&files);
    ensure!(
        weight <= MOST,
        "the page needs {weight} bytes before it is live, {MOST} are allowed and {GOAL} are the goal:\n{listed}{}\
         Move code that the start does not need behind the split point (ARCHITECTURE.md, \"Startup\").",
        breakdown::of_early().unwrap_or_else(|error| format!("No breakdown by crate: {error:#}\n"))
    );
    println!("    {weight} bytes before it is live, {MOST} are allowed; the goal is {GOAL}");
    Ok(())
}

/// Returns the limit and the goal.
pub(crate) fn budget() -> (u64, u64) {
    (MOST, GOAL)
}

/// Returns the size of what the page in `dist` needs before it is live, in bytes.
pub(crate) fn weight_before_live(dist: &Path) -> Result<u64> {
    Ok(early(&compress::weigh(dist)?).0)
}

/// Returns the size of these files in bytes, and one line per file.
fn early(files: &[Weight]) -> (u64, String) {
    let mut listed = String::new();
    let mut sum = 0;
    for file in files {
        let name = file.path.to_string_lossy();
        let waited_for = WAITED_FOR
            .iter()
            .any(|(beginning, end)| name.starts_with(beginning) && name.ends_with(end));
        if waited_for {
            sum += file.brotli;
            listed += &format!("{:>10}  {name}\n", file.brotli);
        }
    }
    (sum, listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_the_start_waits_for_count() {
        let file = |path: &str, brotli| Weight {
            path: path.into(),
            raw: brotli * 3,
            gzip: brotli * 2,
            brotli,
        };
        let files = [
            file("early-1.wasm", 400),
            file("page-2.wasm", 5000),
            file("assets/start.js", 70),
            file("main-3.css", 30),
            file("later-4.css", 9),
            file("index.html", 2),
        ];
        let (sum, listed) = early(&files);
        assert_eq!(sum, 432);
        assert_eq!(listed.lines().count(), 3);
    }
}
