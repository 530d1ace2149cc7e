//! The piece as a whole.

use std::path::Path;
use std::sync::OnceLock;

use crate::instruments::samples;
use crate::mix::{Stereo, render};
use crate::{CHECKSUMS, MP3, SAMPLE_RATE, checksums, score, wav};

/// The piece, rendered once for all tests.
fn music() -> &'static Stereo {
    static MUSIC: OnceLock<Stereo> = OnceLock::new();
    MUSIC.get_or_init(|| render().unwrap())
}

fn channel(side: usize) -> impl Iterator<Item = f64> {
    music().iter().map(move |sample| sample[side])
}

fn rms(part: &[[f64; 2]]) -> f64 {
    let power: f64 = part.iter().flatten().map(|x| x * x).sum();
    (power / (2 * part.len()) as f64).sqrt()
}

fn decibels(x: f64) -> f64 {
    20.0 * libm::log10(x)
}

#[test]
fn it_lasts_long_enough_and_does_not_tire() {
    let seconds = music().len() as f64 / SAMPLE_RATE;
    assert!((40.0..=60.0).contains(&seconds), "{seconds} s");
}

#[test]
fn nothing_is_clipped() {
    let peak = music().iter().flatten().fold(0.0, |peak: f64, x| {
        assert!(x.is_finite());
        peak.max(x.abs())
    });
    assert!((0.2..0.8).contains(&peak), "{peak}");
}

#[test]
fn there_is_no_offset() {
    for side in [0, 1] {
        let mean = channel(side).sum::<f64>() / music().len() as f64;
        assert!(mean.abs() < 1e-4, "{mean}");
    }
}

#[test]
fn it_is_calm_and_never_silent_in_the_middle() {
    let loudness = decibels(rms(music()));
    assert!((-26.0..-18.0).contains(&loudness), "{loudness} dB");
    let inner = &music()[samples(1.0)..music().len() - samples(3.0)];
    for second in inner.chunks_exact(samples(1.0)) {
        let loudness = decibels(rms(second));
        assert!((-38.0..-13.0).contains(&loudness), "{loudness} dB");
    }
}

#[test]
fn the_loop_has_no_seam() {
    let music = music();
    let (first, last) = (
        &music[..samples(0.02)],
        &music[music.len() - samples(0.3)..],
    );
    for edge in [first, last] {
        let loudness = decibels(rms(edge));
        assert!(loudness < -50.0, "{loudness} dB");
    }
    assert_eq!(music[0], [0.0; 2]);
    assert_eq!(music[music.len() - 1], [0.0; 2]);
}

#[test]
fn both_sides_are_equally_loud() {
    let [left, right] = [0, 1].map(|side| channel(side).map(|x| x * x).sum::<f64>());
    assert!(decibels(left / right).abs() / 2.0 < 1.5, "{left} {right}");
}

#[test]
fn the_same_score_gives_the_same_bytes() {
    assert!(wav::wav(music()) == wav::wav(&render().unwrap()));
}

#[test]
fn the_mp3_was_made_of_this_score() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mp3 = std::fs::read(here.join(MP3)).unwrap();
    assert_eq!(
        std::fs::read_to_string(here.join(CHECKSUMS)).unwrap(),
        checksums(&wav::wav(music()), &mp3),
        "render it again: cargo run -p orchard-music"
    );
}

#[test]
fn the_mp3_is_small_and_titled() {
    let mp3 = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(MP3)).unwrap();
    assert!(mp3.len() <= 350 * 1024, "{} bytes", mp3.len());
    let title: Vec<u8> = score::TITLE
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(mp3[..64].windows(title.len()).any(|part| part == title));
}
