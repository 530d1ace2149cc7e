//! Clients that stop reading while large notices are broadcast: what memory each takes at most, and
//! after which time the server lets go of the last.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::{Samples, player, size};
use crate::client::Client;
use crate::statistics::kilobytes_each;
use crate::target::{Target, source};
use crate::tcp;
use crate::wait::{PATIENCE, settled_memory, until};
use crate::wire::{ORCHARD, broadcast, is_broadcast};

/// A little below what a frame may have.
const NOTICE: usize = 99_000;

/// Bytes that the kernel holds for a client that does not read: next to nothing, so that the rest is
/// the server's burden.
const KERNEL: u32 = 4096;

pub(super) async fn run(target: &Target, quick: bool) -> Result<Samples> {
    let stalled: u32 = size(quick, 100, 5);
    let (notices, rate): (u32, u32) = size(quick, (300, 60), (50, 100));
    // How long the server may keep a client that does not read, before this gives up waiting.
    let limit = Duration::from_secs(size(quick, 30, 10));
    let process = target.process();
    let token = target.sign_in().await?;
    let (sender, mut receiver) = player(target, Ipv4Addr::LOCALHOST, token.as_deref()).await?;
    let came = Arc::new(AtomicU64::new(0));
    tokio::spawn({
        let came = Arc::clone(&came);
        async move {
            while let Some(frame) = receiver.next().await {
                if is_broadcast(&frame) {
                    came.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    });
    let notice = "x".repeat(NOTICE);
    // What handling a large notice takes once is not counted.
    let warm_up = 5;
    for number in 0..warm_up {
        ensure!(
            sender.send(broadcast(&notice, number)).await,
            "disconnected"
        );
    }
    until(PATIENCE, || Ok(came.load(Ordering::Relaxed) >= warm_up)).await?;
    let alone = process.descriptors()?;
    let (stall, stalls) = watch::channel(());
    let mut clients = JoinSet::new();
    for number in 0..stalled {
        let stream = tcp::connect(target, source(number)?, Some(KERNEL)).await?;
        let mut client = Client::open_on(target, stream).await?;
        client.join(ORCHARD, token.as_deref()).await?;
        clients.spawn(read_until(client, stalls.clone()));
    }
    target.collect_garbage().await?;
    let before = settled_memory(process, PATIENCE).await?;

    // From here on they do not read, nor answer a heartbeat.
    stall.send(())?;
    let start = Instant::now();
    let mut most = before;
    for number in 0..notices {
        sleep_until(start + Duration::from_secs(1) / rate * number).await;
        let frame = broadcast(&notice, u64::from(number) + warm_up);
        ensure!(
            sender.send(frame).await,
            "the server disconnected the sender after {number} notices"
        );
        most = most.max(process.memory()?);
    }
    let cut = until(limit, || {
        most = most.max(process.memory()?);
        Ok(process.descriptors()? <= alone)
    })
    .await?;
    let took = if cut { start.elapsed() } else { limit };
    Ok(Samples::from([
        ("memory-kb", kilobytes_each(before, most, stalled)),
        ("cut-s", took.as_secs_f64()),
    ]))
}

/// Reads until it is to stall, and then keeps the connection.
async fn read_until(mut client: Client, mut stall: watch::Receiver<()>) {
    let reading = async { while let Ok(Some(_)) = client.next().await {} };
    tokio::select! {
        () = reading => {}
        _ = stall.changed() => {}
    }
    std::future::pending::<()>().await;
}
