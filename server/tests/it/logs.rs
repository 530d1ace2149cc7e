//! Log lines with text from clients.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::start::Running;
use crate::support::{DEADLINE, Wire, connect};

/// A forged line, terminal control sequences of both kinds, and text that runs right to left.
const NASTY: &str =
    "x\n2026-01-01T00:00:00Z  INFO orchard_server: forged\r\u{1b}[31m\u{9b}31m\u{202e}\u{7f}";

fn nasty(bytes: usize) -> String {
    format!("{NASTY}{}", "y".repeat(bytes))
}

/// Sends such text wherever something may be logged.
async fn be_nasty(address: &str, token: &str) {
    let http = reqwest::Client::builder()
        .timeout(DEADLINE)
        .build()
        .unwrap();
    for bytes in [0, 40_000] {
        let text = nasty(bytes);
        for (method, params) in [
            (text.as_str(), json!({})),
            ("User.login", json!({"account": NASTY, "password": "x"})),
            ("User.login", json!({ text.as_str(): 1 })),
        ] {
            let call = json!({"jsonrpc": "2.0", "method": method, "params": params, "id": 1});
            let request = http.post(format!("http://{address}/api")).json(&call);
            request.send().await.unwrap();
        }
        let mut wire = Wire::connect(address).await;
        wire.send(&connect(token)).await;
        wire.text().await;
        // socketioxide closes the connection if an event's name contains a JSON escape; these names
        // need none.
        let name = format!("x\u{9b}31m\u{202e}\u{7f}{}", "y".repeat(bytes));
        for event in [
            json!(["message", {"uid": text}]),
            json!(["login", {"uid": text}]),
            json!(["login", {"uid": {text.as_str(): 1}}]),
            json!(["login", text]),
            json!([name, text]),
            json!(["my_broadcast", {"text": text}]),
        ] {
            wire.send(&format!("42/mofang,{event}")).await;
        }
        wire.until_now().await;
    }
}

fn assert_harmless(line: &str) {
    let harmful = |it: char| it.is_control() || it == '\u{202e}';
    assert!(!line.contains(harmful), "{line:?}");
    assert!(line.len() < 1000, "{} bytes: {line:?}", line.len());
}

#[tokio::test]
async fn no_json_line_can_be_forged_or_inflated() {
    let folder = TempDir::new().unwrap();
    let running = Running::start_with(folder.path(), &["--log", "orchard_server=trace"]);
    let token = running.token(folder.path()).await;
    be_nasty(running.address.strip_prefix("http://").unwrap(), &token).await;
    let log = running.stop();
    for line in &log {
        assert_harmless(line);
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["timestamp"].is_string());
    }
    assert!(
        log.iter().any(|line| line.contains("forged")),
        "it is logged"
    );
}

#[tokio::test]
async fn no_text_line_can_be_forged_or_inflated() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log");
    // Read the address from the first line, as people do.
    let mut child = Command::new(env!("CARGO_BIN_EXE_orchard-server"))
        .env_clear()
        .current_dir(folder.path())
        .args(["--api-only", "--listen", "127.0.0.1:0"])
        .args(["--log", "orchard_server=trace", "--guests"])
        .stdout(Stdio::null())
        .stderr(File::create(&path).unwrap())
        .spawn()
        .unwrap();
    let address = loop {
        let log = fs::read_to_string(&path).unwrap();
        let line = log.lines().find(|line| line.contains("listening"));
        if let Some((_, rest)) = line.and_then(|line| line.split_once("http://")) {
            break rest.split(['"', ' ']).next().unwrap().to_owned();
        }
        assert!(child.try_wait().unwrap().is_none(), "it runs");
        tokio::task::yield_now().await;
    };
    be_nasty(&address, "").await;
    child.kill().unwrap();
    child.wait().unwrap();
    let log = fs::read_to_string(&path).unwrap();
    for line in log.lines() {
        assert_harmless(line);
        // Each line begins with its own time and level, never with the forged one.
        assert!(
            line.starts_with("20") && !line.starts_with("2026-01-01"),
            "{line}"
        );
    }
    assert!(log.contains("forged"), "it is logged");
    let start = log.lines().find(|line| line.contains("listening")).unwrap();
    assert!(start.contains(": listening address=\"http://"), "{start}");
    assert!(start.contains("\" connections="), "{start}");
}

#[tokio::test]
async fn the_log_cannot_be_flooded() {
    let folder = TempDir::new().unwrap();
    let flags = [
        "--log",
        "orchard_server=trace",
        "--max-events-at-once",
        "100000",
    ];
    let running = Running::start_with(folder.path(), &flags);
    let mut wire = Wire::connect(running.address.strip_prefix("http://").unwrap()).await;
    wire.send(&connect(&running.token(folder.path()).await))
        .await;
    wire.text().await;
    for _ in 0..5000 {
        wire.send(r#"42/mofang,["login",7]"#).await;
        wire.send(r#"42/mofang,["unknown event"]"#).await;
    }
    wire.until_now().await;
    let log = running.stop();
    assert!(log.len() < 2500, "{} lines", log.len());
    assert!(
        log.last().unwrap().contains("log lines left out"),
        "{log:?}"
    );
}
