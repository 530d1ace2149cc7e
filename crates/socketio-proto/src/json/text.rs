//! Text of strings and integers: searching for special characters, escaping and unescaping.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::split::split_once;

/// Returns the position of the first quote, backslash or control character at or after `from`; the
/// length of `bytes` if there is none.
#[inline]
pub(super) fn run_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let (words, tail) = rest.as_chunks::<8>();
    let mut at = from;
    for word in words {
        let found = specials(u64::from_le_bytes(*word));
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    // The last bytes, together with some earlier ones, which are known to be plain.
    if let Some(word) = rest.last_chunk::<8>() {
        let found = specials(u64::from_le_bytes(*word));
        return match found {
            0 => bytes.len(),
            _ => bytes.len() - 8 + (found.trailing_zeros() / 8) as usize,
        };
    }
    for &byte in tail {
        if byte < 0x20 || byte == b'"' || byte == b'\\' {
            return at;
        }
        at += 1;
    }
    at
}

/// Sets the top bit of the first byte that is a quote, a backslash or below 0x20. Higher bytes may
/// be flagged wrongly, because of borrows.
#[inline(always)]
fn specials(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = quote.wrapping_sub(ONES) & !quote;
    let backslash = backslash.wrapping_sub(ONES) & !backslash;
    (control | quote | backslash) & TOPS
}

/// Decodes a validated string token, passed without its quotes.
///
/// A lone surrogate becomes U+FFFD: `JSON.parse` accepts it, but a Rust string cannot contain it.
pub(crate) fn unescape(raw: &str) -> Cow<'_, str> {
    if !raw.bytes().any(|byte| byte == b'\\') {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    unescape_into(raw, &mut out);
    Cow::Owned(out)
}

/// Appends the decoded content of a validated string token, passed without its quotes.
///
/// Never fails: in text that was not validated, invalid escapes are copied unchanged.
pub(super) fn unescape_into(raw: &str, out: &mut String) {
    let mut rest = raw;
    while let Some((run, after)) = split_once(rest, b'\\') {
        out.push_str(run);
        let mut chars = after.chars();
        let decoded = match chars.next() {
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => match hex4(chars.as_str()) {
                Some((unit, after)) => {
                    chars = after.chars();
                    match low_surrogate(unit, after) {
                        Some((code, after)) => {
                            chars = after.chars();
                            char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
                        }
                        None => char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER),
                    }
                }
                None => char::REPLACEMENT_CHARACTER,
            },
            Some(itself) => itself,
            None => return,
        };
        out.push(decoded);
        rest = chars.as_str();
    }
    out.push_str(rest);
}

/// If `high` is a high surrogate and a low surrogate follows, returns the code point of the pair
/// and the rest of the text.
fn low_surrogate(high: u32, after: &str) -> Option<(u32, &str)> {
    if !(0xd800..0xdc00).contains(&high) {
        return None;
    }
    let (low, after) = hex4(after.strip_prefix("\\u")?)?;
    (0xdc00..0xe000)
        .contains(&low)
        .then(|| (0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00), after))
}

fn hex4(text: &str) -> Option<(u32, &str)> {
    let (digits, after) = text.split_at_checked(4)?;
    let mut unit = 0;
    for byte in digits.bytes() {
        unit = unit * 16 + char::from(byte).to_digit(16)?;
    }
    Some((unit, after))
}

/// Appends `text` as a JSON string, as `JSON.stringify` would. The opening quote may include
/// preceding punctuation, and the closing quote following punctuation: fewer appends are faster.
#[inline]
pub(crate) fn push_quoted(out: &mut String, open: &str, text: &str, close: &str) {
    out.push_str(open);
    push_escaped(out, text);
    out.push_str(close);
}

/// Appends `text` as the content of a JSON string. Runs are copied; only quotes, backslashes and
/// control characters are escaped.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    let mut done = 0;
    loop {
        let end = run_end(text.as_bytes(), done);
        out.push_str(text.get(done..end).unwrap_or_default());
        let Some(&special) = text.as_bytes().get(end) else {
            return;
        };
        push_escape(out, special);
        done = end + 1;
    }
}

#[cold]
fn push_escape(out: &mut String, special: u8) {
    let short = match special {
        0x08 => "\\b",
        b'\t' => "\\t",
        b'\n' => "\\n",
        0x0c => "\\f",
        b'\r' => "\\r",
        b'"' => "\\\"",
        b'\\' => "\\\\",
        _ => {
            out.push_str(if special < 0x10 { "\\u000" } else { "\\u001" });
            return out.extend(char::from_digit(u32::from(special & 0xf), 16));
        }
    };
    out.push_str(short);
}

/// Appends an integer in decimal.
pub(crate) fn push_integer(out: &mut String, negative: bool, magnitude: u64) {
    let mut digits = [0; 20];
    let mut rest = magnitude;
    let mut used = 0;
    // Two digits per division.
    let (pairs, _) = digits.as_chunks_mut::<2>();
    for pair in pairs.iter_mut().rev() {
        let low = (rest % 100) as u8;
        rest /= 100;
        *pair = [b'0' + low / 10, b'0' + low % 10];
        used += 2;
        if rest == 0 {
            used -= usize::from(low < 10);
            break;
        }
    }
    if negative {
        out.push('-');
    }
    for digit in digits.iter().skip(digits.len() - used) {
        out.push(char::from(*digit));
    }
}

/// Truncates the text to this length. `String::truncate` would link a panic and its message.
#[cold]
pub(crate) fn cut(text: &mut String, len: usize) {
    if let Some(kept) = text.get(..len) {
        *text = kept.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_end_at_the_first_special_byte() {
        for byte in 0..=255_u8 {
            for at in 0..17 {
                let mut bytes = [0xff; 17];
                bytes[at] = byte;
                let special = byte < 0x20 || byte == b'"' || byte == b'\\';
                for from in 0..=at {
                    assert_eq!(run_end(&bytes, from), if special { at } else { 17 });
                }
            }
        }
        assert_eq!(run_end(b"ab", 5), 5);
    }

    #[test]
    fn unescaping_never_fails_even_on_invalid_text() {
        assert!(matches!(unescape("plain"), Cow::Borrowed("plain")));
        assert_eq!(
            unescape(r#"\"\\\/\b\f\n\r\t\u79cd\ud83d\ude00"#),
            "\"\\/\u{8}\u{c}\n\r\t种😀"
        );
        assert_eq!(unescape(r"\ud83d\u79cd"), "\u{fffd}种");
        assert_eq!(unescape("a\\"), "a");
        assert_eq!(unescape(r"\u12"), "\u{fffd}12");
        assert_eq!(unescape(r"\u12种"), "\u{fffd}12种");
        assert_eq!(unescape(r"\种"), "种");
    }
}
