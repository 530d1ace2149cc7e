//! Many wrong sign-ins at once: their memory, how much of it remains, and how long a right one
//! waits.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::{Samples, size};
use crate::http::{Answer, Http};
use crate::statistics::megabytes;
use crate::target::{Account, Target, login, source};
use crate::wait::{PATIENCE, settled_memory};

/// How long a right sign-in is retried at most.
const LIMIT: Duration = Duration::from_secs(120);

/// The time between two right sign-ins.
const GAP: Duration = Duration::from_millis(500);

pub(super) async fn run(target: &Target, quick: bool) -> Result<Samples> {
    let (addresses, each): (u32, u32) = size(quick, (40, 75), (4, 10));
    let process = target.process();
    let account = target
        .account()
        .context("this case needs an account that can sign in")?;
    right(target, account).await?;
    let before = settled_memory(process, PATIENCE).await?;

    let mut wrong = JoinSet::new();
    for number in 0..addresses * each {
        let (target, from) = (target.clone(), source(number % addresses)?);
        // Each account is tried once, so that no limit on tries per account applies before the
        // hashing.
        wrong.spawn(async move { refused(&target, from, number).await });
    }
    let (mut longest, mut answered, mut busy) = (Duration::ZERO, 0_u32, 0_u32);
    while !wrong.is_empty() {
        longest = longest.max(right(target, account).await?);
        sleep(GAP).await;
        while let Some(outcome) = wrong.try_join_next() {
            // A connection that the server does not accept costs it nothing.
            if let Ok(Ok(answer)) = outcome {
                answered += 1;
                busy += u32::from(answer.status != 200);
            }
        }
    }
    eprintln!(
        "{answered} of {} wrong sign-ins were answered, {busy} of them with a status other than 200",
        addresses * each
    );
    ensure!(answered > 0, "no wrong sign-in was answered");
    let peak = process.peak_memory()?;
    let after = settled_memory(process, PATIENCE).await?;
    Ok(Samples::from([
        ("peak-mb", megabytes(peak)),
        ("left-mb", megabytes(after) - megabytes(before)),
        ("wait-s", longest.as_secs_f64()),
    ]))
}

/// Returns how long a right sign-in takes, including the pauses that the server requests.
async fn right(target: &Target, Account { name, password }: &Account) -> Result<Duration> {
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        let mut http = Http::connect(target, Ipv4Addr::LOCALHOST).await?;
        let answer = http.send(login(name, password)).await?;
        if answer.status == 200 {
            let token = answer.json()?;
            ensure!(
                token.pointer("/result/access_token").is_some(),
                "a right sign-in was refused: {}",
                answer.text()
            );
            return Ok(start.elapsed());
        }
        let pause = answer.retry_after.with_context(|| {
            format!(
                "a right sign-in was answered with HTTP {}: {}",
                answer.status,
                answer.text()
            )
        })?;
        sleep(pause.min(PATIENCE)).await;
    }
    Ok(LIMIT)
}

async fn refused(target: &Target, from: Ipv4Addr, number: u32) -> Result<Answer> {
    let mut http = Http::connect(target, from).await?;
    http.send(login(&format!("unknown {number}"), "wrong"))
        .await
}
