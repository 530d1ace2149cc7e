//! Waiting for a server, always with a bound.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::time::{interval, sleep, timeout};

use crate::process::Process;

/// How long a server may take for an answer. A server with 2,000 clients needs some of it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// How often a condition is polled.
const TICK: Duration = Duration::from_millis(10);

/// Returns the result of `work`, or an error that says `what` took too long.
pub(crate) async fn within<T>(what: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
    within_limit(PATIENCE, what, work).await
}

async fn within_limit<T>(
    limit: Duration,
    what: &str,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    timeout(limit, work)
        .await
        .with_context(|| format!("{what} took more than {} s", limit.as_secs()))?
        .with_context(|| format!("{what} failed"))
}

/// Waits until `done`, for `limit` at most, and returns whether it is done.
pub(crate) async fn until(limit: Duration, mut done: impl FnMut() -> Result<bool>) -> Result<bool> {
    let deadline = Instant::now() + limit;
    let mut ticks = interval(TICK);
    loop {
        ticks.tick().await;
        if done()? {
            return Ok(true);
        }
        if Instant::now() > deadline {
            return Ok(false);
        }
    }
}

/// Waits until a count is complete, or has not grown for `silence`, or until `PATIENCE` has passed.
/// Returns when it last grew.
pub(crate) async fn complete(
    silence: Duration,
    all: u64,
    count: impl Fn() -> u64,
) -> Result<Instant> {
    let (mut last, mut grown) = (count(), Instant::now());
    until(PATIENCE, || {
        let now = count();
        if now != last {
            (last, grown) = (now, Instant::now());
        }
        Ok(now >= all || grown.elapsed() > silence)
    })
    .await?;
    Ok(grown)
}

/// Returns the memory of a process once it changes by less than one percent per second, or after
/// `limit`.
pub(crate) async fn settled_memory(process: &Process, limit: Duration) -> Result<u64> {
    let deadline = Instant::now() + limit;
    let mut last = process.memory()?;
    loop {
        sleep(Duration::from_secs(1)).await;
        let now = process.memory()?;
        if now.abs_diff(last) < last / 100 || Instant::now() > deadline {
            return Ok(now);
        }
        last = now;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn a_wait_without_an_answer_is_an_error_that_names_it() {
        let never = std::future::pending::<Result<()>>();
        let error = within_limit(Duration::ZERO, "the answer", never).await;
        let error = error.unwrap_err().to_string();
        assert_eq!(error, "the answer took more than 0 s");
    }

    #[tokio::test]
    async fn a_condition_is_waited_for_and_no_longer_than_the_limit() {
        let looks = Cell::new(0);
        let third = || {
            looks.set(looks.get() + 1);
            Ok(looks.get() == 3)
        };
        assert!(until(PATIENCE, third).await.unwrap());
        assert!(!until(Duration::ZERO, || Ok(false)).await.unwrap());
    }

    #[tokio::test]
    async fn a_complete_count_is_not_waited_for() {
        complete(PATIENCE, 3, || 3).await.unwrap();
        complete(Duration::ZERO, 3, || 2).await.unwrap();
    }
}
