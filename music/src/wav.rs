//! A WAV file: sixteen bits, two channels.

use crate::SAMPLE_RATE;
use crate::mix::Stereo;

pub(crate) fn wav(sound: &Stereo) -> Vec<u8> {
    let data = u32::try_from(4 * sound.len()).unwrap_or(u32::MAX);
    let rate = SAMPLE_RATE as u32;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend(data.saturating_add(36).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend([1, 0, 2, 0]); // PCM, two channels
    file.extend(rate.to_le_bytes());
    file.extend((4 * rate).to_le_bytes());
    file.extend([4, 0, 16, 0]); // bytes per frame, bits per sample
    file.extend(b"data");
    file.extend(data.to_le_bytes());
    for sample in sound.iter().flatten() {
        file.extend(((32767.0 * sample).round() as i16).to_le_bytes());
    }
    file
}
