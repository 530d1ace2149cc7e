//! What a player waits for: the weight of all that the page needs before it is live, pictures and sound apart.

use std::path::Path;

use anyhow::{Result, ensure};

use super::breakdown;
use super::compress::{self, Weight};

/// At most so many bytes, compressed by brotli. It goes down with what is saved, and never up.
const MOST: u64 = 33_000;

/// What the page weighed that this one replaces, minified: the number to get under.
const GOAL: u64 = 52_024;

/// How the names of what is waited for begin, and how they end.
const WAITED_FOR: [(&str, &str); 6] = [
    ("ask", "js"),
    ("index", "html"),
    ("start", "js"),
    ("early", "wasm"),
    ("main", "css"),
    ("scene", "css"),
];

/// Fails when the page in `dist` makes its players wait for more than it may.
pub(super) fn check(dist: &Path) -> Result<()> {
    let files = compress::weigh(dist)?;
    let (weight, listed) = early(&files);
    ensure!(
        weight <= MOST,
        "the page needs {weight} bytes before it is live, {MOST} are allowed and {GOAL} are the goal:\n{listed}{}\
         What is not needed so early belongs behind the seam (ARCHITECTURE.md: what a player waits for).",
        breakdown::of_early().unwrap_or_else(|error| format!("No breakdown by crate: {error:#}\n"))
    );
    println!("    {weight} bytes before it is live, {MOST} are allowed; the goal is {GOAL}");
    Ok(())
}

/// What the page is held to, and the goal.
pub(crate) fn budget() -> (u64, u64) {
    (MOST, GOAL)
}

/// What the page in `dist` makes its players wait for, in bytes.
pub(crate) fn weight_before_live(dist: &Path) -> Result<u64> {
    Ok(early(&compress::weigh(dist)?).0)
}

/// What is waited for, in bytes, and a line a file.
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
    fn only_what_is_waited_for_counts() {
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
