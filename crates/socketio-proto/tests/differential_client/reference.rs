//! The reference client, under Node.js: see tests/servers/node/client.mjs.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;

use crate::script;
use crate::trace::Trace;

/// A process that runs one script after another.
#[derive(Debug)]
pub(crate) struct Reference {
    process: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    steps: Vec<Trace>,
    failed: Option<String>,
}

impl Reference {
    pub(crate) fn start() -> Self {
        let here = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the test");
        // It loads packages from ORCHARD_NODE_MODULES, or from its own folder.
        let harness = Path::new(&here).join("../../tests/servers/node/client.mjs");
        let mut process = Command::new("node")
            .arg(harness)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node.js is installed");
        let stdin = process.stdin.take();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        Self {
            process,
            stdin,
            stdout,
        }
    }

    pub(crate) fn play(&mut self, script: &script::Played<'_>) -> Vec<Trace> {
        let mut line = serde_json::to_string(script).unwrap();
        line.push('\n');
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(line.as_bytes()).expect("client.mjs reads");
        line.clear();
        let read = self.stdout.read_line(&mut line).unwrap();
        assert!(
            read > 0,
            "client.mjs ended early: without its packages, run `cargo xtask test`"
        );
        match serde_json::from_str(&line) {
            Ok(Answer {
                steps,
                failed: None,
            }) => steps,
            Ok(Answer {
                failed: Some(failed),
                ..
            }) => panic!("client.mjs: {failed}"),
            Err(error) => panic!("client.mjs: {error}, in its answer {line}"),
        }
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.process.wait();
    }
}
