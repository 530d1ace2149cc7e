//! A kalimba, close to a marimba: the few modes of a tine, each with its own decay, and the noise
//! of a thumb.

use std::f64::consts::TAU;

use super::shape::{decay, smooth, times};
use crate::filter::LowPass;
use crate::noise::Noise;
use crate::tone::Tone;

/// For each mode, the ratio of its frequency to the lowest one, its level, and its decay time at
/// 440 Hz, in seconds.
const MODES: [(f64, f64, f64); 4] = [
    (1.0, 1.0, 1.5),
    (2.0, 0.07, 0.6),
    (3.98, 0.13, 0.32),
    (10.1, 0.025, 0.07),
];

pub(crate) fn strike(tone: &Tone, noise: &mut Noise) -> Vec<f64> {
    let ring = libm::sqrt(440.0 / tone.hertz);
    let mut thumb = LowPass::new(1400.0);
    let length = 1.4 * ring;
    times(length)
        .map(|time| {
            let modes = MODES.iter().map(|(ratio, loud, seconds)| {
                let wave = libm::sin(TAU * ratio * tone.hertz * time);
                // A hard touch sounds brighter.
                let loud = if *ratio > 1.0 {
                    loud * 1.6 * tone.level
                } else {
                    *loud
                };
                loud * wave * decay(time, seconds * ring)
            });
            let touch = 0.12 * thumb.next(noise.next()) * decay(time, 0.03);
            let edges = smooth(time / 0.004) * smooth((length - time) / 0.2);
            tone.level * edges * (modes.sum::<f64>() + touch)
        })
        .collect()
}
