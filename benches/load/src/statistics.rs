//! Statistics of samples.

use std::time::Duration;

/// Returns the percentile of the samples; 0 if there are none.
pub(crate) fn percentile(samples: &mut [Duration], percent: usize) -> Duration {
    samples.sort_unstable();
    let rank = (samples.len() * percent).div_ceil(100).saturating_sub(1);
    samples.get(rank).copied().unwrap_or_default()
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Returns the kilobytes that each of `count` adds if the memory changes from `before` to `after`.
pub(crate) fn kilobytes_each(before: u64, after: u64, count: u32) -> f64 {
    (after as f64 - before as f64) / 1e3 / f64::from(count.max(1))
}

/// Returns the percentage of `all` that did not arrive.
pub(crate) fn percent_missing(all: u64, received: u64) -> f64 {
    all.saturating_sub(received) as f64 * 100.0 / all.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_samples() {
        let mut samples: Vec<_> = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(&mut samples, 50), Duration::from_millis(100));
        assert_eq!(percentile(&mut samples, 99), Duration::from_millis(198));
        assert_eq!(percentile(&mut samples, 100), Duration::from_millis(200));
        assert_eq!(percentile(&mut [], 50), Duration::ZERO);
    }

    #[test]
    fn memory_per_client_and_missing_share_are_computed() {
        assert_eq!(kilobytes_each(1_000_000, 3_000_000, 100), 20.0);
        assert_eq!(kilobytes_each(2_000, 1_000, 1), -1.0);
        assert_eq!(percent_missing(200, 150), 25.0);
        assert_eq!(percent_missing(0, 0), 0.0);
        assert_eq!(percent_missing(10, 11), 0.0);
    }
}
