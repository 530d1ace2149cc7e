//! The reference's codec, run by Node.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

/// Returns the reference's answer to each of these lines; see the top of codec.mjs.
pub(crate) fn answers(lines: Vec<String>) -> Vec<Value> {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the test");
    let servers = Path::new(&here).join("../../tests/servers/node");
    let count = lines.len();
    // It loads packages from ORCHARD_NODE_MODULES, or from its own folder.
    let mut node = Command::new("node")
        .arg(servers.join("codec.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node.js is installed");
    let mut stdin = node.stdin.take().unwrap();
    let writer = thread::spawn(move || {
        for line in lines {
            writeln!(stdin, "{line}")?;
        }
        std::io::Result::Ok(())
    });
    let stdout = BufReader::new(node.stdout.take().unwrap());
    let answers: Vec<Value> = stdout.lines().map(|line| read(&line.unwrap())).collect();
    let status = node.wait().unwrap();
    assert!(
        status.success() && answers.len() == count,
        "codec.mjs ended early ({status}): without its packages, run `cargo xtask test`"
    );
    writer.join().unwrap().unwrap();
    answers
}

/// One answer. An answer that is nested too deep can't be read.
fn read(answer: &str) -> Value {
    serde_json::from_str(answer)
        .unwrap_or_else(|error| serde_json::json!({ "unreadable": error.to_string() }))
}
