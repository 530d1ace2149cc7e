//! The MP3 that the page plays: `lame` encodes it, and a tag with the title precedes it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The average bitrate in kilobits per second. Much of the sound of plucked strings takes few bits.
const BITRATE: &str = "50";

/// Encodes a WAV file.
pub(crate) fn encode(wav: &Path, mp3: &Path, title: &str) -> Result<()> {
    let status = Command::new("lame")
        .args(["--quiet", "-q", "0", "-m", "j", "--abr", BITRATE])
        // At this bitrate, `lame` would resample; nothing in the music needs more than 32 kHz.
        .args(["--resample", "32", "--lowpass", "11", "--noreplaygain"])
        .arg(wav)
        .arg(mp3)
        .status()
        .context("could not start `lame`, which encodes the music: install it (packages are called `lame`)")?;
    if !status.success() {
        bail!("lame failed ({status})");
    }
    let mut file = tag(title)?;
    file.extend(std::fs::read(mp3).with_context(|| format!("could not read {}", mp3.display()))?);
    std::fs::write(mp3, file).with_context(|| format!("could not write {}", mp3.display()))
}

/// Returns an ID3v2.3 tag that contains only a title. `lame` would encode the title as the terminal
/// does.
fn tag(title: &str) -> Result<Vec<u8>> {
    // UTF-16 with a byte order mark.
    let text: Vec<u8> = [0x01, 0xff, 0xfe]
        .into_iter()
        .chain(title.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let frame = u8::try_from(text.len()).context("the title is too long")?;
    // The tag's size has seven bits per byte.
    let size = frame.checked_add(10).filter(|size| *size < 0x80);
    let size = size.context("the title is too long")?;
    let mut tag = b"ID3\x03\0\0\0\0\0".to_vec();
    tag.push(size);
    tag.extend(b"TIT2\0\0\0");
    tag.extend([frame, 0, 0]);
    tag.extend(text);
    Ok(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_contains_the_title() {
        let tag = tag("种").unwrap();
        assert_eq!(
            tag,
            b"ID3\x03\0\0\0\0\0\x0fTIT2\0\0\0\x05\0\0\x01\xff\xfe\xcd\x79"
        );
    }

    #[test]
    fn a_title_that_does_not_fit_is_refused() {
        assert!(tag(&"种".repeat(80)).is_err());
    }
}
