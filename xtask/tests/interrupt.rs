//! Ctrl-C, or SIGTERM, must leave no child behind.

#![cfg(unix)]
// All of this is test code, which fails by panicking. Clippy only knows that for functions with
// `#[test]`.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Far longer than a process without any cleanup takes to exit.
const MOST: Duration = Duration::from_secs(30);

/// A substitute for cargo: it starts a child and waits for it.
const CARGO: &str = "#!/bin/sh\nsleep 1000 &\necho cargo runs\nwait\n";

#[test]
fn a_request_to_terminate_ends_the_children_too() {
    let cargo = std::env::temp_dir().join(format!("orchard-cargo-{}", std::process::id()));
    std::fs::write(&cargo, CARGO).unwrap();
    std::fs::set_permissions(&cargo, PermissionsExt::from_mode(0o755)).unwrap();
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("check")
        .env("CARGO", &cargo)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(xtask.stdout.take().unwrap());
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        while !line.contains("cargo runs") {
            line.clear();
            assert_ne!(out.read_line(&mut line).unwrap(), 0, "it ended");
        }
        sender.send("runs").unwrap();
        // The pipe closes once the last of the processes has exited.
        out.read_to_string(&mut line).unwrap();
        sender.send("closed").unwrap();
    });
    assert_eq!(receiver.recv_timeout(MOST), Ok("runs"));

    let id = xtask.id().to_string();
    assert!(Command::new("kill").arg(&id).status().unwrap().success());
    assert_eq!(receiver.recv_timeout(MOST), Ok("closed"));
    assert_eq!(xtask.wait().unwrap().code(), Some(130));
    std::fs::remove_file(&cargo).unwrap();
}
