//! Scripts as text: what the user does, what comes from outside, and all that must come of it.
//!
//! A file holds scripts, each below a heading, `## a name`. A line is one of:
//!
//! | line | meaning |
//! |---|---|
//! | `< text`, `<b 00 ff`, `<open` | the server sends a frame; `<open` is its handshake |
//! | `<close`, `<fail words` | the transport is closed, or could not be opened |
//! | `> text`, `>b 00 ff` | a frame goes out |
//! | `= text` | that is to be done, or is reported; `…` at the end stands for anything |
//! | `= nothing` | nothing waits to be done or reported |
//! | `...` | whatever waits is not looked at |
//! | `? text` | a state: `active /b`, `idle /b`, `connected /b`, `buffered /b 2`, `sleeps` where no timer is set |
//! | `socket /b auth=alice …` | a socket is made, with options |
//! | anything else | a command, or something from outside: see `Player::command` and `Player::outside` |
//!
//! Outputs are looked at one at a time, and a command may stand between two of them: it is what a handler does. What
//! comes from outside comes only once all outputs were looked at.

#[allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a script that is wrong fails by panicking"
)]
mod play;

use play::play;

/// Plays each script of a file, and tells of all that fail. `SCRIPT=words` plays those with these words in their name.
fn play_all(file: &str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/manager/written");
    let text = std::fs::read_to_string(format!("{folder}/{file}")).expect("the file is there");
    let wanted = std::env::var("SCRIPT").unwrap_or_default();
    let mut failures = Vec::new();
    let mut count = 0;
    for script in text.split("\n## ").skip(1) {
        let (name, lines) = script.split_once('\n').expect("a script has lines");
        if !name.contains(&wanted) {
            continue;
        }
        count += 1;
        if let Err(failure) = play(lines) {
            failures.push(format!("## {name}\n{failure}"));
        }
    }
    assert!(count > 0 || !wanted.is_empty(), "no script is played");
    assert!(
        failures.is_empty(),
        "{} of {count} scripts fail\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn what_the_peer_leaves_open_has_an_end() {
    play_all("waits.txt");
}

#[test]
fn sessions_do_not_mix() {
    play_all("sessions.txt");
}

#[test]
fn every_end_is_reported_once() {
    play_all("ends.txt");
}

#[test]
fn a_wish_to_be_connected_helps() {
    play_all("wishes.txt");
}

#[test]
fn servers_are_taken_as_they_are() {
    play_all("servers.txt");
}

#[test]
fn time_passes_in_any_way() {
    play_all("clocks.txt");
}

#[test]
fn what_handlers_do_keeps_its_order() {
    play_all("handlers.txt");
}
