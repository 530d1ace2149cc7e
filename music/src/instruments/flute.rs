//! A bamboo flute: a few harmonics with breath noise, and one breath per phrase, so that notes are
//! slurred.

use std::f64::consts::TAU;

use super::shape::{cents, smooth, times};
use crate::SAMPLE_RATE;
use crate::filter::{BandPass, HighPass, LowPass};
use crate::noise::Noise;
use crate::tone::Tone;

/// The level of each harmonic, and how much it increases with a stronger breath.
const HARMONICS: [(f64, f64); 7] = [
    (1.0, 0.0),
    (0.30, 0.20),
    (0.14, 0.18),
    (0.03, 0.10),
    (0.02, 0.05),
    (0.008, 0.03),
    (0.003, 0.015),
];

/// The time in which a breath fades out, in seconds.
const RELEASE: f64 = 0.45;

/// Splits tones into phrases without rests.
pub(crate) fn phrases(tones: &[Tone]) -> impl Iterator<Item = &[Tone]> {
    tones.chunk_by(|a, b| b.start - (a.start + a.seconds) < 0.1)
}

pub(crate) fn blow(phrase: &[Tone], noise: &mut Noise) -> Vec<f64> {
    let (Some(first), Some(last)) = (phrase.first(), phrase.last()) else {
        return Vec::new();
    };
    let end = last.start + last.seconds - first.start;
    let mut lips = Lips::new(first);
    let mut air = Air::new(first.hertz);
    let mut playing = Playing::new(phrase);
    let mut angle = 0.0;
    times(end + RELEASE)
        .map(|time| {
            let tone = playing.at(first.start + time).unwrap_or(last);
            let since = first.start + time - tone.start;
            let (hertz, breath) = lips.next(tone, since, time < end - 0.03, noise);
            angle = (angle + hertz / SAMPLE_RATE) % 1.0;
            let sound = harmonics(angle, breath) + air.next(hertz, since, noise);
            breath * sound * smooth((end + RELEASE - time) / 0.1)
        })
        .collect()
}

/// Returns the sum of the harmonics at a phase of the period.
fn harmonics(angle: f64, breath: f64) -> f64 {
    let loud = HARMONICS.iter().zip(1..).map(|((base, more), n)| {
        let n = f64::from(n);
        (base + more * breath) * libm::sin(TAU * n * angle + 0.4 * n)
    });
    loud.sum()
}

/// The current tone of a phrase.
#[derive(Debug)]
struct Playing<'a> {
    now: Option<&'a Tone>,
    later: std::slice::Iter<'a, Tone>,
}

impl<'a> Playing<'a> {
    fn new(phrase: &'a [Tone]) -> Self {
        let mut later = phrase.iter();
        Self {
            now: later.next(),
            later,
        }
    }

    fn at(&mut self, time: f64) -> Option<&'a Tone> {
        let next = self.later.as_slice().first();
        if next.is_some_and(|next| next.start <= time) {
            self.now = self.later.next();
        }
        self.now
    }
}

/// Pitch and breath, both smoothed.
#[derive(Debug)]
struct Lips {
    octave: LowPass,
    breath: [LowPass; 2],
    drift: LowPass,
    time: f64,
}

impl Lips {
    fn new(first: &Tone) -> Self {
        let mut octave = LowPass::lag(0.012);
        // The first note starts slightly flat.
        octave.jump(libm::log2(first.hertz) - 0.035);
        Self {
            octave,
            breath: [LowPass::lag(0.03), LowPass::lag(0.05)],
            drift: LowPass::new(0.8),
            time: 0.0,
        }
    }

    /// Returns frequency and strength, `since` seconds into a tone.
    fn next(&mut self, tone: &Tone, since: f64, blown: bool, noise: &mut Noise) -> (f64, f64) {
        self.time += 1.0 / SAMPLE_RATE;
        let below = if tone.slide && since < 0.09 {
            200.0
        } else {
            0.0
        };
        let octave = self.octave.next(libm::log2(tone.hertz * cents(-below)));
        let depth = if tone.vibrato { 1.0 } else { 0.4 } * smooth((since - 0.2) / 0.6);
        let wave = libm::sin(TAU * 4.6 * self.time) * depth;
        let drift = 250.0 * self.drift.next(noise.next());
        // Tonguing between notes, and a swell within long ones.
        let tongue = if since < 0.035 { 0.55 } else { 1.0 };
        let swell = 0.85 + 0.15 * smooth(since / 0.7);
        let wanted = if blown {
            tone.level * tongue * swell
        } else {
            0.0
        };
        let breath = self.breath.iter_mut().fold(wanted, |x, lag| lag.next(x));
        let hertz = libm::exp2(octave) * cents(9.0 * wave + drift);
        (hertz, breath * (1.0 + 0.07 * wave))
    }
}

/// The breath noise: strongest around the note, and stronger at its start.
#[derive(Debug)]
struct Air {
    hertz: f64,
    bands: [BandPass; 2],
    hiss: HighPass,
    dull: LowPass,
}

impl Air {
    fn new(hertz: f64) -> Self {
        Self {
            hertz,
            bands: [BandPass::new(hertz, 9.0), BandPass::new(2.0 * hertz, 9.0)],
            hiss: HighPass::new(1800.0),
            dull: LowPass::new(3500.0),
        }
    }

    fn next(&mut self, hertz: f64, since: f64, noise: &mut Noise) -> f64 {
        // Small bends stay within the bands.
        if (hertz / self.hertz - 1.0).abs() > 0.05 {
            self.hertz = hertz;
            for (band, n) in self.bands.iter_mut().zip([1.0, 2.0]) {
                band.tune(n * hertz, 9.0);
            }
        }
        let air = noise.next();
        let near: f64 = self.bands.iter_mut().map(|band| band.next(air)).sum();
        let hiss = self.dull.next(self.hiss.next(air));
        let chiff = 1.0 + 1.2 * (1.0 - smooth(since / 0.12));
        chiff * (0.22 * near + 0.04 * hiss)
    }
}
