//! Many concurrent sign-ins.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use orchard_server::DemoAccount;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::start::Running;
use crate::support::{DEADLINE, wait_for};

const ADDRESSES: u8 = 40;
const EACH: usize = 75;
/// Concurrent sign-ins from one address.
const AT_ONCE: usize = 12;
/// Correct sign-ins during the flood, and how long they may wait.
const RIGHT: u8 = 5;
const AT_MOST: Duration = Duration::from_secs(2);

fn client(last: u8) -> reqwest::Client {
    reqwest::Client::builder()
        .local_address(IpAddr::V4(Ipv4Addr::new(127, 0, 1, last)))
        .timeout(DEADLINE)
        .build()
        .unwrap()
}

async fn sign_in(
    client: &reqwest::Client,
    url: &str,
    account: &str,
    password: &str,
) -> (u16, Value) {
    let params = json!({"account": account, "password": password});
    let call = json!({"jsonrpc": "2.0", "method": "User.login", "params": params, "id": 1});
    let answer = client.post(url).json(&call).send().await.unwrap();
    if answer.status() == 503 {
        let seconds = answer.headers()["retry-after"].to_str().unwrap();
        assert!(seconds.parse::<u32>().unwrap() > 0);
    }
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_take_no_memory_and_delay_no_other_sign_in() {
    let folder = TempDir::new().unwrap();
    let running = Running::start_with(folder.path(), &["--log", "orchard_server::server=info"]);
    let demo = DemoAccount::load(&folder.path().join("data/orchard.sqlite3")).unwrap();
    let url = format!("{}/api", running.address);
    let (at_start, _) = running.memory();

    let answered = Arc::new(AtomicUsize::new(0));
    let mut wrong = JoinSet::new();
    for address in 1..=ADDRESSES {
        let client = client(address);
        for worker in 0..AT_ONCE {
            let (client, url, answered) = (client.clone(), url.clone(), Arc::clone(&answered));
            wrong.spawn(async move {
                let mut outcomes = Vec::new();
                for number in (worker..EACH).step_by(AT_ONCE) {
                    let account = format!("unknown{number}");
                    let (status, answer) = sign_in(&client, &url, &account, "wrong").await;
                    outcomes.push((status, answer["result"]["errno"].as_u64()));
                    answered.fetch_add(1, Ordering::SeqCst);
                }
                outcomes
            });
        }
    }

    // During the flood the correct password is neither refused nor queued after all the others.
    let total = usize::from(ADDRESSES) * EACH;
    let mut waited = Vec::new();
    for right in 0..RIGHT {
        // Wait until each address has failed several times: among addresses that never failed, the
        // first to arrive is served first.
        let so_far = total / 4 + total * usize::from(right) / usize::from(RIGHT) / 2;
        wait_for("some wrong ones", || {
            answered.load(Ordering::SeqCst) > so_far
        })
        .await;
        let (client, begun) = (client(200 + right), Instant::now());
        let outcome = sign_in(&client, &url, &demo.account, demo.password.expose()).await;
        waited.push(begun.elapsed());
        let errno = outcome.1["result"]["errno"].as_u64();
        assert_eq!((outcome.0, errno), (200, Some(1000)));
    }
    assert!(
        answered.load(Ordering::SeqCst) < total,
        "they were answered last"
    );
    // The machine may be busy with other work for a while.
    waited.sort_unstable();
    assert!(waited[waited.len() / 2] < AT_MOST, "{waited:?}");

    let outcomes = wrong.join_all().await.concat();
    assert_eq!(outcomes.len(), total);
    let count = |outcome| outcomes.iter().filter(|it| **it == outcome).count();
    let (refused, put_off) = (count((200, Some(1007))), count((503, None)));
    assert!(
        refused > 0 && put_off > 0,
        "{refused} refused, {put_off} put off"
    );
    assert_eq!(refused + put_off, total, "{outcomes:?}");

    let (_, peak) = running.memory();
    println!("{at_start} KiB at the start, {peak} at most; right ones waited {waited:?}");
    assert!(peak < 150 * 1024, "{peak} KiB at most");
    wait_for("the memory to be free again", || {
        running.memory().0 < at_start + 20 * 1024
    })
    .await;
}
