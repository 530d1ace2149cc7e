//! The load of `test --load` must end together with the process that started it.

// All of this is test code, which fails by panicking. Clippy only knows that for functions with
// `#[test]`.
#![allow(clippy::unwrap_used)]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Far longer than a process without any cleanup takes to exit.
const MOST: Duration = Duration::from_secs(30);

#[test]
fn all_cores_are_busy_until_the_input_closes() {
    let mut load = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("keep-busy")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    #[cfg(target_os = "linux")]
    wait_for_work(load.id());
    assert!(load.try_wait().unwrap().is_none(), "it ended by itself");

    drop(load.stdin.take());
    let start = Instant::now();
    let status = loop {
        if let Some(status) = load.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > MOST {
            load.kill().unwrap();
            panic!("it runs on without an input");
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    assert!(status.success(), "{status}");
}

/// Waits until each of its threads has used the processor, except the first, which only waits.
#[cfg(target_os = "linux")]
fn wait_for_work(id: u32) {
    let cores = std::thread::available_parallelism().unwrap().get();
    let start = Instant::now();
    loop {
        let busy = std::fs::read_dir(format!("/proc/{id}/task"))
            .unwrap()
            .filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("stat")).ok())
            .filter(|stat| user_time(stat) > 0)
            .count();
        if busy >= cores {
            return;
        }
        assert!(start.elapsed() < MOST, "{busy} of {cores} cores have work");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Returns the user time in clock ticks: the twelfth field after the program's name, which may
/// contain spaces.
#[cfg(target_os = "linux")]
fn user_time(stat: &str) -> u64 {
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    fields.split(' ').nth(11).unwrap().parse().unwrap()
}
