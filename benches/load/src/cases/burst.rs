//! Many broadcasts at once, each with an acknowledgement: is any acknowledgement or delivery lost?

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;

use super::{Samples, player, silence, size};
use crate::client::Receiver;
use crate::target::{Target, source};
use crate::wait::complete;
use crate::wire::{acknowledged, broadcast, is_broadcast};

pub(super) async fn run(target: &Target, quick: bool) -> Result<Samples> {
    let (small, large) = size(quick, (500, 2_000), (100, 500));
    let of_small = burst(target, small, silence(quick)).await?;
    let of_large = burst(target, large, silence(quick)).await?;
    Ok(Samples::from([
        ("small-acks-missing", of_small.acks_missing),
        ("small-deliveries-missing", of_small.deliveries_missing),
        ("large-acks-missing", of_large.acks_missing),
        ("large-deliveries-missing", of_large.deliveries_missing),
        ("disordered", of_small.disordered + of_large.disordered),
    ]))
}

struct Outcome {
    acks_missing: f64,
    deliveries_missing: f64,
    /// Acknowledgements and deliveries that arrived before an earlier one.
    disordered: f64,
}

async fn burst(target: &Target, count: u64, silence: Duration) -> Result<Outcome> {
    let token = target.sign_in().await?;
    let (sender, own) = player(target, Ipv4Addr::LOCALHOST, token.as_deref()).await?;
    let (_idle, other) = player(target, source(0)?, token.as_deref()).await?;
    let acks = Sequence::read(own, acknowledged);
    let deliveries = Sequence::read(other, delivered);
    for number in 0..count {
        if !sender
            .send(broadcast(&format!("burst {number} "), number))
            .await
        {
            break;
        }
    }
    complete(silence, count, || acks.count()).await?;
    complete(silence, count, || deliveries.count()).await?;
    let missing = |sequence: &Sequence| count.saturating_sub(sequence.count()) as f64;
    Ok(Outcome {
        acks_missing: missing(&acks),
        deliveries_missing: missing(&deliveries),
        disordered: acks.disordered() + deliveries.disordered(),
    })
}

fn delivered(frame: &str) -> Option<u64> {
    let (_, rest) = is_broadcast(frame)
        .then_some(frame)?
        .split_once("\"burst ")?;
    rest.split(' ').next()?.parse().ok()
}

/// Numbers that should arrive in order.
#[derive(Default)]
struct Sequence {
    count: AtomicU64,
    next: AtomicU64,
    disordered: AtomicU64,
}

impl Sequence {
    /// Reads in a task of its own.
    fn read(mut receiver: Receiver, number: fn(&str) -> Option<u64>) -> Arc<Self> {
        let sequence = Arc::new(Self::default());
        let reading = Arc::clone(&sequence);
        tokio::spawn(async move {
            while let Some(frame) = receiver.next().await {
                if let Some(number) = number(&frame) {
                    reading.note(number);
                }
            }
        });
        sequence
    }

    fn note(&self, number: u64) {
        if number < self.next.load(Ordering::Relaxed) {
            self.disordered.fetch_add(1, Ordering::Relaxed);
        }
        self.next.store(number + 1, Ordering::Relaxed);
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    fn disordered(&self) -> f64 {
        self.disordered.load(Ordering::Relaxed) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_out_of_order_are_counted() {
        let sequence = Sequence::default();
        for number in [0, 2, 1, 3, 5, 4] {
            sequence.note(number);
        }
        assert_eq!((sequence.count(), sequence.disordered()), (6, 2.0));
    }

    #[test]
    fn a_delivery_is_identified_by_its_number() {
        let frame = r#"42/mofang,["broadcast_response",{"text":"burst 17 ","id":"a"}]"#;
        assert_eq!(delivered(frame), Some(17));
        assert_eq!(
            delivered(r#"42/mofang,["other",{"text":"burst 17 "}]"#),
            None
        );
    }
}
