//! Damage to the files of a server, and failures while it writes them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use orchard_server::DemoAccount;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::start::{Running, assert_fails, program};
use crate::support::{DEADLINE, Wire};

const PAGE: u64 = 4096;

fn database(folder: &Path) -> PathBuf {
    folder.join("data/orchard.sqlite3")
}

/// Starts a server and expects the start to fail.
fn failing(mut command: Command) -> Output {
    command.args(["--log", "error"]).output().unwrap()
}

/// Calls a method of a server's `/api` and returns the result.
async fn call(running: &Running, method: &str, params: Value, token: &str) -> Value {
    let call = json!({"jsonrpc": "2.0", "method": method, "params": params, "id": 1});
    let http = reqwest::Client::builder().timeout(DEADLINE);
    let request = http
        .build()
        .unwrap()
        .post(format!("{}/api", running.address));
    let request = request.json(&call);
    let answer = request.header("Authorization", format!("jwt {token}"));
    let answer: Value = answer.send().await.unwrap().json().await.unwrap();
    answer["result"].clone()
}

/// Creates a database by starting and stopping a server.
fn left_behind(folder: &Path) -> PathBuf {
    Running::start(folder).stop();
    database(folder)
}

#[test]
fn after_a_stop_the_database_is_one_complete_file() {
    let folder = TempDir::new().unwrap();
    let path = left_behind(folder.path());
    let copy = folder.path().join("copy");
    fs::copy(path, &copy).unwrap();
    let connection = rusqlite::Connection::open(copy).unwrap();
    let count = "SELECT count(*) FROM users";
    let users: i64 = connection.query_row(count, (), |row| row.get(0)).unwrap();
    assert_eq!(users, 1);
}

#[test]
fn a_damaged_database_is_detected_at_the_start_and_not_changed() {
    let folder = TempDir::new().unwrap();
    let path = left_behind(folder.path());
    let whole = fs::read(&path).unwrap();
    let mut overwritten = whole.clone();
    overwritten[PAGE as usize..].fill(0x55);
    let half = whole.len() / 2;
    for damaged in [&overwritten, &whole[..half]] {
        fs::write(&path, damaged).unwrap();
        let output = failing(program(folder.path()));
        assert_fails(&output, &["orchard.sqlite3", "damaged", "--database"]);
        assert_eq!(&fs::read(&path).unwrap(), damaged);
    }
    fs::write(&path, whole).unwrap();
    Running::start(folder.path()).stop();
}

#[tokio::test]
async fn a_second_server_on_the_same_database_is_refused() {
    let folder = TempDir::new().unwrap();
    let first = Running::start(folder.path());
    let output = failing(program(folder.path()));
    assert_fails(
        &output,
        &["orchard.sqlite3", "another server", "--database"],
    );
    // The first server is not disturbed, and programs that read or write only briefly may use the
    // database.
    let token = first.token(folder.path()).await;
    let connection = rusqlite::Connection::open(database(folder.path())).unwrap();
    let rename = "UPDATE users SET nickname = 'renamed'";
    assert_eq!(connection.execute(rename, ()).unwrap(), 1);
    let info = call(&first, "User.info", json!({}), &token).await;
    assert_eq!(info["nickname"], "renamed");
    first.stop();
    Running::start(folder.path()).stop();
}

#[tokio::test]
async fn without_its_key_every_player_must_sign_in_again() {
    let folder = TempDir::new().unwrap();
    let running = Running::start(folder.path());
    let token = running.token(folder.path()).await;
    running.stop();
    fs::remove_file(folder.path().join("data/orchard.sqlite3.key")).unwrap();

    let running = Running::start(folder.path());
    let check = call(&running, "User.check", json!({}), &token).await;
    assert_eq!(check["errno"], 1006, "{check}");
    running.token(folder.path()).await;
    running.stop();
}

#[tokio::test]
async fn a_kill_at_any_moment_of_the_first_start_leaves_a_usable_database() {
    const KILLS: u32 = 10;
    let folder = TempDir::new().unwrap();
    let begun = Instant::now();
    Running::start(folder.path()).stop();
    let whole = begun.elapsed();
    for number in 0..KILLS {
        let folder = TempDir::new().unwrap();
        let mut child = program(folder.path()).spawn().unwrap();
        thread::sleep(whole * number / KILLS);
        child.kill().unwrap();
        child.wait().unwrap();
        let running = Running::start(folder.path());
        running.token(folder.path()).await;
        running.stop();
    }
}

#[tokio::test]
async fn a_kill_while_it_serves_loses_no_sign_in() {
    let folder = TempDir::new().unwrap();
    let mut running = Running::start(folder.path());
    let token = running.token(folder.path()).await;
    let address = running.address.strip_prefix("http://").unwrap();
    let _connected = Wire::connect(address).await;
    running.end();
    drop(running);
    let running = Running::start(folder.path());
    let check = call(&running, "User.check", json!({}), &token).await;
    assert_eq!(check["errno"], 1000, "{check}");
    running.stop();
}

/// Like a laptop that is suspended and resumed.
#[cfg(unix)]
#[tokio::test]
async fn a_server_that_was_suspended_longer_than_its_heartbeat_continues() {
    let flags = ["--ping-interval-ms", "200", "--ping-timeout-ms", "300"];
    let folder = TempDir::new().unwrap();
    let running = Running::start_with(folder.path(), &flags);
    let address = running.address.strip_prefix("http://").unwrap();
    let address = address.parse().unwrap();
    let token = running.token(folder.path()).await;
    let mut before = Wire::try_join(address, &token).await.unwrap();
    assert!(running.kill("-STOP"));
    thread::sleep(Duration::from_secs(2));
    assert!(running.kill("-CONT"));
    // The server either kept this session or closed it in the regular way.
    before.rest_or_until_now().await;
    let mut after = Wire::try_join(address, &token).await.unwrap();
    after.until_now().await;
    running.stop();
}

/// Limits the size of every file to this many blocks, like a full disk.
#[cfg(unix)]
fn on_a_full_disk(folder: &Path, blocks: u32) -> Command {
    let ordinary = program(folder);
    let mut command = Command::new("sh");
    let script = format!("trap '' XFSZ; ulimit -f {blocks} && exec \"$0\" \"$@\"");
    command
        .env_clear()
        .current_dir(folder)
        .args(["-c", &script])
        .arg(ordinary.get_program())
        .args(ordinary.get_args());
    command
}

#[cfg(unix)]
#[tokio::test]
async fn a_full_disk_is_reported_at_the_start_and_leaves_a_usable_database() {
    let folder = TempDir::new().unwrap();
    let output = failing(on_a_full_disk(folder.path(), 0));
    assert_fails(&output, &["orchard.sqlite3", "--database"]);
    let running = Running::start(folder.path());
    running.token(folder.path()).await;
    running.stop();

    let whole = fs::read(database(folder.path())).unwrap();
    let output = failing(on_a_full_disk(folder.path(), 0));
    assert_fails(&output, &["orchard.sqlite3", "--database"]);
    assert_eq!(fs::read(database(folder.path())).unwrap(), whole);
    Running::start(folder.path()).stop();
}

#[cfg(unix)]
#[tokio::test]
async fn a_disk_that_fills_up_fails_writes_only() {
    let folder = TempDir::new().unwrap();
    left_behind(folder.path());
    let running = Running::spawn(on_a_full_disk(folder.path(), 128));
    let token = running.token(folder.path()).await;
    let demo = DemoAccount::load(&database(folder.path())).unwrap();
    let params = json!({"account": demo.account, "password": demo.password.expose()});
    let mut written = 0;
    while call(&running, "User.login", params.clone(), "").await != Value::Null {
        written += 1;
        assert!(written < 100, "the disk is never full");
    }
    let check = call(&running, "User.check", json!({}), &token).await;
    assert_eq!(check["errno"], 1000, "{check}");
    let health = reqwest::get(format!("{}/healthz", running.address)).await;
    assert_eq!(health.unwrap().status(), 200);
    running.stop();

    let running = Running::start(folder.path());
    let check = call(&running, "User.check", json!({}), &token).await;
    assert_eq!(check["errno"], 1000, "{check}");
    running.stop();
}
