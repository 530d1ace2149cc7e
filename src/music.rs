//! The tune, and what plays it.
//!
//! The tune is a few bytes of score. Each note is a damped resonator, whose ring is what a plucked
//! string sounds like; all are rung into one buffer, tails wrapped around, so that it loops
//! without a seam and costs nothing while it plays.

use js_sys::Math;
use wasm_bindgen::prelude::*;
use web_sys::{AudioContext, AudioContextState};

/// Samples a second: enough for notes that end below 2 kHz.
const RATE: f32 = 22_050.0;
/// Samples an eighth note: 84 beats a minute.
const STEP: usize = 7_875;
/// How loud the whole is.
const VOLUME: f32 = 0.35;

/// Eighth by eighth, eight to a bar: `a` is [`Voice::base`], each letter a semitone above.
struct Voice {
    /// Hz.
    base: f64,
    loudness: f64,
    /// Seconds until a note has faded to a third.
    ring: f64,
    score: &'static [u8],
}

/// Pentatonic, and in no hurry: C, Am, F, G twice over.
const TUNE: [Voice; 2] = [
    Voice {
        base: 261.63,
        loudness: 0.5,
        ring: 0.34,
        score: b"q.t.qom.j.moq...o.q.omj.h.jmo...q.tvtqo.m.oqm.j.j.m.oqo.m.h.m...",
    },
    Voice {
        base: 110.0,
        loudness: 0.34,
        ring: 0.55,
        score: b"d.k.t.k.a.h.p.h.i.p.m.p.k.r.o.r.d.k.t.k.a.h.p.h.i.p.m.p.k.r.d.k.",
    },
];

/// Plays the tune, over and over. Dropped, it is silent.
pub(crate) struct Player {
    context: AudioContext,
    _on_state: Closure<dyn FnMut()>,
}

impl Player {
    /// A player that tells `sounds` each time it starts or stops to be heard; `None` where there
    /// is no sound at all.
    pub(crate) fn new(sounds: impl Fn(bool) + 'static) -> Option<Self> {
        let context = AudioContext::new().ok()?;
        let on_state = Closure::<dyn FnMut()>::new({
            let context = context.clone();
            move || sounds(context.state() == AudioContextState::Running)
        });
        context.set_onstatechange(Some(on_state.as_ref().unchecked_ref()));
        let player = Self {
            context,
            _on_state: on_state,
        };
        player.load().ok()?;
        Some(player)
    }

    pub(crate) fn play(&self) {
        // Refused before the first touch: then the state stays what it is, and so does the record.
        _ = self.context.resume();
    }

    pub(crate) fn pause(&self) {
        _ = self.context.suspend();
    }

    fn load(&self) -> Result<(), JsValue> {
        let tune = render();
        let length = u32::try_from(tune.len()).unwrap_or(0);
        let buffer = self.context.create_buffer(1, length, RATE)?;
        buffer.copy_to_channel(&tune, 0)?;
        let source = self.context.create_buffer_source()?;
        source.set_buffer(Some(&buffer));
        source.set_loop(true);
        source.connect_with_audio_node(&self.context.destination())?;
        source.start()
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.context.set_onstatechange(None);
        _ = self.context.close();
    }
}

/// The tune as samples.
fn render() -> Vec<f32> {
    let steps = TUNE
        .iter()
        .map(|voice| voice.score.len())
        .max()
        .unwrap_or(0);
    let mut tune = vec![0.0; steps * STEP];
    for voice in &TUNE {
        for (step, letter) in voice.score.iter().enumerate() {
            if let Some(semitones) = letter.checked_sub(b'a') {
                let pitch = voice.base * Math::pow(2.0, f64::from(semitones) / 12.0);
                pluck(&mut tune, step * STEP, pitch, voice.loudness, voice.ring);
                // A softer, shorter octave above makes a string of a whistle.
                pluck(
                    &mut tune,
                    step * STEP,
                    pitch * 2.0,
                    voice.loudness * 0.28,
                    voice.ring * 0.5,
                );
            }
        }
    }
    tune
}

/// Rings one partial into `tune` from `start` on, around its end.
fn pluck(tune: &mut [f32], start: usize, pitch: f64, loudness: f64, ring: f64) {
    let angle = core::f64::consts::TAU * pitch / f64::from(RATE);
    let damping = Math::exp(-1.0 / (ring * f64::from(RATE)));
    // y[n] = 2 r cos(w) y[n-1] - r² y[n-2] is a sine of angle w that fades by r a sample.
    let (feedback, fade) = (
        (2.0 * damping * Math::cos(angle)) as f32,
        (damping * damping) as f32,
    );
    let (mut last, mut current) = (0.0, (loudness * Math::sin(angle)) as f32 * VOLUME);
    let length = tune.len();
    let audible = ((ring * 6.0 * f64::from(RATE)) as usize).min(length);
    let Some((before, after)) = tune.split_at_mut_checked(start) else {
        return;
    };
    for sample in after.iter_mut().chain(before).take(audible) {
        *sample += current;
        (last, current) = (current, feedback * current - fade * last);
    }
}
