//! One client that broadcasts as fast as it can, while others send notices.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::{Samples, player, silence, size};
use crate::statistics::{megabytes, percent_missing};
use crate::target::{Target, source};
use crate::wait::complete;
use crate::wire::{broadcast, is_broadcast};

/// The text in a notice of the others.
const MARK: &str = "\"notice ";

/// The time between two notices of one client.
const GAP: Duration = Duration::from_millis(250);

/// The maximum number of broadcasts of the flooder.
const FLOOD: u64 = 2_000_000;

pub(super) async fn run(target: &Target, quick: bool) -> Result<Samples> {
    let others = size(quick, 20, 5);
    let notices: u32 = size(quick, 32, 4);
    let token = target.sign_in().await?;
    let received = Arc::new(AtomicU64::new(0));
    let mut reading = JoinSet::new();
    let mut senders = Vec::new();
    for number in 0..others {
        let (sender, mut receiver) = player(target, source(number)?, token.as_deref()).await?;
        senders.push(sender);
        let received = Arc::clone(&received);
        reading.spawn(async move {
            while let Some(frame) = receiver.next().await {
                if is_broadcast(&frame) && frame.contains(MARK) {
                    received.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
    let (flooder, mut receiver) = player(target, Ipv4Addr::LOCALHOST, token.as_deref()).await?;
    reading.spawn(async move { while receiver.next().await.is_some() {} });
    let flood = tokio::spawn(async move {
        for number in 0..FLOOD {
            if !flooder.send(broadcast("flood", number)).await {
                return;
            }
        }
    });

    let start = Instant::now();
    for notice in 0..notices {
        sleep_until(start + GAP * notice).await;
        for (number, sender) in senders.iter().enumerate() {
            // A disconnected client sends nothing, so its notice counts as missing everywhere.
            sender
                .send(broadcast(
                    &format!("notice {number} {notice}"),
                    notice.into(),
                ))
                .await;
        }
    }
    sleep_until(start + GAP * notices).await;
    flood.abort();
    let all = u64::from(others) * u64::from(others) * u64::from(notices);
    complete(silence(quick), all, || received.load(Ordering::Relaxed)).await?;
    Ok(Samples::from([
        (
            "missing-percent",
            percent_missing(all, received.load(Ordering::Relaxed)),
        ),
        ("peak-mb", megabytes(target.process().peak_memory()?)),
    ]))
}
