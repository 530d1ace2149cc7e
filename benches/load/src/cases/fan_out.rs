//! The cost of a delivered message: one client broadcasts to many at a steady rate.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::{Instant, sleep_until};

use super::{Meter, Samples, player, silence, size};
use crate::client::Sender;
use crate::crowd::{Crowd, Plan, Transport};
use crate::statistics::percent_missing;
use crate::target::Target;
use crate::wait::complete;
use crate::wire::{ORCHARD, broadcast, is_broadcast};

/// Broadcasts per second.
const RATE: u32 = 50;

pub(super) async fn run(target: &Target, transport: Transport, quick: bool) -> Result<Samples> {
    let listeners = size(quick, 200, 20);
    let (warm_up, broadcasts) = size(quick, (50, 300), (5, 25));
    let token = target.sign_in().await?;
    let received = Arc::new(AtomicU64::new(0));
    let plan = Plan {
        transport,
        namespace: ORCHARD,
        token: token.as_deref(),
        rate: 300,
        listener: {
            let received = Arc::clone(&received);
            Arc::new(move |frame| {
                if is_broadcast(frame) {
                    received.fetch_add(1, Ordering::Relaxed);
                }
            })
        },
    };
    let mut crowd = Crowd::new();
    crowd.add(target, &plan, listeners).await?;
    let (sender, mut receiver) = player(target, Ipv4Addr::LOCALHOST, token.as_deref()).await?;
    tokio::spawn(async move { while receiver.next().await.is_some() {} });

    let count = || received.load(Ordering::Relaxed);
    let all = |broadcasts: u32| u64::from(broadcasts) * u64::from(listeners);
    send(&sender, warm_up).await?;
    complete(silence(quick), all(warm_up), count).await?;
    let before = count();
    let meter = Meter::start(target.process())?;
    send(&sender, broadcasts).await?;
    let end = complete(silence(quick), before + all(broadcasts), count).await?;
    let measured = meter.stop(end)?;
    crowd.must_be_whole()?;
    let delivered = count() - before;
    ensure!(delivered > 0, "no broadcast was delivered");
    Ok(Samples::from([
        (
            "cpu-us",
            measured.cpu.as_secs_f64() * 1e6 / delivered as f64,
        ),
        (
            "missing-percent",
            percent_missing(all(broadcasts), delivered),
        ),
    ]))
}

async fn send(sender: &Sender, broadcasts: u32) -> Result<()> {
    let (start, gap) = (Instant::now(), Duration::from_secs(1) / RATE);
    for number in 0..broadcasts {
        sleep_until(start + gap * number).await;
        let frame = broadcast(&format!("notice {number}"), number.into());
        ensure!(
            sender.send(frame).await,
            "the server closed the sender's connection after {number} broadcasts"
        );
    }
    Ok(())
}
