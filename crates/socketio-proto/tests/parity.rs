//! Checks docs/parity.md: it contains every row of the reference, and each claim names tests that
//! exist.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The number of rows of each letter.
const ROWS: [(char, u32); 16] = [
    ('A', 12),
    ('B', 14),
    ('C', 27),
    ('D', 4),
    ('E', 9),
    ('F', 12),
    ('G', 14),
    ('H', 26),
    ('I', 24),
    ('J', 10),
    ('K', 19),
    ('L', 9),
    ('M', 18),
    ('N', 8),
    ('P', 7),
    ('Q', 5),
];
const WEAK_SPOTS: u32 = 20;

/// The verdicts about this client, and whether each needs a test.
const VERDICTS: [(&str, bool); 5] = [
    ("same", true),
    ("better", true),
    ("later", false),
    ("refused", false),
    ("n/a", false),
];

#[test]
fn every_row_exists_and_names_existing_tests() {
    let page = fs::read_to_string(workspace().join("docs/parity.md")).unwrap();
    let faults = faults(&page, &tests());
    assert!(faults.is_empty(), "docs/parity.md:\n{}", faults.join("\n"));
}

#[test]
fn faults_of_a_page_are_found() {
    let there = BTreeSet::from(["crates/x/tests/manager/acks.rs::h8_ids".to_owned()]);
    let row = |line: &str| {
        let mut faults = faults(line, &there);
        faults.retain(|fault| !fault.ends_with("has no row"));
        faults
    };
    let all = faults("| A1 | x | same | | `manager/acks::h8_ids` |", &there);
    assert_eq!(all.len(), 237, "all but A1 are missing");
    assert!(!all.contains(&"A1 has no row".to_owned()));

    assert!(row("| A1 | x | same | how | `acks::h8_ids` `manager/acks::h8_ids` |").is_empty());
    assert!(row("| A1 | x | refused | why | |").is_empty());
    for (line, fault) in [
        (
            "| A1 | x | better | | |",
            "A1 is `better`, and names no test",
        ),
        (
            "| A1 | x | refused | | |",
            "A1 is `refused`, and doesn't say why",
        ),
        (
            "| A1 | x | open | not yet | |",
            "A1 is `open`, which is not a verdict",
        ),
        ("| A99 | x | n/a | | |", "A99 is no row of the reference"),
        (
            "| A1 | x | same | | `manager/acks::h8` |",
            "A1 names a test that doesn't exist: manager/acks::h8",
        ),
        (
            "| A1 | x | later | | `packs::h8_ids` |",
            "A1 names a test that doesn't exist: packs::h8_ids",
        ),
        (
            "| A1 | x | same | `manager/acks::h8_ids` |",
            "A1 does not have 5 columns",
        ),
    ] {
        assert_eq!(row(line), [fault], "{line}");
    }
    let twice = row("| A1 | x | n/a | | |\n| A1 | y | n/a | | |");
    assert_eq!(twice, ["A1 has several rows"]);
}

/// Returns everything that is wrong with the page. `tests` are the existing tests.
fn faults(page: &str, tests: &BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut expected = ids();
    let mut seen = BTreeSet::new();
    for line in page.lines() {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let Some(id) = columns.get(1).filter(|id| is_id(id)) else {
            continue;
        };
        if !seen.insert(*id) {
            faults.push(format!("{id} has several rows"));
        } else if !expected.remove(*id) {
            faults.push(format!("{id} is no row of the reference"));
        }
        // A line begins and ends with `|`.
        let [_, _, _, verdict, note, shown, _] = columns[..] else {
            faults.push(format!("{id} does not have 5 columns"));
            continue;
        };
        let names: Vec<&str> = shown
            .split('`')
            .filter(|part| part.contains("::"))
            .collect();
        match BTreeMap::from(VERDICTS).get(verdict) {
            None => faults.push(format!("{id} is `{verdict}`, which is not a verdict")),
            Some(true) if names.is_empty() => {
                faults.push(format!("{id} is `{verdict}`, and names no test"));
            }
            _ if verdict == "refused" && note.is_empty() => {
                faults.push(format!("{id} is `{verdict}`, and doesn't say why"));
            }
            _ => {}
        }
        for name in names {
            if !exists(name, tests) {
                faults.push(format!("{id} names a test that doesn't exist: {name}"));
            }
        }
    }
    faults.extend(expected.iter().map(|id| format!("{id} has no row")));
    faults
}

fn ids() -> BTreeSet<String> {
    // No row has the letter O.
    let rows = ROWS.into_iter().chain([('W', WEAK_SPOTS)]);
    rows.flat_map(|(letter, count)| (1..=count).map(move |number| format!("{letter}{number}")))
        .collect()
}

fn is_id(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first.is_ascii_uppercase())
        && !chars.as_str().is_empty()
        && chars.all(|char| char.is_ascii_digit())
}

/// Returns whether `file::function` names one of the tests; the file is the end of a path.
fn exists(name: &str, tests: &BTreeSet<String>) -> bool {
    let Some((file, function)) = name.split_once("::") else {
        return false;
    };
    let end = format!("/{file}.rs::{function}");
    tests.iter().any(|test| test.ends_with(&end))
}

/// Returns the tests of all crates, each as its file, two colons and its name.
fn tests() -> BTreeSet<String> {
    let mut files = Vec::new();
    collect(&workspace().join("crates"), &mut files);
    let mut tests = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let path = file.to_string_lossy().replace('\\', "/");
        tests.extend(functions(&text).map(|name| format!("{path}::{name}")));
    }
    tests
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The functions with a test attribute above them, with at most other attributes and comments in
/// between.
fn functions(text: &str) -> impl Iterator<Item = &str> {
    let mut is_test = false;
    text.lines().filter_map(move |line| {
        let line = line.trim();
        if matches!(line, "#[test]" | "#[wasm_bindgen_test]") {
            is_test = true;
        } else if !line.starts_with("#[") && !line.starts_with("//") {
            let function = line.strip_prefix("async ").unwrap_or(line);
            let name = function.strip_prefix("fn ").filter(|_| is_test);
            is_test = false;
            return name?.split(['(', '<']).next();
        }
        None
    })
}

fn workspace() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the test");
    Path::new(&here).join("../..")
}
