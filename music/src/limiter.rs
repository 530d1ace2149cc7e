//! A look-ahead limiter.

use crate::SAMPLE_RATE;

/// The time in which the gain falls from one to zero ahead of a peak, and that in which it rises
/// again, in seconds.
const ATTACK: f64 = 0.02;
const RELEASE: f64 = 0.4;

/// Reduces both channels around peaks above the ceiling, and leaves the rest unchanged.
pub(crate) fn limit(mixed: &mut [[f64; 2]], ceiling: f64) {
    let mut gains: Vec<f64> = mixed
        .iter()
        .map(|[l, r]| ceiling / l.abs().max(r.abs()).max(ceiling))
        .collect();
    ramp(gains.iter_mut().rev(), 1.0 / (ATTACK * SAMPLE_RATE));
    ramp(gains.iter_mut(), 1.0 / (RELEASE * SAMPLE_RATE));
    for ([l, r], gain) in mixed.iter_mut().zip(gains) {
        *l *= gain;
        *r *= gain;
    }
}

/// Limits the rise of the gain to `step` per sample.
fn ramp<'a>(gains: impl Iterator<Item = &'a mut f64>, step: f64) {
    let mut before = 1.0;
    for gain in gains {
        *gain = gain.min(before + step);
        before = *gain;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::samples;

    #[test]
    fn a_peak_is_held_down_and_what_is_far_from_it_is_left_alone() {
        let mut mixed = [[0.3, -0.2]].repeat(samples(2.0));
        mixed[samples(1.0)] = [0.1, -2.0];
        limit(&mut mixed, 0.7);
        let loudest = mixed
            .iter()
            .flatten()
            .fold(0.0, |max: f64, x| max.max(x.abs()));
        assert!((loudest - 0.7).abs() < 1e-12, "{loudest}");
        assert_eq!(mixed[0], [0.3, -0.2]);
        assert_eq!(mixed[samples(1.9)], [0.3, -0.2]);
        let jump = mixed
            .windows(2)
            .take(samples(1.0) - 2)
            .map(|two| two[0][0] - two[1][0]);
        assert!(jump.into_iter().all(|jump| jump < 0.001));
    }
}
