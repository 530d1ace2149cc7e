//! Base64 without tables. Only peers that can't send binary frames use it, so small code matters
//! more than speed.

use alloc::string::String;
use alloc::vec::Vec;

/// Appends `data` as base64 in the standard alphabet, with padding.
pub(super) fn encode(data: &[u8], out: &mut String) {
    for chunk in data.chunks(3) {
        let bits = chunk
            .iter()
            .zip([16, 8, 0])
            .fold(0, |bits, (byte, shift)| bits | u32::from(*byte) << shift);
        for (index, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            out.push(match index > chunk.len() {
                true => '=',
                false => digit((bits >> shift) as u8 & 63),
            });
        }
    }
}

fn digit(value: u8) -> char {
    char::from(match value {
        0..=25 => b'A' + value,
        26..=51 => b'a' + (value - 26),
        52..=61 => b'0' + (value - 52),
        62 => b'+',
        _ => b'/',
    })
}

/// Decodes base64 in the standard alphabet. Padding may be missing or incomplete. Returns `None`
/// for other characters, an impossible length, or trailing bits that are not zero.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let (mut bits, mut digits, mut pads) = (0_u32, 0_usize, 0_usize);
    for byte in text.bytes() {
        if byte == b'=' {
            pads += 1;
            continue;
        }
        if pads > 0 {
            return None;
        }
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        digits += 1;
        if digits % 4 != 1 {
            // The number of bits left for the next byte: 4, 2 or none.
            let left = (4 - digits % 4) * 2 % 8;
            out.push((bits >> left) as u8);
            bits &= (1 << left) - 1;
        }
    }
    let left = digits % 4;
    let whole = left != 1 && pads <= (4 - left) % 4;
    (whole && bits == 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::alphabet::STANDARD;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

    use super::*;

    const ORACLE: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );

    #[test]
    fn n5_reads_what_the_base64_crate_reads() {
        // All texts of up to six of these characters: three digits with and without trailing bits,
        // padding, and an invalid character.
        let alphabet = ['A', 'Q', '/', '=', '-'];
        for len in 0..=6_u32 {
            for number in 0..5_usize.pow(len) {
                let text: String = (0..len)
                    .map(|place| alphabet[number / 5_usize.pow(place) % 5])
                    .collect();
                assert_eq!(decode(&text), ORACLE.decode(&text).ok(), "{text}");
            }
        }
    }

    #[test]
    fn n5_writes_what_the_base64_crate_writes_and_reads_it_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        for len in 0..=bytes.len() {
            let mut text = String::new();
            encode(&bytes[..len], &mut text);
            assert_eq!(text, ORACLE.encode(&bytes[..len]));
            assert_eq!(decode(&text).as_deref(), Some(&bytes[..len]));
        }
    }
}
