//! Whole numbers without floats.

use crate::split::split_once;

/// Returns the sign and magnitude of a validated number that is whole: `7`, but also `7.0` and
/// `7e2`, because JavaScript has one number type and may write either. Returns `None` when the
/// number has a fraction or is beyond 64 bits.
pub(super) fn whole(number: &str) -> Option<(bool, u64)> {
    let (negative, number) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (mantissa, exponent) = match split_exponent(number) {
        Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)),
        None => (number, 0),
    };
    // Zeros are counted until another digit follows: trailing zeros are added to the exponent.
    let mut value = 0_u64;
    let mut zeros = 0_i64;
    let mut fraction = 0_i64;
    let mut in_fraction = false;
    for byte in mantissa.bytes() {
        if byte == b'.' {
            in_fraction = true;
            continue;
        }
        fraction += i64::from(in_fraction);
        if byte == b'0' {
            zeros += 1;
            continue;
        }
        value = scale(value, zeros + 1)?.checked_add(u64::from(byte.wrapping_sub(b'0')))?;
        zeros = 0;
    }
    let exponent = exponent.saturating_add(zeros).saturating_sub(fraction);
    Some((negative, scale(value, exponent)?))
}

pub(super) fn split_exponent(number: &str) -> Option<(&str, &str)> {
    split_once(number, b'e').or_else(|| split_once(number, b'E'))
}

/// Returns `value` times ten to the power of `exponent`, if the result is whole and fits.
fn scale(value: u64, exponent: i64) -> Option<u64> {
    if value == 0 {
        return Some(0);
    }
    10_u64
        .checked_pow(exponent.try_into().ok()?)?
        .checked_mul(value)
}

/// Saturates: an exponent beyond 64 bits is out of any range, unless the number is zero.
pub(super) fn parse_exponent(text: &str) -> i64 {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let magnitude = digits.bytes().fold(0_i64, |sum, byte| {
        sum.saturating_mul(10)
            .saturating_add(i64::from(byte.wrapping_sub(b'0')))
    });
    if negative { -magnitude } else { magnitude }
}
