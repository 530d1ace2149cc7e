//! The piece: the gong mode on D (D E F♯ A B), A A′ B A″, sixteen bars of four beats.
//!
//! `notation.rs` describes the notation. Every part has a line for each phrase of four bars.

use crate::instruments::Instrument;

pub(crate) const TITLE: &str = "种植园";

pub(crate) const BARS: u32 = 16;
pub(crate) const BEATS_A_BAR: f64 = 4.0;

/// The tempo: the first beat and the beats per minute. The end slows down, so that it has faded
/// when the loop restarts.
pub(crate) const TEMPO: [(f64, f64); 5] = [
    (0.0, 74.0),
    (54.0, 71.0),
    (57.0, 67.0),
    (59.0, 61.0),
    (60.0, 48.0),
];

/// The part of one instrument.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) instrument: Instrument,
    pub(crate) phrases: [&'static str; 4],
}

pub(crate) const PARTS: [Part; 6] = [
    Part {
        instrument: Instrument::Zheng,
        phrases: [
            "p D5:1.5 E5:.5 mp F#5:1 A5 | F#5:.5 E5 D5:1 B4:2~ | p A4:1 B4:.5 mp D5 /E5:1 F#5:.5 D5 | E5:2.5~ pp A4:.25 B4 D5 E5 p F#5 A5",
            "pp D4+A4+D5:2 -:.5 A4 D5 E5 | B3+F#4+B4:2 -:.5 F#4 A4 B4 | E4+B4:2 D4+A4+E5 | D4+A4:1 -:.5 p E5:.25 F#5 A5:.5 /F#5 D5:1~",
            "p B3+F#4:2 B4:.5 D5 F#5:1~ | F#3+A3+E4:2 A4:.5 B4 /E5:1~ | E4+B4:2 D5:.5 B4 A4 B4 | A3+E4:2 pp E4:.25 A4 B4 D5 p E5:1~",
            "mp D5:1.5 E5:.5 F#5 A5 B5 A5 | F#5:.5 E5 D5:1 B4:1.5~ A4:.5 | p B4:1 D5:.5 E5 A4:1 /B4 | pp D4+A4+D5:4~",
        ],
    },
    Part {
        instrument: Instrument::Flute,
        phrases: [
            "-:4 | - | - | -",
            "mp D5:1.5 E5:.5 F#5:1 A5 | F#5:.5 E5 D5:1 B4:1.5~ A4:.5 | B4:1 D5:.5 E5 A4:1 B4 | D5:2.5~ -:1.5",
            "mf F#5:1 A5 B5:1.5~ -:.5 | mp A5:1 F#5:.5 E5 /F#5:1.5~ -:.5 | E5:1 F#5:.5 A5 F#5:1 E5:.5 D5 | E5:1 D5:.5 B4 A4:1.5~ -:.5",
            "-:4 | -:2 p D5:1.5~ -:.5 | -:2 pp E5:1.75~ -:.25 | /F#5:2~ -",
        ],
    },
    Part {
        instrument: Instrument::Kalimba,
        phrases: [
            "pp -:1.5 D4:.5 F#4:1 -:.5 A3 | -:1.5 B3:.5 F#4:1 -:.5 D4 | -:1.5 B3:.5 D4:1 -:.5 B3 | -:.5 A3 E4 A4 B4:1 -",
            "p -:.5 A3 D4 F#4 - F#4 D4 A3 | - B3 D4 F#4 - F#4 D4 B3 | - B3 E4 A4 - A3 E4 A4 | D4 A4 D5:1 -:.5 F#4 D4 A3",
            "- B3 F#4 B4 - B4 F#4 D4 | - A3 E4 F#4 - A4 F#4 E4 | - B3 E4 A4 - B4 A4 E4 | - A3 E4 A4 B4:1 -:.5 A3",
            "pp - A3 D4 F#4 - F#4 D4 A3 | - B3 D4 F#4 - F#4 D4 B3 | - B3 E4 A4 - A3 E4:1 | -:.5 D4 A4 D5 -:2",
        ],
    },
    Part {
        instrument: Instrument::Bass,
        phrases: [
            "p D3:2.5 A2:1.5 | B2:2.5 F#3:1.5 | E3:2.5 B2:1.5 | A2:4",
            "D3:2.5 A2:1.5 | B2:2.5 F#3:1.5 | E3:2 A2 | D3:2.5 A2:1.5",
            "mp B2:2.5 F#3:1.5 | F#3:2.5 E3:1.5 | E3:2.5 B2:1.5 | A2:2 A2",
            "p D3:2.5 A2:1.5 | B2:2.5 F#3:1.5 | E3:2 A2 | pp D3:4",
        ],
    },
    Part {
        instrument: Instrument::Pad,
        phrases: [
            "pp A3+D4+F#4:4 | p B3+D4+F#4 | B3+D4+E4 | A3+E4+B4",
            "A3+D4+F#4:4 | B3+D4+F#4 | B3+D4+E4:2 A3+E4+B4 | A3+D4+F#4:4",
            "mp B3+D4+F#4:4 | A3+E4+F#4 | B3+E4+A4 | A3+E4+B4",
            "p A3+D4+F#4:4 | B3+D4+F#4 | B3+D4+E4:2 A3+E4+B4 | pp A3+D4+F#4:1.5 -:2.5",
        ],
    },
    // The birds sing where the others pause. The pitch is that at the start of a call.
    Part {
        instrument: Instrument::Bird,
        phrases: [
            "-:4 | -:2.5 pp B7:1.5 | -:4 | -:3 A7:1",
            "-:4 | - | - | -:2.5 p A7:1.5",
            "-:4 | -:3 pp B7:1 | -:4 | -:2.5 p A7:1.5",
            "-:4 | -:2.5 pp B7:1.5 | -:4 | -",
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation::{self, Pitch};

    /// The range of the instrument.
    fn range(instrument: Instrument) -> std::ops::RangeInclusive<Pitch> {
        match instrument {
            Instrument::Zheng => Pitch(50)..=Pitch(86),
            Instrument::Flute => Pitch(62)..=Pitch(86),
            Instrument::Kalimba => Pitch(57)..=Pitch(81),
            Instrument::Bass => Pitch(38)..=Pitch(57),
            Instrument::Pad => Pitch(50)..=Pitch(74),
            Instrument::Bird => Pitch(96)..=Pitch(108),
        }
    }

    #[test]
    fn every_part_is_as_long_as_the_piece_and_inside_the_scale_and_the_instrument() {
        for part in &PARTS {
            let read = notation::read(part).unwrap();
            assert_eq!(read.beats, f64::from(BARS) * BEATS_A_BAR, "{part:?}");
            assert!(!read.notes.is_empty(), "{part:?}");
            for pitch in read.notes.iter().flat_map(|note| &note.pitches) {
                assert!(
                    ["D", "E", "F#", "A", "B"].contains(&pitch.name()),
                    "{pitch:?} of {:?}",
                    part.instrument
                );
                assert!(range(part.instrument).contains(pitch), "{pitch:?}");
            }
            // The tone below, from which a slide starts, is in the scale as well.
            for slid in read.notes.iter().filter(|note| note.slide) {
                let [pitch] = slid.pitches[..] else {
                    panic!("a chord cannot slide: {slid:?}");
                };
                assert!(["E", "F#", "B"].contains(&pitch.name()), "{slid:?}");
            }
        }
    }

    #[test]
    fn the_tempo_is_calm_and_only_slows_down() {
        assert_eq!(TEMPO[0].0, 0.0);
        assert!((60.0..=80.0).contains(&TEMPO[0].1));
        assert!(TEMPO.is_sorted_by(|a, b| a.0 < b.0 && a.1 > b.1));
    }
}
