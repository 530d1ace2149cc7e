//! The orchestra.

mod bird;
mod flute;
mod kalimba;
mod pad;
mod zheng;

use crate::SAMPLE_RATE;
use crate::noise::Noise;
use crate::perform::Tone;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Instrument {
    /// A guzheng: plucked strings over a wooden body.
    Zheng,
    /// A xiao: a bamboo flute, low and breathy.
    Flute,
    Kalimba,
    /// The zheng's lowest strings, plucked with the flesh of the finger.
    Bass,
    Pad,
    Bird,
}

/// Samples of one channel, and when they start.
#[derive(Debug)]
pub(crate) struct Clip {
    /// In seconds.
    pub(crate) start: f64,
    /// How far from the middle of the instrument, by pitch: octaves above A4.
    pub(crate) height: f64,
    pub(crate) samples: Vec<f64>,
}

impl Instrument {
    /// What can be played on it.
    #[cfg(test)]
    pub(crate) fn range(self) -> std::ops::RangeInclusive<crate::notation::Pitch> {
        use crate::notation::Pitch;
        match self {
            Self::Zheng => Pitch(50)..=Pitch(86),
            Self::Flute => Pitch(62)..=Pitch(86),
            Self::Kalimba => Pitch(57)..=Pitch(81),
            Self::Bass => Pitch(38)..=Pitch(57),
            Self::Pad => Pitch(50)..=Pitch(74),
            Self::Bird => Pitch(96)..=Pitch(108),
        }
    }

    /// How far from the beat its player strays, in seconds.
    pub(crate) fn looseness(self) -> f64 {
        match self {
            Self::Zheng | Self::Kalimba => 0.012,
            Self::Flute => 0.016,
            Self::Bass => 0.008,
            Self::Pad | Self::Bird => 0.05,
        }
    }

    /// The time from one note of a chord to the next, in seconds.
    pub(crate) fn roll(self) -> f64 {
        match self {
            Self::Zheng => 0.055,
            Self::Pad => 0.12,
            Self::Flute | Self::Kalimba | Self::Bass | Self::Bird => 0.0,
        }
    }

    /// Makes the sound of what is played.
    pub(crate) fn play(self, tones: &[Tone], noise: &mut Noise) -> Vec<Clip> {
        let each = |play: &mut dyn FnMut(&Tone) -> Vec<f64>| {
            let clip = |tone: &Tone| Clip::of(tone, play(tone));
            tones.iter().map(clip).collect()
        };
        match self {
            Self::Zheng => each(&mut |tone| zheng::pluck(tone, &zheng::NAIL, noise)),
            Self::Bass => each(&mut |tone| zheng::pluck(tone, &zheng::FLESH, noise)),
            Self::Kalimba => each(&mut |tone| kalimba::strike(tone, noise)),
            Self::Pad => each(&mut |tone| pad::swell(tone, noise)),
            Self::Bird => each(&mut |tone| bird::call(tone, noise)),
            Self::Flute => flute::phrases(tones)
                .filter_map(|phrase| Some(Clip::of(phrase.first()?, flute::blow(phrase, noise))))
                .collect(),
        }
    }
}

impl Clip {
    fn of(tone: &Tone, samples: Vec<f64>) -> Self {
        Self {
            start: tone.start,
            height: libm::log2(tone.hertz / 440.0),
            samples,
        }
    }
}

/// How many samples a time takes.
pub(crate) fn samples(seconds: f64) -> usize {
    (seconds * SAMPLE_RATE).round() as usize
}

/// The times of as many samples as these seconds take.
fn times(seconds: f64) -> impl Iterator<Item = f64> {
    (0..samples(seconds)).map(|n| n as f64 / SAMPLE_RATE)
}

/// From 0 to 1 while `x` goes from 0 to 1, with no corner at either end.
pub(crate) fn smooth(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

/// By how much a number of cents changes a frequency.
fn cents(cents: f64) -> f64 {
    libm::exp2(cents / 1200.0)
}

/// The decay to a thousandth in this many seconds, after so many.
fn decay(time: f64, thousandth: f64) -> f64 {
    libm::exp(-6.907_755 * time / thousandth)
}
