//! Recordings of what real servers send, and of what the core then reports to its user.
//!
//! `cargo xtask record` makes the recordings; `tests/recorder` contains what it does to the
//! servers. The recordings also contain what the core reports. After an intended change of that,
//! rewrite them and review the difference:
//!
//! ```sh
//! RECORDINGS_ACCEPT=1 cargo test --package socketio-proto --test recordings
//! ```
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod manual;
mod promises;
mod replay;
mod transcript;
#[path = "../support/value.rs"]
#[allow(dead_code, reason = "others need more of it")]
mod value;

use std::fs;
use std::path::{Path, PathBuf};

use replay::replay;
use transcript::Transcript;

#[test]
fn the_core_reports_what_the_recordings_say() {
    let accepts = std::env::var_os("RECORDINGS_ACCEPT").is_some();
    let mut differences = Vec::new();
    for (server, mut transcript) in transcripts() {
        for recording in &mut transcript.recordings {
            let replayed = replay(recording);
            if *recording != replayed && !accepts {
                differences.push(format!("{server}: is\n{replayed}\nand was\n{recording}"));
            }
            *recording = replayed;
        }
        if accepts {
            fs::write(path(&server), transcript.to_string()).unwrap();
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// All recordings, by the name of the server.
pub(crate) fn transcripts() -> Vec<(String, Transcript)> {
    let mut transcripts = Vec::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let server = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).unwrap();
            let transcript = Transcript::parse(&text).unwrap();
            transcripts.push((server, transcript));
        }
    }
    transcripts.sort_by(|(a, _), (b, _)| a.cmp(b));
    transcripts
}

fn path(server: &str) -> PathBuf {
    folder().join(server).with_extension("txt")
}

fn folder() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the test");
    Path::new(&here).join("tests/recordings")
}
