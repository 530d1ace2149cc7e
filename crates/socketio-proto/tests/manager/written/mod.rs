//! Scripts as text: commands of the user, input from outside, and all expected outputs.
//!
//! A file contains scripts, each below a heading, `## a name`. A line is one of:
//!
//! | line | meaning |
//! |---|---|
//! | `< text`, `<b 00 ff`, `<open` | the server sends a frame; `<open` is its handshake |
//! | `<close`, `<fail words` | the transport is closed, or could not be opened |
//! | `> text`, `>b 00 ff` | a frame is sent |
//! | `= text` | the next output or event; `…` at the end matches anything |
//! | `= nothing` | no output is left |
//! | `...` | all waiting outputs are skipped |
//! | `? text` | a state: `active /b`, `idle /b`, `connected /b`, `buffered /b 2`, `sleeps`: no timer |
//! | `socket /b auth=alice …` | creates a socket with options |
//! | anything else | a command, or external input: see `Player::command` and `Player::outside` |
//!
//! Outputs are checked one at a time. A command between two of them is what a handler does. Input
//! from outside may only follow once all outputs were checked.

#[allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a script that is wrong fails by panicking"
)]
mod play;

use play::play;

/// Plays each script of a file, and reports all that fail. `SCRIPT=words` plays only those with
/// these words in their name.
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
fn every_wait_for_the_peer_is_bounded() {
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
fn connect_takes_effect_in_every_state() {
    play_all("connect.txt");
}

#[test]
fn deviations_of_servers_are_tolerated() {
    play_all("servers.txt");
}

#[test]
fn clocks_may_jump_and_timers_may_be_late() {
    play_all("clocks.txt");
}

#[test]
fn calls_in_handlers_keep_their_order() {
    play_all("handlers.txt");
}
