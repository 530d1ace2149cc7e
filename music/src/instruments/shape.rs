//! The curves of which sounds consist.

use crate::SAMPLE_RATE;

/// Returns the number of samples in a time.
pub(crate) fn samples(seconds: f64) -> usize {
    (seconds * SAMPLE_RATE).round() as usize
}

/// Returns the times of the samples in this many seconds.
pub(super) fn times(seconds: f64) -> impl Iterator<Item = f64> {
    (0..samples(seconds)).map(|n| n as f64 / SAMPLE_RATE)
}

/// Returns a smooth step from 0 to 1 for `x` from 0 to 1, flat at both ends.
pub(crate) fn smooth(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

/// Returns the frequency ratio of an interval in cents.
pub(super) fn cents(cents: f64) -> f64 {
    libm::exp2(cents / 1200.0)
}

/// Returns the level after `time` of a decay to a thousandth in `thousandth` seconds.
pub(super) fn decay(time: f64, thousandth: f64) -> f64 {
    libm::exp(-6.907_755 * time / thousandth)
}
