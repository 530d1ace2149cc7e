//! A soft pad: three slightly detuned voices that fade in and out slowly.

use std::f64::consts::TAU;

use super::shape::{cents, smooth, times};
use crate::noise::Noise;
use crate::tone::Tone;

const ATTACK: f64 = 1.1;
const RELEASE: f64 = 1.7;

/// The level of each harmonic. The higher ones start later and end earlier.
const HARMONICS: [f64; 5] = [1.0, 0.34, 0.16, 0.07, 0.03];

pub(crate) fn swell(tone: &Tone, noise: &mut Noise) -> Vec<f64> {
    let voices = [-4.5, 0.3, 4.0].map(|apart| (tone.hertz * cents(apart), noise.next()));
    let sway = noise.next();
    let length = tone.seconds + RELEASE;
    times(length)
        .map(|time| {
            let open = smooth(time / ATTACK) * smooth((length - time) / RELEASE);
            let slow = 1.0 + 0.08 * libm::sin(TAU * (0.23 * time + sway));
            let sound = voices.iter().map(|(hertz, phase)| {
                let harmonics = HARMONICS.iter().zip(1..).map(|(loud, n)| {
                    let n = f64::from(n);
                    let bright = if n > 1.0 { open } else { 1.0 };
                    loud * bright * libm::sin(TAU * n * (hertz * time + phase))
                });
                harmonics.sum::<f64>()
            });
            tone.level * open * slow * sound.sum::<f64>() / 3.0
        })
        .collect()
}
