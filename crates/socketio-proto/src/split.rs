//! Text splitting and number parsing, restricted to what the protocol needs: ASCII separators and
//! plain digits. The pattern searchers and number parsers of the standard library add 4 KB to a
//! page.

/// Splits the text at the first occurrence of this ASCII character.
pub(crate) fn split_once(text: &str, ascii: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == ascii)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Parses a number that consists of digits only; `None` for any other text, and for numbers beyond
/// 64 bits.
pub(crate) fn decimal(digits: &str) -> Option<u64> {
    let add = |number: u64, byte: u8| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then_some(())?;
        number.checked_mul(10)?.checked_add(digit.into())
    };
    match digits {
        "" => None,
        _ => digits.bytes().try_fold(0, add),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_digits_within_64_bits() {
        for (text, number) in [
            ("0", Some(0)),
            ("007", Some(7)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("99999999999999999999", None),
            ("", None),
            ("+1", None),
            ("-1", None),
            ("1a", None),
            ("1:", None),
        ] {
            assert_eq!(decimal(text), number, "{text}");
        }
    }

    #[test]
    fn text_splits_at_the_first_of_a_character() {
        assert_eq!(split_once("种,a,b", b','), Some(("种", "a,b")));
        assert_eq!(split_once(",", b','), Some(("", "")));
        assert_eq!(split_once("种", b','), None);
    }
}
