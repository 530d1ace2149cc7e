//! Plucked strings after Karplus and Strong: a delay line of the string's period, with a loss
//! filter in the loop. The delay is fractional, since otherwise high notes would be out of tune,
//! and it may vary for a slide or a vibrato.

use std::f64::consts::TAU;

use super::shape::{cents, decay, samples, smooth, times};
use crate::SAMPLE_RATE;
use crate::filter::{BandPass, LowPass};
use crate::noise::Noise;
use crate::tone::Tone;

/// How strings are plucked, and how they decay.
#[derive(Debug)]
pub(crate) struct Touch {
    /// The cutoff frequency of a pluck, in hertz.
    brightness: f64,
    /// The share of the nail's scratch in a pluck.
    scratch: f64,
    /// The share of the previous sample that is mixed in each period, at 440 Hz. It damps the
    /// higher harmonics first.
    loss: f64,
    /// The decay time of a string of 440 Hz, in seconds.
    ring: f64,
}

pub(crate) const NAIL: Touch = Touch {
    brightness: 2600.0,
    scratch: 0.22,
    loss: 0.07,
    ring: 4.8,
};

pub(crate) const FLESH: Touch = Touch {
    brightness: 700.0,
    scratch: 0.05,
    loss: 0.12,
    ring: 2.2,
};

pub(crate) fn pluck(tone: &Tone, touch: &Touch, noise: &mut Noise) -> Vec<f64> {
    // Long strings ring longer.
    let ring = touch.ring * libm::pow(440.0 / tone.hertz, 0.4);
    let loss = (touch.loss * 440.0 / tone.hertz).clamp(0.01, 0.4);
    let mut string = Wire::new(tone.hertz, ring, loss);
    let mut excitation = excite(tone, touch, noise).into_iter();
    let mut wood = [(196.0, 0.5), (410.0, 0.35), (1150.0, 0.12)]
        .map(|(hertz, share)| (BandPass::new(hertz, 1.8), share));
    let length = (0.8 * ring).max(tone.seconds + 0.5);
    let sound: Vec<f64> = times(length)
        .map(|time| {
            let bent = tone.hertz * cents(bend(tone, time));
            let dry = string.next(excitation.next().unwrap_or(0.0), bent);
            let body = wood.iter_mut().map(|(band, share)| *share * band.next(dry));
            (dry + body.sum::<f64>()) * smooth(time / 0.002) * smooth((length - time) / 0.3)
        })
        .collect();
    let peak = sound.iter().fold(1e-9, |peak: f64, x| peak.max(x.abs()));
    sound.iter().map(|x| tone.level * x / peak).collect()
}

/// Returns the excitation of the string: a soft push and a little scratch, without the harmonics
/// that have a node under the finger.
fn excite(tone: &Tone, touch: &Touch, noise: &mut Noise) -> Vec<f64> {
    let period = samples(1.0 / tone.hertz).max(4);
    let mut dull = LowPass::new(touch.brightness * (0.55 + tone.level));
    let mut duller = LowPass::new(1.6 * touch.brightness);
    let push = period / 3;
    let mut burst: Vec<f64> = (0..period)
        .map(|n| {
            let push = if n < push { 1.0 } else { 0.0 };
            duller.next(dull.next(push + touch.scratch * 3.0 * noise.next()))
        })
        .collect();
    let place = (period as f64 * 0.18).round() as usize;
    let delayed = [0.0].repeat(place).into_iter().chain(burst.clone());
    burst.extend([0.0].repeat(place));
    let plucked: Vec<f64> = burst.iter().zip(delayed).map(|(x, y)| x - y).collect();
    let mean = plucked.iter().sum::<f64>() / plucked.len() as f64;
    plucked.iter().map(|x| x - mean).collect()
}

/// Returns by how many cents the left hand bends the string.
fn bend(tone: &Tone, time: f64) -> f64 {
    let slide = if tone.slide {
        -200.0 * (1.0 - smooth((time - 0.05) / 0.16))
    } else {
        0.0
    };
    let vibrato = if tone.vibrato {
        let depth = 13.0 * smooth((time - 0.25) / 0.5) * decay(time, 6.0);
        depth * libm::sin(TAU * 4.9 * time)
    } else {
        0.0
    };
    slide + vibrato
}

/// A string and its loss filter.
#[derive(Debug)]
struct Wire {
    /// A ring buffer of the last samples.
    past: Vec<f64>,
    now: usize,
    gain: f64,
    loss: f64,
    before: f64,
    hertz: f64,
    /// The period in samples, minus the delay of the loss filter.
    delay: f64,
}

impl Wire {
    fn new(hertz: f64, ring: f64, loss: f64) -> Self {
        // Long enough for the lowest slide.
        let longest = samples(1.3 / hertz) + 8;
        Self {
            past: [0.0].repeat(longest),
            now: 0,
            gain: decay(1.0 / hertz, ring),
            loss,
            before: 0.0,
            hertz,
            delay: delay(hertz, loss),
        }
    }

    fn next(&mut self, excitation: f64, hertz: f64) -> f64 {
        if hertz != self.hertz {
            self.hertz = hertz;
            self.delay = delay(hertz, self.loss);
        }
        let heard = self.heard();
        let kept = (1.0 - self.loss) * heard + self.loss * self.before;
        self.before = heard;
        let sample = excitation + self.gain * kept;
        if let Some(slot) = self.past.get_mut(self.now) {
            *slot = sample;
        }
        self.now = (self.now + 1) % self.past.len();
        sample
    }

    /// Returns the input one delay ago, by cubic Lagrange interpolation of the four samples around
    /// it.
    fn heard(&self) -> f64 {
        let whole = self.delay.floor();
        let x = self.delay - whole;
        let back = |more: usize| {
            let ago = whole as usize + more;
            let at = (self.now + 2 * self.past.len() + 1 - ago) % self.past.len();
            self.past.get(at).copied().unwrap_or(0.0)
        };
        -x * (x - 1.0) * (x - 2.0) / 6.0 * back(0)
            + (x + 1.0) * (x - 1.0) * (x - 2.0) / 2.0 * back(1)
            - (x + 1.0) * x * (x - 2.0) / 2.0 * back(2)
            + (x + 1.0) * x * (x - 1.0) / 6.0 * back(3)
    }
}

/// Returns the delay in samples with which a loop with this loss has this frequency.
fn delay(hertz: f64, loss: f64) -> f64 {
    let turn = TAU * hertz / SAMPLE_RATE;
    let lag = libm::atan2(loss * libm::sin(turn), 1.0 - loss + loss * libm::cos(turn)) / turn;
    SAMPLE_RATE / hertz - lag
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f64, slide: bool) -> Tone {
        Tone {
            start: 0.0,
            seconds: 1.0,
            hertz,
            level: 0.5,
            slide,
            vibrato: false,
        }
    }

    /// Returns the phase of a frequency in a window of 0.2 seconds.
    fn phase(sound: &[f64], hertz: f64, from: f64) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        let window = &sound[samples(from)..samples(from + 0.2)];
        for (x, time) in window.iter().zip(times(0.2)) {
            let weight = 1.0 - libm::cos(TAU * time / 0.2);
            re += weight * x * libm::cos(TAU * hertz * (from + time));
            im -= weight * x * libm::sin(TAU * hertz * (from + time));
        }
        libm::atan2(im, re)
    }

    /// Returns how far a sound deviates from a frequency after a third of a second, in cents.
    fn detuned(sound: &[f64], hertz: f64) -> f64 {
        let hop = samples(0.02) as f64 / SAMPLE_RATE;
        let mut turned = phase(sound, hertz, 0.3 + hop) - phase(sound, hertz, 0.3);
        turned -= TAU * (turned / TAU).round();
        1200.0 * libm::log2(1.0 + turned / (TAU * hop) / hertz)
    }

    #[test]
    fn strings_are_in_tune_also_after_a_slide() {
        for hertz in [
            110.0, 146.83, 293.66, 587.33, 739.99, 880.0, 987.77, 1174.66,
        ] {
            for touch in [&NAIL, &FLESH] {
                for slide in [false, true] {
                    let sound = pluck(&tone(hertz, slide), touch, &mut Noise::seeded(3));
                    let cents = detuned(&sound, hertz);
                    assert!(cents.abs() < 2.0, "{hertz} Hz: {cents} cents, {touch:?}");
                }
            }
        }
    }

    #[test]
    fn a_string_fades() {
        let sound = pluck(&tone(440.0, false), &NAIL, &mut Noise::seeded(3));
        let power = |part: &[f64]| part.iter().map(|x| x * x).sum::<f64>();
        let (early, late) = (&sound[..samples(0.3)], &sound[samples(1.5)..samples(1.8)]);
        assert!(power(late) < 0.05 * power(early));
        assert!(power(late) > 0.0);
    }
}
