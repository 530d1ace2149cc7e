//! User management, and what answers reveal about accounts.

use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{TestServer, Wire, access_token};

/// Runs `orchard-server user …` on the database of a running server.
fn user(server: &TestServer, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_orchard-server"))
        .env_clear()
        .arg("user")
        .args(arguments)
        .arg("--database")
        .arg(server.database())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The command may have failed before it reads.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn assert_fails(output: &Output, words: &str) {
    let line = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(line.contains(words), "{words} is in: {line}");
}

async fn login(server: &TestServer, account: &str, password: &str) -> Value {
    let params = json!({"account": account, "password": password});
    server.result("User.login", params, "").await
}

#[tokio::test]
async fn a_user_is_added_while_the_server_runs() {
    let server = TestServer::start(&[]).await;
    let arguments = ["add", "peach", "--nickname", "阿桃", "--mobile", "139"];
    let output = printed(&user(&server, &arguments, "open sesame\nnot this\n"));
    assert!(
        output.contains("peach") && !output.contains("sesame"),
        "{output}"
    );
    let result = login(&server, "peach", "open sesame").await;
    assert_eq!(result["errno"], 1000);
    assert_eq!(result["nickname"], "阿桃");
    assert_eq!(login(&server, "peach", "not this").await["errno"], 1009);

    assert_fails(&user(&server, &["add", "PEACH"], "x\n"), "already");
    for (account, input) in [("plum", ""), ("plum", "\n"), ("", "x\n"), ("  ", "x\n")] {
        assert!(!user(&server, &["add", account], input).status.success());
    }
    let long = "a".repeat(1025);
    assert_fails(&user(&server, &["add", "plum"], &long), "1024");
    // A password is never an argument, which every user of the machine could read.
    let output = user(&server, &["add", "plum", "--password", "x"], "");
    assert!(!output.status.success());
    assert_eq!(login(&server, "plum", "x").await["errno"], 1007);
    server.stop().await;
}

#[tokio::test]
async fn the_list_shows_every_user_and_no_secret() {
    // The test's clock is years behind the system clock that the command uses.
    let server = TestServer::start(&["--refresh-token-seconds", "4000000000"]).await;
    let nasty = "x\n\u{1b}[31m\tforged";
    printed(&user(
        &server,
        &["add", "b", "--nickname", nasty],
        "secret\n",
    ));
    printed(&user(&server, &["lock", "b"], ""));
    server.login().await;
    let list = printed(&user(&server, &["list"], ""));
    let lines: Vec<_> = list.lines().collect();
    let [_, demo, b] = lines[..] else {
        panic!("{list}");
    };
    assert!(
        demo.starts_with("1\t\"demo\"\t") && demo.ends_with("\t1\t"),
        "{demo}"
    );
    assert!(
        b.starts_with("2\t\"b\"\t") && b.ends_with("\t0\tlocked"),
        "{b}"
    );
    assert!(
        !list.contains('\u{1b}') && !list.contains("argon2"),
        "{list:?}"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_locked_user_is_signed_out_at_once() {
    let server = TestServer::start(&["--recheck-seconds", "1"]).await;
    printed(&user(&server, &["add", "b"], "secret\n"));
    let signed_in = login(&server, "b", "secret").await;
    let access = access_token(&signed_in);
    let (mut wire, _) = Wire::join_as(&server, &access).await;
    printed(&user(&server, &["lock", "b"], ""));
    assert_eq!(wire.event("error_response").await["errno"], 1006);
    let check = server.result("User.check", json!({}), &access).await;
    assert_eq!(check["errno"], 1006);
    // Only a caller who knows the password learns that the account is locked.
    assert_eq!(login(&server, "b", "wrong").await["errno"], 1009);
    let refused = login(&server, "b", "secret").await;
    assert_eq!(refused["errno"], 1403);
    assert!(!refused["errmsg"].as_str().unwrap().is_empty());
    assert!(refused.get("access_token").is_none());

    printed(&user(&server, &["unlock", "b"], ""));
    assert_eq!(login(&server, "b", "secret").await["errno"], 1000);
    for action in ["lock", "unlock", "password"] {
        assert_fails(&user(&server, &[action, "nobody"], "x\n"), "no account");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_new_password_ends_all_sign_ins() {
    let server = TestServer::start(&[]).await;
    printed(&user(&server, &["add", "b"], "old\n"));
    let signed_in = login(&server, "b", "old").await;
    // Without a line ending, and with spaces that belong to the password.
    printed(&user(&server, &["password", "b"], " new "));
    let refresh = signed_in["refresh_token"].as_str().unwrap();
    let refreshed = server.result("User.refresh", json!({}), refresh).await;
    assert_eq!(refreshed["errno"], 1006);
    assert_eq!(login(&server, "b", "old").await["errno"], 1009);
    assert_eq!(login(&server, "b", " new ").await["errno"], 1000);
    server.stop().await;
}

async fn refused(server: &TestServer, account: &str) -> (Value, Duration) {
    let started = Instant::now();
    let answer = login(server, account, "wrong").await;
    (answer, started.elapsed())
}

#[tokio::test]
async fn without_hints_accounts_cannot_be_discovered() {
    let server = TestServer::start(&["--no-account-hints", "--login-attempts", "0"]).await;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..15 {
        let (answer, took) = refused(&server, "demo").await;
        known.push(took);
        let (other, took) = refused(&server, "nobody").await;
        unknown.push(took);
        assert_eq!(answer, other);
        assert_eq!(answer["errno"], 1009);
        assert_eq!(answer["errmsg"], "账号或密码错误");
    }
    known.sort();
    unknown.sort();
    // If no password were compared, the answer would take a twentieth of the time.
    let (known, unknown) = (known[7], unknown[7]);
    assert!(
        unknown * 2 > known && known * 2 > unknown,
        "{known:?} {unknown:?}"
    );
    server.stop().await;
}
