//! Small filters.

use std::f64::consts::TAU;

use crate::SAMPLE_RATE;

/// A first-order low-pass filter: six decibels per octave above the cutoff.
#[derive(Debug)]
pub(crate) struct LowPass {
    step: f64,
    held: f64,
}

impl LowPass {
    pub(crate) fn new(hertz: f64) -> Self {
        Self {
            step: 1.0 - libm::exp(-TAU * hertz / SAMPLE_RATE),
            held: 0.0,
        }
    }

    /// Creates a filter that follows its input with this time constant.
    pub(crate) fn lag(seconds: f64) -> Self {
        Self::new(1.0 / (TAU * seconds))
    }

    /// Sets the current output.
    pub(crate) fn jump(&mut self, held: f64) {
        self.held = held;
    }

    pub(crate) fn next(&mut self, input: f64) -> f64 {
        self.held += self.step * (input - self.held);
        self.held
    }
}

/// A high-pass filter: the input minus its low-passed part, so that no constant offset passes.
#[derive(Debug)]
pub(crate) struct HighPass(LowPass);

impl HighPass {
    pub(crate) fn new(hertz: f64) -> Self {
        Self(LowPass::new(hertz))
    }

    pub(crate) fn next(&mut self, input: f64) -> f64 {
        input - self.0.next(input)
    }
}

/// A band-pass filter around one frequency, where its gain is 1.
#[derive(Debug)]
pub(crate) struct BandPass {
    gain: f64,
    back: (f64, f64),
    inputs: (f64, f64),
    outputs: (f64, f64),
}

impl BandPass {
    pub(crate) fn new(hertz: f64, quality: f64) -> Self {
        let mut band = Self {
            gain: 0.0,
            back: (0.0, 0.0),
            inputs: (0.0, 0.0),
            outputs: (0.0, 0.0),
        };
        band.tune(hertz, quality);
        band
    }

    /// Moves the band, and keeps the state of the filter.
    pub(crate) fn tune(&mut self, hertz: f64, quality: f64) {
        let turn = TAU * hertz / SAMPLE_RATE;
        let width = libm::sin(turn) / (2.0 * quality);
        let scale = 1.0 + width;
        self.gain = width / scale;
        self.back = (-2.0 * libm::cos(turn) / scale, (1.0 - width) / scale);
    }

    pub(crate) fn next(&mut self, input: f64) -> f64 {
        let output = self.gain * (input - self.inputs.1)
            - self.back.0 * self.outputs.0
            - self.back.1 * self.outputs.1;
        self.inputs = (input, self.inputs.0);
        self.outputs = (output, self.outputs.0);
        output
    }
}
