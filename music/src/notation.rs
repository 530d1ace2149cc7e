//! The notation of the score, and its parser.
//!
//! `F#5:1.5` is a note and its length in beats, which defaults to that of the previous note.
//! `D4+A4:2` is a chord, `-` a rest, `|` a bar line. `pp`, `p`, `mp` and `mf` apply until the next
//! one. `/E5` slides in from a tone below, `E5~` has vibrato.

use anyhow::{Context, Result, bail};

use crate::score::{BEATS_A_BAR, Part};

/// The notes of a part.
#[derive(Debug, Default)]
pub(crate) struct Line {
    pub(crate) notes: Vec<Note>,
    /// The length in beats, including rests.
    pub(crate) beats: f64,
}

/// One note, or the notes of a chord.
#[derive(Debug)]
pub(crate) struct Note {
    /// The beat it starts on.
    pub(crate) at: f64,
    pub(crate) beats: f64,
    pub(crate) pitches: Vec<Pitch>,
    /// The level, at most 1.
    pub(crate) level: f64,
    pub(crate) slide: bool,
    pub(crate) vibrato: bool,
}

/// A MIDI note number: 69 is A4.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(crate) struct Pitch(pub(crate) u8);

const NAMES: [&str; 12] = [
    "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B",
];

impl Pitch {
    pub(crate) fn hertz(self) -> f64 {
        440.0 * libm::exp2((f64::from(self.0) - 69.0) / 12.0)
    }

    /// Returns the name without the octave.
    #[cfg(test)]
    pub(crate) fn name(self) -> &'static str {
        NAMES[usize::from(self.0) % NAMES.len()]
    }

    fn read(text: &str) -> Option<Self> {
        let (name, octave) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let key = NAMES.iter().position(|known| *known == name)?;
        let octave: u8 = octave.parse().ok()?;
        Some(Self(12 * (octave + 1) + u8::try_from(key).ok()?))
    }
}

/// Parses the phrases of a part in order.
pub(crate) fn read(part: &Part) -> Result<Line> {
    let mut reader = Reader {
        line: Line::default(),
        beats: 1.0,
        level: 0.5,
    };
    for phrase in part.phrases {
        for token in phrase.split_whitespace().chain(["|"]) {
            reader.token(token).with_context(|| {
                let bar = (reader.line.beats / BEATS_A_BAR).floor() + 1.0;
                format!("`{token}` in bar {bar} of {:?}", part.instrument)
            })?;
        }
    }
    Ok(reader.line)
}

#[derive(Debug)]
struct Reader {
    line: Line,
    /// The length of the next note if none is given.
    beats: f64,
    level: f64,
}

impl Reader {
    fn token(&mut self, token: &str) -> Result<()> {
        match token {
            "|" if self.line.beats % BEATS_A_BAR == 0.0 => {}
            "|" => bail!("the bar is not full, or too full"),
            "pp" => self.level = 0.3,
            "p" => self.level = 0.45,
            "mp" => self.level = 0.62,
            "mf" => self.level = 0.8,
            note => self.note(note)?,
        }
        Ok(())
    }

    fn note(&mut self, text: &str) -> Result<()> {
        let (text, vibrato) = strip(text, |text| text.strip_suffix('~'));
        let (text, slide) = strip(text, |text| text.strip_prefix('/'));
        let (pitches, beats) = text.split_once(':').unwrap_or((text, ""));
        if !beats.is_empty() {
            self.beats = beats.parse().context("these are no beats")?;
        }
        if pitches != "-" {
            let pitches = pitches.split('+').map(Pitch::read);
            self.line.notes.push(Note {
                at: self.line.beats,
                beats: self.beats,
                pitches: pitches.collect::<Option<_>>().context("no such note")?,
                level: self.level,
                slide,
                vibrato,
            });
        }
        self.line.beats += self.beats;
        Ok(())
    }
}

fn strip(text: &str, mark: impl Fn(&str) -> Option<&str>) -> (&str, bool) {
    mark(text).map_or((text, false), |rest| (rest, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::Instrument;

    fn part(first: &'static str) -> Part {
        Part {
            instrument: Instrument::Zheng,
            phrases: [first, "-:4", "-", "-"],
        }
    }

    #[test]
    fn notes_chords_rests_and_marks_are_read() {
        let line = read(&part("mp D4+A4:1.5 -:.5 /E5 F#5~ pp A5:1")).unwrap();
        assert_eq!(line.beats, 16.0);
        let all: Vec<_> = line
            .notes
            .iter()
            .map(|note| (note.at, note.beats))
            .collect();
        assert_eq!(all, [(0.0, 1.5), (2.0, 0.5), (2.5, 0.5), (3.0, 1.0)]);
        assert_eq!(line.notes[0].pitches, [Pitch(62), Pitch(69)]);
        assert!(line.notes[1].slide && !line.notes[1].vibrato);
        assert!(line.notes[2].vibrato && !line.notes[2].slide);
        assert!(line.notes[3].level < line.notes[2].level);
    }

    #[test]
    fn the_error_names_unplayable_notation() {
        for (text, fault) in [
            ("D4:3 | D4:4", "`|` in bar 1 of Zheng"),
            ("D4:4 | H4", "`H4` in bar 2 of Zheng"),
            ("D4:x", "`D4:x` in bar 1 of Zheng"),
        ] {
            assert_eq!(read(&part(text)).unwrap_err().to_string(), fault);
        }
    }

    #[test]
    fn the_pitches_are_those_of_a_tuning_fork() {
        assert_eq!(Pitch::read("A4").unwrap().hertz(), 440.0);
        assert!((Pitch::read("D5").unwrap().hertz() - 587.33).abs() < 0.01);
    }
}
