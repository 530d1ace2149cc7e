//! A distant bird: a few whistles, each with its own bend.

use std::f64::consts::TAU;

use super::shape::{smooth, times};
use crate::SAMPLE_RATE;
use crate::noise::Noise;
use crate::tone::Tone;

pub(crate) fn call(tone: &Tone, noise: &mut Noise) -> Vec<f64> {
    let mut sound = Vec::new();
    let mut left = tone.seconds;
    while left > 0.2 {
        let whistle = 0.09 + 0.04 * noise.next();
        let pause = 0.10 + 0.06 * noise.next();
        let from = tone.hertz * (1.0 + 0.06 * noise.next());
        let to = from * (1.0 + 0.16 * noise.next());
        let level = tone.level * (0.75 + 0.25 * noise.next());
        let mut angle = 0.0;
        sound.extend(times(whistle).map(|time| {
            let place = time / whistle;
            angle += (from + (to - from) * smooth(place)) / SAMPLE_RATE;
            let open = smooth(3.0 * place) * smooth(2.0 * (1.0 - place));
            level * open * libm::sin(TAU * angle)
        }));
        sound.extend(times(pause).map(|_| 0.0));
        left -= whistle + pause;
    }
    sound
}
