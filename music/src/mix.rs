//! The mix: position and level of each instrument, the reverb, the limiter, the fades.

use anyhow::Result;

use crate::filter::HighPass;
use crate::instruments::{Clip, Instrument, samples, smooth};
use crate::limiter;
use crate::noise::Noise;
use crate::notation;
use crate::perform::{duration, perform};
use crate::reverb::Reverb;
use crate::score::PARTS;

/// The gain of the whole mix, for about −21 LUFS.
const GAIN: f64 = 0.5;

/// The maximum of a sample, with headroom because an MP3 overshoots slightly.
const CEILING: f64 = 0.7;

/// The samples of the piece, left and right.
pub(crate) type Stereo = Vec<[f64; 2]>;

/// An instrument's position and level.
#[derive(Debug)]
struct Placement {
    gain: f64,
    /// The position, from -1, left, to 1, right.
    pan: f64,
    /// How far the position moves to the right per octave.
    spread: f64,
    /// The level that is sent to the reverb.
    send: f64,
}

fn placement(instrument: Instrument) -> Placement {
    let (gain, pan, spread, send) = match instrument {
        Instrument::Zheng => (0.90, -0.12, 0.25, 0.32),
        Instrument::Flute => (0.21, 0.14, 0.0, 0.45),
        Instrument::Kalimba => (0.26, 0.30, 0.30, 0.30),
        Instrument::Bass => (0.42, 0.0, 0.0, 0.12),
        Instrument::Pad => (0.17, 0.0, 0.9, 0.40),
        Instrument::Bird => (0.055, 0.55, 0.0, 0.9),
    };
    Placement {
        gain,
        pan,
        spread,
        send,
    }
}

/// Plays and mixes all parts.
pub(crate) fn render() -> Result<Stereo> {
    let mut dry = [[0.0; 2]].repeat(samples(duration()));
    let mut wet = dry.clone();
    for (part, seed) in PARTS.iter().zip(1..) {
        let mut noise = Noise::seeded(seed);
        let tones = perform(part.instrument, &notation::read(part)?, &mut noise);
        let placement = placement(part.instrument);
        for clip in part.instrument.play(&tones, &mut noise) {
            let sides = sides(placement.pan + placement.spread * clip.height);
            add(&mut dry, &clip, sides.map(|side| side * placement.gain));
            add(
                &mut wet,
                &clip,
                sides.map(|side| side * placement.gain * placement.send),
            );
        }
    }
    Ok(master(&dry, &wet))
}

/// Returns the gain of both channels for a position; the power is constant.
fn sides(pan: f64) -> [f64; 2] {
    let pan = pan.clamp(-0.9, 0.9);
    [((1.0 - pan) / 2.0).sqrt(), ((1.0 + pan) / 2.0).sqrt()]
}

fn add(bus: &mut Stereo, clip: &Clip, sides: [f64; 2]) {
    let [left, right] = sides;
    let later = bus.iter_mut().skip(samples(clip.start));
    for ([l, r], sample) in later.zip(&clip.samples) {
        *l += left * sample;
        *r += right * sample;
    }
}

fn master(dry: &Stereo, wet: &Stereo) -> Stereo {
    let mut reverb = Reverb::new();
    let mut rumble = [HighPass::new(35.0), HighPass::new(35.0)];
    let mut mixed: Stereo = dry
        .iter()
        .zip(wet)
        .map(|([l, r], sent)| {
            let [back_l, back_r] = reverb.next(*sent);
            let [left, right] = &mut rumble;
            [GAIN * left.next(l + back_l), GAIN * right.next(r + back_r)]
        })
        .collect();
    limiter::limit(&mut mixed, CEILING);
    fade(&mut mixed);
    mixed
}

/// Fades in and out, so that the loop has no audible seam.
fn fade(mixed: &mut Stereo) {
    let (fade_in, fade_out) = (samples(0.03) as f64, samples(0.9) as f64);
    let length = mixed.len();
    for (n, [l, r]) in mixed.iter_mut().enumerate() {
        let gain = smooth(n as f64 / fade_in) * smooth((length - 1 - n) as f64 / fade_out);
        *l *= gain;
        *r *= gain;
    }
}
