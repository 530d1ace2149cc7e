//! The two places that document the settings for those who deploy the page name the same keys and
//! defaults as [`orchard_contract::settings`].

use std::collections::BTreeMap;

use orchard_contract::settings::{
    ALL, API, CHAT, HOME, HOST, LANGUAGE, SOCKET_NAMESPACE, SOCKET_PATH,
};

const README: &str = include_str!("../../../README.md");
const INDEX: &str = include_str!("../../../index.html");

/// The settings whose default is a value. The others have a default in words.
fn defaults() -> BTreeMap<&'static str, String> {
    [API, HOME, HOST, LANGUAGE, SOCKET_NAMESPACE, SOCKET_PATH]
        .map(|setting| (setting.key, setting.default.to_owned()))
        .into_iter()
        .chain([(CHAT.key, CHAT.default.to_string())])
        .collect()
}

/// Asserts that the rows, each with its keys and its text, name all settings once, with their
/// defaults.
fn assert_complete<'a>(rows: impl Iterator<Item = (Vec<&'a str>, &'a str)>) {
    let mut documented = Vec::new();
    for (keys, text) in rows {
        for key in &keys {
            if let Some(default) = defaults().get(key) {
                assert!(
                    text.contains(default.as_str()),
                    "`{key}`: {default}, not {text}"
                );
            }
        }
        documented.extend(keys);
    }
    documented.sort_unstable();
    assert_eq!(documented, ALL.map(|(key, _)| key));
}

#[test]
fn the_table_of_the_readme_is_complete() {
    let (_, table) = README
        .split_once("| setting | meaning | default |\n|---|---|---|\n")
        .unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    assert_complete(rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').collect();
        let [keys, _, default] = cells[..] else {
            panic!("three cells: {row}")
        };
        (
            keys.split(',')
                .map(|key| key.trim().trim_matches('`'))
                .collect(),
            default,
        )
    }));
}

#[test]
fn the_comment_of_the_index_is_complete() {
    let (_, comment) = INDEX.split_once("<!--\n  Settings").unwrap();
    let (comment, _) = comment.split_once("-->").unwrap();
    let (_, rows) = comment.split_once("\n\n").unwrap();
    // A row has its keys, two spaces, its meaning, and its default in brackets.
    let rows = rows.split_inclusive("]\n").map(str::trim);
    assert_complete(rows.filter(|row| !row.is_empty()).map(|row| {
        let (keys, meaning) = row.split_once("  ").unwrap();
        let (_, default) = meaning.rsplit_once('[').unwrap();
        (keys.split(',').map(str::trim).collect(), default)
    }));
}
