//! `server/README.md` and `--help` agree.

use std::collections::BTreeSet;

use clap::CommandFactory;
use orchard_server::config::Cli;

const README: &str = include_str!("../../README.md");

/// A row of the options table: option, value and default.
type Row = (String, String, String);

fn rows() -> BTreeSet<Row> {
    let options = README.split("\n## ").find(|it| it.starts_with("Options\n"));
    let lines = options.unwrap().lines();
    let rows = lines.filter_map(|line| {
        let mut cells = line.strip_prefix("| `--")?.split('|');
        let option = cells.next().unwrap().trim().trim_end_matches('`');
        let (name, value) = option.split_once(' ').unwrap_or((option, ""));
        let default = cells.next().unwrap().trim().trim_matches('`');
        assert!(!cells.next().unwrap().trim().is_empty(), "{line}");
        Some((name.to_owned(), value.to_owned(), default.to_owned()))
    });
    rows.collect()
}

#[test]
fn the_readme_lists_exactly_the_options() {
    let command = Cli::command();
    let options = command.get_arguments().filter(|it| it.get_long().is_some());
    let options = options.filter(|it| !["help", "version"].contains(&it.get_id().as_str()));
    let expected: BTreeSet<Row> = options
        .map(|option| {
            let name = option.get_long().unwrap();
            let variable = format!("ORCHARD_{}", name.replace('-', "_").to_uppercase());
            assert_eq!(option.get_env().unwrap(), variable.as_str());
            let takes_value = option.get_action().takes_values();
            let values = option.get_value_names().filter(|_| takes_value);
            let value = values.map_or("", |names| names[0].as_str());
            let default = option.get_default_values().iter().filter(|_| takes_value);
            let default = default.map(|it| it.to_str().unwrap()).collect::<String>();
            (name.to_owned(), value.to_owned(), default)
        })
        .collect();
    assert!(expected.len() > 30, "{expected:?}");
    let rows = rows();
    let (missing, surplus) = (&expected - &rows, &rows - &expected);
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "missing: {missing:#?}, surplus: {surplus:#?}"
    );
}

#[test]
fn the_readme_names_only_existing_options() {
    let command = Cli::command();
    let known: BTreeSet<_> = command
        .get_arguments()
        .flat_map(|it| it.get_long_and_visible_aliases().unwrap_or_default())
        .collect();
    let words = README.split(|it: char| !it.is_ascii_alphanumeric() && it != '-');
    let named = words.filter_map(|word| word.strip_prefix("--"));
    // These are options of cargo.
    let theirs = ["package", "profile", "help", ""];
    for name in named.filter(|name| !theirs.contains(name) && !name.starts_with('-')) {
        assert!(known.contains(name), "--{name}");
    }
}
