//! Formats amounts for display. Chinese and English both group digits in threes with commas.

use orchard_contract::Money;

/// How many characters fit on a number plate of the header.
const PLATE: usize = 9;

/// The units for large numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// 万, 亿, 万亿.
    Myriads,
    /// K, M, B, T.
    Thousands,
}

impl Scale {
    /// Returns the units, largest first, with their values and symbols.
    const fn units(self) -> &'static [(u64, &'static str)] {
        match self {
            Self::Myriads => &[
                (1_000_000_000_000, "万亿"),
                (100_000_000, "亿"),
                (10_000, "万"),
            ],
            Self::Thousands => &[
                (1_000_000_000_000, "T"),
                (1_000_000_000, "B"),
                (1_000_000, "M"),
                (1_000, "K"),
            ],
        }
    }
}

/// Formats a whole number with separators: `1,234,567`.
pub(crate) fn whole(number: i64) -> String {
    let mut text = String::from(if number < 0 { "-" } else { "" });
    push_grouped(&mut text, number.unsigned_abs());
    text
}

/// Formats the number of players so that it fits its element: `1,234,567`, or in large units from
/// 100 million.
pub(crate) fn crowd(count: u64, scale: Scale) -> String {
    let largest = scale.units().first().copied();
    if count < 100_000_000 {
        let mut text = String::new();
        push_grouped(&mut text, count);
        text
    } else if let Some((_, sign)) = largest.filter(|(unit, _)| count / unit >= 10_000) {
        // Beyond the largest unit, the exact digits do not matter.
        ["9,999", sign, "+"].concat()
    } else {
        brief(i64::try_from(count).unwrap_or(i64::MAX), scale)
    }
}

/// Formats money in full: `12,345.60`.
pub(crate) fn money(amount: Money) -> String {
    let cents = amount.cents();
    let mut text = String::from(if cents < 0 { "-" } else { "" });
    push_grouped(&mut text, cents.unsigned_abs() / 100);
    text.push('.');
    push_padded(&mut text, cents.unsigned_abs() % 100, 2);
    text
}

/// Formats a whole number for a plate: in full if it fits, else in large units.
pub(crate) fn whole_brief(number: i64, scale: Scale) -> String {
    let full = whole(number);
    if fits(&full) {
        full
    } else {
        brief(number, scale)
    }
}

/// Formats money for a plate: in full if it fits, else without the hundredths, else in large units.
pub(crate) fn money_brief(amount: Money, scale: Scale) -> String {
    let full = money(amount);
    if fits(&full) {
        full
    } else {
        whole_brief(amount.cents() / 100, scale)
    }
}

fn fits(text: &str) -> bool {
    text.len() <= PLATE
}

/// Formats a number in its largest unit, with two decimals. Truncates instead of rounding, so that
/// a balance is never shown too large.
fn brief(number: i64, scale: Scale) -> String {
    let size = number.unsigned_abs();
    let unit = scale.units().iter().find(|(unit, _)| size >= *unit);
    let Some((unit, sign)) = unit else {
        return whole(number);
    };
    let mut text = String::from(if number < 0 { "-" } else { "" });
    push_grouped(&mut text, size / unit);
    let hundredths = size % unit / (unit / 100);
    // Decimals add nothing to a long integer part.
    if hundredths > 0 && size / unit < 1_000 {
        text.push('.');
        push_padded(&mut text, hundredths, 2);
    }
    text.push_str(sign);
    text
}

fn push_grouped(text: &mut String, number: u64) {
    if number < 1_000 {
        text.push_str(&number.to_string());
    } else {
        push_grouped(text, number / 1_000);
        text.push(',');
        push_padded(text, number % 1_000, 3);
    }
}

fn push_padded(text: &mut String, number: u64, width: usize) {
    let digits = number.to_string();
    for _ in digits.len()..width {
        text.push('0');
    }
    text.push_str(&digits);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_in_threes() {
        assert_eq!(whole(0), "0");
        assert_eq!(whole(999), "999");
        assert_eq!(whole(1_000), "1,000");
        assert_eq!(whole(-1_020_003), "-1,020,003");
        assert_eq!(whole(i64::MIN), "-9,223,372,036,854,775,808");
    }

    #[test]
    fn money_has_its_hundredths() {
        assert_eq!(money(Money::from_cents(0)), "0.00");
        assert_eq!(money(Money::from_cents(-5)), "-0.05");
        assert_eq!(money(Money::from_cents(1_234_560)), "12,345.60");
    }

    #[test]
    fn a_plate_shows_in_full_what_fits() {
        let brief = |cents| money_brief(Money::from_cents(cents), Scale::Thousands);
        assert_eq!(brief(1_234_560), "12,345.60");
        assert_eq!(brief(12_345_678), "123,456");
        assert_eq!(brief(987_654_321), "9,876,543");
        assert_eq!(brief(-12_345_678), "-123,456");
    }

    #[test]
    fn a_plate_rounds_towards_zero_what_does_not_fit() {
        assert_eq!(whole_brief(19_999_999, Scale::Myriads), "1,999万");
        assert_eq!(whole_brief(19_999_999, Scale::Thousands), "19.99M");
        assert_eq!(whole_brief(-1_234_567_890, Scale::Myriads), "-12.34亿");
        assert_eq!(whole_brief(100_000_000, Scale::Myriads), "1亿");
        assert_eq!(whole_brief(1_050_000_000, Scale::Thousands), "1.05B");
    }

    #[test]
    fn a_crowd_of_any_size_fits_the_sign() {
        let both = |count| [Scale::Myriads, Scale::Thousands].map(|scale| crowd(count, scale));
        assert_eq!(both(0), ["0", "0"]);
        assert_eq!(both(99_999_999), ["99,999,999", "99,999,999"]);
        assert_eq!(both(100_000_000), ["1亿", "100M"]);
        assert_eq!(both(1_234_567_890_123), ["1.23万亿", "1.23T"]);
        assert_eq!(both(9_999_999_999_999_999), ["9,999万亿", "9,999T"]);
        assert_eq!(both(u64::MAX), ["9,999万亿+", "9,999T+"]);
    }

    #[test]
    fn nothing_is_too_large_for_a_plate() {
        for number in [i64::MAX, i64::MIN, 999_999_999_999, 9_999_999_999] {
            for scale in [Scale::Myriads, Scale::Thousands] {
                let text = whole_brief(number, scale);
                assert!(text.chars().count() <= 14, "{text}");
            }
        }
    }
}
