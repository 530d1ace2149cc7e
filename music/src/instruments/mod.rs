//! The instruments.

mod bird;
mod flute;
mod kalimba;
mod pad;
mod shape;
mod zheng;

pub(crate) use self::shape::{samples, smooth};

use crate::noise::Noise;
use crate::tone::Tone;

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
    /// The start, in seconds.
    pub(crate) start: f64,
    /// The distance from the middle of the instrument, in octaves above A4.
    pub(crate) height: f64,
    pub(crate) samples: Vec<f64>,
}

impl Instrument {
    /// Returns how far its player deviates from the beat, in seconds.
    pub(crate) fn looseness(self) -> f64 {
        match self {
            Self::Zheng | Self::Kalimba => 0.012,
            Self::Flute => 0.016,
            Self::Bass => 0.008,
            Self::Pad | Self::Bird => 0.05,
        }
    }

    /// Returns the time from one note of a chord to the next, in seconds.
    pub(crate) fn roll(self) -> f64 {
        match self {
            Self::Zheng => 0.055,
            Self::Pad => 0.12,
            Self::Flute | Self::Kalimba | Self::Bass | Self::Bird => 0.0,
        }
    }

    /// Synthesises the tones.
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
