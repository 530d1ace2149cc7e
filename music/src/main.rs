//! `cargo run -p orchard-music` renders the score to `assets/music/orchard.mp3`.

#![forbid(unsafe_code)]

mod filter;
mod instruments;
mod limiter;
mod mix;
mod mp3;
mod noise;
mod notation;
mod perform;
mod reverb;
mod score;
mod tone;
mod wav;

#[cfg(test)]
mod tests;

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The sample rate in hertz: enough for the music, and a third less to encode than usual.
const SAMPLE_RATE: f64 = 32_000.0;

/// The path relative to this package's folder.
const WAV: &str = "orchard.wav";
const MP3: &str = "../assets/music/orchard.mp3";
/// The checksums in the format of `sha256sum`. They show from which score the MP3 was made.
const CHECKSUMS: &str = "orchard.sha256";

fn main() -> Result<()> {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| ".".into());
    let here = Path::new(&here);
    let music = wav::wav(&mix::render()?);
    write(&here.join(WAV), &music)?;
    let mp3 = here.join(MP3);
    mp3::encode(&here.join(WAV), &mp3, score::TITLE)?;
    let encoded =
        std::fs::read(&mp3).with_context(|| format!("could not read {}", mp3.display()))?;
    write(
        &here.join(CHECKSUMS),
        checksums(&music, &encoded).as_bytes(),
    )?;
    println!("{:.1} s, {} bytes", perform::duration(), encoded.len());
    Ok(())
}

fn checksums(wav: &[u8], mp3: &[u8]) -> String {
    format!("{}  {WAV}\n{}  {MP3}\n", checksum(wav), checksum(mp3))
}

fn checksum(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(bytes) {
        // Writing to a `String` does not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("could not write {}", path.display()))
}
