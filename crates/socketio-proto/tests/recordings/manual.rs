//! Checks the manual's table of what servers send beyond the protocol, in
//! `crates/socketio-web/docs/servers.md`.

use std::fs;

use crate::{folder, transcripts};

#[test]
fn every_row_of_the_manual_names_a_recording() {
    let page = folder().join("../../../socketio-web/docs/servers.md");
    let page = fs::read_to_string(page).unwrap();
    let mut rows = 0;
    for line in page.lines().filter(|line| line.starts_with('|')) {
        let columns: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [_, _, _, shown] = columns[..] else {
            panic!("not four columns: {line}");
        };
        if matches!(shown, "recording" | "---") {
            continue;
        }
        let (server, name) = shown.split_once(", ").expect("a file and a heading");
        let (server, name) = (server.trim_matches('`'), name.trim_matches('"'));
        let is_there = transcripts().into_iter().any(|(file, transcript)| {
            file == server && transcript.recordings.iter().any(|it| it.name == name)
        });
        assert!(is_there, "nothing was recorded as {shown}");
        rows += 1;
    }
    assert!(rows >= 20, "{rows} rows");
}
