//! The list of the differences in docs/parity.md.

use std::path::Path;

use crate::differences::DIFFERENCES;

/// The markers above and below the table.
const BEGIN: &str = "<!-- differential: begin -->";
const END: &str = "<!-- differential: end -->";

#[test]
fn parity_md_lists_each_difference() {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the test");
    let page = std::fs::read_to_string(Path::new(&here).join("../../docs/parity.md")).unwrap();
    let table = page.split_once(BEGIN).expect("the list begins").1;
    let table = table.split_once(END).expect("the list ends").0;
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let mut listed = Vec::new();
    for row in &rows {
        let [_, name, rows, theirs, ours, _] = row[..] else {
            panic!("{row:?} does not have 4 columns");
        };
        let name = name.trim_matches('`');
        assert!(!rows.is_empty(), "{name} names no row");
        assert!(
            !theirs.is_empty() && !ours.is_empty(),
            "{name} does not say what differs"
        );
        listed.push(name);
    }
    let known: Vec<&str> = DIFFERENCES.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, known, "docs/parity.md lists other differences");
}
