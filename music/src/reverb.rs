//! The reverb: eight delay lines that feed each other, with a low pass in each loop.

use crate::SAMPLE_RATE;
use crate::filter::LowPass;
use crate::instruments::samples;

/// The time in which an echo decays to a thousandth, in seconds.
const DECAY: f64 = 1.9;

/// The lengths of the delay lines in samples. They have no common divisor, so that echoes do not
/// coincide.
const LENGTHS: [usize; 8] = [953, 1097, 1289, 1433, 1621, 1789, 1993, 2239];

#[derive(Debug)]
pub(crate) struct Reverb {
    before: [Delay; 2],
    diffusers: [[Diffuser; 2]; 2],
    lines: [Line; 8],
}

impl Reverb {
    pub(crate) fn new() -> Self {
        let wait = samples(0.018);
        Self {
            before: [Delay::new(wait), Delay::new(wait + 61)],
            diffusers: [
                [Diffuser::new(211), Diffuser::new(347)],
                [Diffuser::new(223), Diffuser::new(331)],
            ],
            lines: LENGTHS.map(Line::new),
        }
    }

    /// Returns the reverberated sample, left and right.
    pub(crate) fn next(&mut self, input: [f64; 2]) -> [f64; 2] {
        let mut fed = [0.0; 2];
        let paths = self.before.iter_mut().zip(&mut self.diffusers);
        for ((fed, input), (delay, diffusers)) in fed.iter_mut().zip(input).zip(paths) {
            let late = delay.swap(input);
            *fed = diffusers.iter_mut().fold(late, |x, next| next.next(x));
        }
        let heard = self.lines.each_mut().map(Line::heard);
        // A Householder matrix: every line feeds every other, and the energy is preserved.
        let shared = heard.iter().sum::<f64>() / 4.0;
        let mut out = [0.0; 2];
        for ((n, line), heard) in self.lines.iter_mut().enumerate().zip(heard) {
            let [left, right] = fed;
            let [l, r] = &mut out;
            let (input, side) = if n % 2 == 0 { (left, l) } else { (right, r) };
            // The lines of one side alternate in sign, so that their sum is not a comb filter.
            *side += if n % 4 < 2 { heard } else { -heard };
            line.delay.put(input + heard - shared);
        }
        out.map(|x| x / 2.0)
    }
}

#[derive(Debug)]
struct Line {
    delay: Delay,
    dull: LowPass,
    gain: f64,
}

impl Line {
    fn new(length: usize) -> Self {
        Self {
            delay: Delay::new(length),
            dull: LowPass::new(4200.0),
            gain: libm::pow(0.001, length as f64 / SAMPLE_RATE / DECAY),
        }
    }

    fn heard(&mut self) -> f64 {
        self.gain * self.dull.next(self.delay.oldest())
    }
}

/// An all-pass filter after Schroeder, which smears a click.
#[derive(Debug)]
struct Diffuser(Delay);

impl Diffuser {
    fn new(length: usize) -> Self {
        Self(Delay::new(length))
    }

    fn next(&mut self, input: f64) -> f64 {
        let held = self.0.oldest();
        let inner = input - 0.6 * held;
        self.0.put(inner);
        held + 0.6 * inner
    }
}

#[derive(Debug)]
struct Delay {
    held: Vec<f64>,
    now: usize,
}

impl Delay {
    fn new(length: usize) -> Self {
        Self {
            held: [0.0].repeat(length.max(1)),
            now: 0,
        }
    }

    fn oldest(&self) -> f64 {
        self.held.get(self.now).copied().unwrap_or(0.0)
    }

    /// Replaces the oldest sample.
    fn put(&mut self, sample: f64) {
        if let Some(slot) = self.held.get_mut(self.now) {
            *slot = sample;
        }
        self.now = (self.now + 1) % self.held.len();
    }

    fn swap(&mut self, sample: f64) -> f64 {
        let oldest = self.oldest();
        self.put(sample);
        oldest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_rings_on_both_sides_and_is_gone_after_its_time() {
        let mut reverb = Reverb::new();
        let mut power = [[0.0; 2]; 5];
        for n in 0..samples(2.5) {
            let click = if n == 0 { 1.0 } else { 0.0 };
            let out = reverb.next([click, 0.0]);
            let half = &mut power[n / samples(0.5)];
            half[0] += out[0] * out[0];
            half[1] += out[1] * out[1];
        }
        assert!(power[0].iter().all(|side| *side > 1e-3), "{power:?}");
        // 1.9 s for sixty decibels: fifteen in each half second, or more where the low pass
        // attenuates.
        for side in 0..2 {
            for half in 1..4 {
                assert!(
                    power[half][side] < 0.06 * power[half - 1][side],
                    "{power:?}"
                );
            }
        }
    }
}
