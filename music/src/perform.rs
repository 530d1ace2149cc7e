//! Turns the score into timed tones: tempo, rolled chords, and human deviations.

use crate::instruments::Instrument;
use crate::noise::Noise;
use crate::notation::Line;
use crate::score::{BARS, BEATS_A_BAR, TEMPO};
use crate::tone::Tone;

/// The time before the first note, in seconds, so that it can be early and swell.
const LEAD_IN: f64 = 0.12;

/// Returns the time of a beat, in seconds.
pub(crate) fn time(beat: f64) -> f64 {
    let ends = TEMPO.iter().skip(1).map(|(from, _)| *from);
    let spans = TEMPO.iter().zip(ends.chain([f64::INFINITY]));
    let passed = spans.map(|((from, bpm), to)| (beat.min(to) - from).max(0.0) * 60.0 / bpm);
    LEAD_IN + passed.sum::<f64>()
}

/// Returns the length of the piece, in seconds.
pub(crate) fn duration() -> f64 {
    time(f64::from(BARS) * BEATS_A_BAR)
}

/// Turns a line into tones, in the style of its instrument.
pub(crate) fn perform(instrument: Instrument, line: &Line, noise: &mut Noise) -> Vec<Tone> {
    let mut tones = Vec::new();
    for note in &line.notes {
        let late = instrument.looseness() * noise.human();
        let level = note.level * arch(note.at) * (1.0 + 0.07 * noise.human());
        let mut roll = 0.0;
        for pitch in &note.pitches {
            let start = time(note.at) + late + roll;
            tones.push(Tone {
                start: start.max(0.0),
                seconds: time(note.at + note.beats) - time(note.at),
                hertz: pitch.hertz(),
                level,
                slide: note.slide,
                vibrato: note.vibrato,
            });
            roll += instrument.roll() * (1.0 + 0.2 * noise.human());
        }
    }
    tones
}

/// Returns the dynamics at a beat: a phrase of four bars swells to its middle and ebbs, and the
/// first beat of a bar has a slight accent.
fn arch(beat: f64) -> f64 {
    let phrase = 4.0 * BEATS_A_BAR;
    let place = (beat % phrase) / phrase;
    let weight = if beat % BEATS_A_BAR == 0.0 { 1.04 } else { 1.0 };
    weight * (0.9 + 0.4 * place * (1.0 - place) * 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation;
    use crate::score::PARTS;

    #[test]
    fn a_beat_lasts_as_long_as_the_tempo_says() {
        assert!((time(1.0) - time(0.0) - 60.0 / 74.0).abs() < 1e-9);
        assert!((time(64.0) - time(60.0) - 4.0 * 60.0 / 48.0).abs() < 1e-9);
    }

    #[test]
    fn hands_stay_near_the_beat_and_are_not_a_clock() {
        let line = notation::read(&PARTS[0]).unwrap();
        let tones = perform(Instrument::Zheng, &line, &mut Noise::seeded(1));
        let first = line.notes.iter().flat_map(|note| {
            let others = vec![None; note.pitches.len() - 1];
            [Some(note.at)].into_iter().chain(others)
        });
        let off: Vec<f64> = tones
            .iter()
            .zip(first)
            .filter_map(|(tone, beat)| Some(tone.start - time(beat?)))
            .collect();
        assert!(off.iter().all(|off| off.abs() < 0.03), "{off:?}");
        assert!(off.iter().any(|off| off.abs() > 0.002), "{off:?}");
    }
}
