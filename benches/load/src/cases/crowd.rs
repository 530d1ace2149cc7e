//! Many players: the cost of connecting them, the memory of each, and how long a push takes to
//! reach all.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::{Instant, sleep_until};

use super::{Meter, Samples, player, silence, size};
use crate::crowd::{Crowd, Plan, Transport};
use crate::statistics::{kilobytes_each, milliseconds, percent_missing, percentile};
use crate::target::Target;
use crate::wait::{PATIENCE, complete, settled_memory};
use crate::wire::{ORCHARD, broadcast, is_broadcast};

/// The text in front of the number of a push.
const MARK: &str = "\"push ";

pub(super) async fn run(target: &Target, quick: bool) -> Result<Samples> {
    let (warm_up, players) = size(quick, (100, 2_000), (10, 100));
    let pushes: u32 = size(quick, 40, 5);
    let token = target.sign_in().await?;
    let arrivals = Arc::new(Arrivals::default());
    let plan = Plan {
        transport: Transport::WebSocket,
        namespace: ORCHARD,
        token: token.as_deref(),
        rate: 300,
        listener: {
            let arrivals = Arc::clone(&arrivals);
            Arc::new(move |frame| arrivals.note(frame))
        },
    };
    let mut crowd = Crowd::new();
    crowd.add(target, &plan, warm_up).await?;
    let (sender, mut receiver) = player(target, Ipv4Addr::LOCALHOST, token.as_deref()).await?;
    tokio::spawn(async move { while receiver.next().await.is_some() {} });
    target.collect_garbage().await?;
    let before = settled_memory(target.process(), PATIENCE).await?;

    let before_them = crowd.events();
    let meter = Meter::start(target.process())?;
    crowd.add(target, &plan, players).await?;
    // The announcements to each of them are part of the cost.
    let all = before_them + announcements(warm_up, players);
    let announced = complete(silence(quick), all, || crowd.events()).await?;
    let connected = meter.stop(announced)?;
    target.collect_garbage().await?;
    let after = settled_memory(target.process(), PATIENCE).await?;

    let listeners = u64::from(warm_up + players);
    let gap = Duration::from_millis(size(quick, 250, 100));
    let start = Instant::now();
    for number in 0..pushes {
        sleep_until(start + gap * number).await;
        arrivals.sent();
        let frame = broadcast(&format!("push {number} "), number.into());
        ensure!(sender.send(frame).await, "the sender was disconnected");
    }
    let all = listeners * u64::from(pushes);
    complete(silence(quick), all, || arrivals.count()).await?;
    crowd.must_be_whole()?;
    let mut delays = arrivals.delays();
    ensure!(!delays.is_empty(), "no client received a push");
    Ok(Samples::from([
        ("connect-cpu-s", connected.cpu.as_secs_f64()),
        ("connect-wall-s", connected.wall.as_secs_f64()),
        ("memory-kb", kilobytes_each(before, after, players)),
        ("push-p50-ms", milliseconds(percentile(&mut delays, 50))),
        ("push-p99-ms", milliseconds(percentile(&mut delays, 99))),
        ("missing-percent", percent_missing(all, arrivals.count())),
    ]))
}

/// When each push was sent, and how long it took to reach each listener.
#[derive(Default)]
struct Arrivals {
    times: Mutex<(Vec<Instant>, Vec<Duration>)>,
    count: AtomicU64,
}

impl Arrivals {
    fn sent(&self) {
        self.times().0.push(Instant::now());
    }

    fn note(&self, frame: &str) {
        if !is_broadcast(frame) {
            return;
        }
        let now = Instant::now();
        let (sent, delays) = &mut *self.times();
        if let Some(sent) = number(frame).and_then(|number| sent.get(number)) {
            delays.push(now.duration_since(*sent));
            self.count.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    fn delays(&self) -> Vec<Duration> {
        std::mem::take(&mut self.times().1)
    }

    fn times(&self) -> std::sync::MutexGuard<'_, (Vec<Instant>, Vec<Duration>)> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns how many events announce each newcomer to the whole crowd.
fn announcements(there: u32, newcomers: u32) -> u64 {
    let (there, newcomers) = (u64::from(there), u64::from(newcomers));
    newcomers * there + newcomers * (newcomers + 1) / 2
}

fn number(frame: &str) -> Option<usize> {
    let (_, rest) = frame.split_once(MARK)?;
    rest.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_newcomer_is_announced_to_every_client() {
        // The first of two is announced to 10 and itself, the second to 11 and itself.
        assert_eq!(announcements(10, 2), 11 + 12);
    }

    #[test]
    fn a_push_is_identified_by_its_number_and_counts_only_after_it_was_sent() {
        let arrivals = Arrivals::default();
        let frame = r#"42/mofang,["broadcast_response",{"name":"a","text":"push 0 "}]"#;
        arrivals.note(frame);
        assert_eq!(arrivals.count(), 0, "it was not sent yet");
        arrivals.sent();
        arrivals.note(frame);
        arrivals.note(r#"42/mofang,["server_response",{"count":1}]"#);
        assert_eq!(arrivals.count(), 1);
        assert_eq!(arrivals.delays().len(), 1);
    }
}
