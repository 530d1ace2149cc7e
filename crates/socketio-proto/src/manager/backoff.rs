use core::time::Duration;

use super::Config;
use crate::random::Random;
use crate::time::millis;

/// Counts the attempts of one outage, and computes the delay before the next.
///
/// As in the reference client, the delay doubles and is jittered. Unlike there, delays at the cap
/// are jittered too, and the delay stays bounded after any number of attempts.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    attempts: u32,
}

impl Backoff {
    pub(crate) fn reset(&mut self) {
        self.attempts = 0;
    }

    /// Uncounts the last delay, because it was cut short.
    pub(crate) fn take_back(&mut self) {
        self.attempts = self.attempts.saturating_sub(1);
    }

    pub(crate) fn next(&mut self, config: &Config, random: &mut Random) -> Duration {
        let max = millis(config.reconnection_delay_max);
        let first = millis(config.reconnection_delay);
        // A shift that would overflow exceeds any bound.
        let ideal = match first.leading_zeros() > self.attempts {
            true => (first << self.attempts).min(max),
            false if first == 0 => 0,
            false => max,
        };
        self.attempts = self.attempts.saturating_add(1);

        // NaN means no jitter.
        let share = match config.randomization_factor {
            factor if factor.is_nan() => 0.0,
            factor => factor.clamp(0.0, 1.0),
        };
        let spread = ideal as f64 * share;
        let jittered = ideal as f64 + spread * (2.0 * random.unit() - 1.0);
        // A delay beyond the cap is mirrored at the cap, so that clients stay spread there too.
        let bounded = if jittered > max as f64 {
            2.0 * max as f64 - jittered
        } else {
            jittered
        };
        Duration::from_millis(bounded as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delays(config: &Config, seed: u64, attempts: usize) -> alloc::vec::Vec<u64> {
        let (mut backoff, mut random) = (Backoff::default(), Random::new(seed));
        (0..attempts)
            .map(|_| millis(backoff.next(config, &mut random)))
            .collect()
    }

    #[test]
    fn b9_delay_doubles_within_its_jitter() {
        for seed in 0..2000 {
            let delays = delays(&Config::default(), seed, 3);
            assert!((500..1500).contains(&delays[0]), "{delays:?}");
            assert!((1000..3000).contains(&delays[1]), "{delays:?}");
            assert!((2000..=5000).contains(&delays[2]), "{delays:?}");
        }
    }

    #[test]
    fn b8_without_jitter_the_delay_is_exact() {
        let config = Config {
            randomization_factor: 0.0,
            ..Config::default()
        };
        assert_eq!(delays(&config, 7, 5), [1000, 2000, 4000, 5000, 5000]);
        let config = Config {
            randomization_factor: f64::NAN,
            ..Config::default()
        };
        assert_eq!(delays(&config, 7, 2), [1000, 2000]);
    }

    #[test]
    fn b8_jitter_beyond_its_bounds_is_clamped() {
        let with = |randomization_factor| {
            let config = Config {
                randomization_factor,
                ..Config::default()
            };
            delays(&config, 7, 9)
        };
        assert_eq!(with(9.0), with(1.0));
        assert_eq!(with(-9.0), with(0.0));
    }

    #[test]
    fn w2_jitter_stays_at_the_cap() {
        let late: alloc::vec::Vec<u64> = (0..500)
            .map(|seed| delays(&Config::default(), seed, 20)[19])
            .collect();
        let (least, most) = (late.iter().min().unwrap(), late.iter().max().unwrap());
        assert!(*least < 3000 && *most > 4500, "from {least} to {most}");
        assert!(late.iter().filter(|delay| **delay == 5000).count() < 10);
    }

    #[test]
    fn w3_delay_stays_bounded_through_a_week_of_outage() {
        let config = Config::default();
        let (mut backoff, mut random) = (Backoff::default(), Random::new(1));
        let mut waited = Duration::ZERO;
        while waited < Duration::from_secs(7 * 24 * 3600) {
            let delay = backoff.next(&config, &mut random);
            assert!(delay <= config.reconnection_delay_max);
            assert!(
                backoff.attempts < 3 || delay >= Duration::from_millis(2000),
                "{delay:?}"
            );
            waited += delay;
        }
        assert!(backoff.attempts > 1015, "past the reference's overflow");
    }

    #[test]
    fn extreme_options_stay_bounded() {
        let config = Config {
            reconnection_delay: Duration::MAX,
            reconnection_delay_max: Duration::MAX,
            randomization_factor: 9.0,
            ..Config::default()
        };
        assert_eq!(delays(&config, 1, 70).len(), 70);
        let config = Config {
            reconnection_delay: Duration::ZERO,
            ..Config::default()
        };
        assert_eq!(delays(&config, 1, 3), [0, 0, 0]);
    }
}
