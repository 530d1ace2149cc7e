//! Clients that stop reading while large notices are broadcast: the maximum memory of each, and
//! after which time the server disconnects the last.

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

/// The size of a notice, slightly below the limit of a frame.
const NOTICE: usize = 99_000;

/// The receive buffer of a client that does not read: as small as possible, so that the server has
/// to buffer the rest.
const KERNEL: u32 = 4096;

pub(super) async fn run(target: &Target, quick: bool) -> Result<Samples> {
    let stalled: u32 = size(quick, 100, 5);
    let (notices, rate): (u32, u32) = size(quick, (300, 60), (50, 100));
    // How long the case waits for the server to disconnect a client that does not read.
    let limit = Duration::from_secs(size(quick, 30, 10));
    let process = target.process();
    let token = target.sign_in().await?;
    let (sender, mut receiver) = player(target, Ipv4Addr::LOCALHOST, token.as_deref()).await?;
    let received = Arc::new(AtomicU64::new(0));
    tokio::spawn({
        let received = Arc::clone(&received);
        async move {
            while let Some(frame) = receiver.next().await {
                if is_broadcast(&frame) {
                    received.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    });
    let notice = "x".repeat(NOTICE);
    // Memory that is allocated once to handle a large notice is not counted.
    let warm_up = 5;
    for number in 0..warm_up {
        ensure!(
            sender.send(broadcast(&notice, number)).await,
            "disconnected"
        );
    }
    until(PATIENCE, || Ok(received.load(Ordering::Relaxed) >= warm_up)).await?;
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

    // From here on they neither read nor answer heartbeats.
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

/// Reads until it is to stall, and then keeps the connection open.
async fn read_until(mut client: Client, mut stall: watch::Receiver<()>) {
    let reading = async { while let Ok(Some(_)) = client.next().await {} };
    tokio::select! {
        () = reading => {}
        _ = stall.changed() => {}
    }
    std::future::pending::<()>().await;
}
