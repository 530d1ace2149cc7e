//! The curves that sounds are made of.

use crate::SAMPLE_RATE;

/// How many samples a time takes.
pub(crate) fn samples(seconds: f64) -> usize {
    (seconds * SAMPLE_RATE).round() as usize
}

/// The times of as many samples as these seconds take.
pub(super) fn times(seconds: f64) -> impl Iterator<Item = f64> {
    (0..samples(seconds)).map(|n| n as f64 / SAMPLE_RATE)
}

/// From 0 to 1 while `x` goes from 0 to 1, with no corner at either end.
pub(crate) fn smooth(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

/// By how much a number of cents changes a frequency.
pub(super) fn cents(cents: f64) -> f64 {
    libm::exp2(cents / 1200.0)
}

/// The decay to a thousandth in this many seconds, after so many.
pub(super) fn decay(time: f64, thousandth: f64) -> f64 {
    libm::exp(-6.907_755 * time / thousandth)
}
