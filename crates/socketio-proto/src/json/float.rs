//! Correctly rounded conversion of text to `f64`, without tables.
//!
//! The standard library's algorithm is faster for hard numbers, but links a table of powers of ten:
//! hundreds of incompressible entries, 14 KB of a page after compression. Numbers of up to 15
//! digits, nearly all in practice, need no table. The others use arithmetic with big integers.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::number::{parse_exponent, split_exponent};

/// The number of digits that can decide how a number is rounded. Of the others, it only matters
/// whether one is not zero.
const DIGITS: usize = 800;

/// Integers below ten to this power are exact in a float.
const EXACT_DIGITS: usize = 15;

/// Powers of ten up to this exponent are exact in a float.
const EXACT_POWER: i64 = 22;

/// Parses a validated number. Returns `None` when it is too large for a float.
pub(super) fn parse(number: &str) -> Option<f64> {
    let (negative, number) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let value = short(number).or_else(|| Decimal::read(number).value())?;
    Some(if negative { -value } else { value })
}

/// Parses a number with few digits and no exponent, as nearly all numbers are. One operation on two
/// exact floats rounds only once.
fn short(number: &str) -> Option<f64> {
    if number.len() > EXACT_DIGITS {
        return None;
    }
    let mut whole = 0_u64;
    // Ten to the power of the number of digits after the point.
    let mut below = 0.0;
    for byte in number.bytes() {
        match byte {
            b'0'..=b'9' => {
                whole = whole * 10 + u64::from(byte - b'0');
                below *= 10.0;
            }
            b'.' => below = 1.0,
            _ => return None,
        }
    }
    let whole = whole as f64;
    Some(if below > 1.0 { whole / below } else { whole })
}

/// A decimal number: the digits as an integer, times a power of ten.
struct Decimal {
    digits: Vec<u8>,
    power: i64,
    /// Whether a digit beyond those kept is not zero.
    more: bool,
}

impl Decimal {
    fn read(number: &str) -> Self {
        let (mantissa, exponent) = match split_exponent(number) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)),
            None => (number, 0),
        };
        let mut decimal = Self {
            digits: Vec::new(),
            power: 0,
            more: false,
        };
        let mut in_fraction = false;
        for byte in mantissa.bytes() {
            if byte == b'.' {
                in_fraction = true;
                continue;
            }
            let kept = decimal.digits.len() < DIGITS;
            if kept && (byte != b'0' || !decimal.digits.is_empty()) {
                decimal.digits.push(byte.wrapping_sub(b'0'));
            }
            decimal.more |= !kept && byte != b'0';
            match (kept, in_fraction) {
                (true, true) => decimal.power -= 1,
                (false, false) => decimal.power += 1,
                _ => {}
            }
        }
        decimal.power = decimal.power.saturating_add(exponent);
        decimal
    }

    fn value(self) -> Option<f64> {
        if self.digits.is_empty() {
            return Some(0.0);
        }
        // The number of digits before the point.
        let scale = self.power.saturating_add(self.digits.len() as i64);
        if scale > 310 {
            return None;
        }
        if scale < -330 {
            return Some(0.0);
        }
        if self.digits.len() <= EXACT_DIGITS && self.power.abs() <= EXACT_POWER {
            return Some(self.exact());
        }
        self.rounded()
    }

    /// Computes the value with one operation on two exact floats, which rounds only once.
    fn exact(&self) -> f64 {
        let whole = self
            .digits
            .iter()
            .fold(0_u64, |sum, digit| sum * 10 + u64::from(*digit)) as f64;
        let power = (0..self.power.abs()).fold(1.0, |power, _| power * 10.0);
        if self.power < 0 {
            whole / power
        } else {
            whole * power
        }
    }

    /// Computes the value by long division, bit by bit, and rounds to nearest, ties to even.
    fn rounded(self) -> Option<f64> {
        let mut above = Natural::default();
        for digit in &self.digits {
            above.multiply_add(10, u32::from(*digit));
        }
        let mut power = self.power;
        if self.more {
            above.multiply_add(10, 1);
            power -= 1;
        }
        let mut below = Natural::default();
        below.multiply_add(1, 1);
        let scaled = if power < 0 { &mut below } else { &mut above };
        for _ in 0..power.abs() {
            scaled.multiply_add(10, 0);
        }

        // Shifted until above / below is in 1..2.
        let mut exponent = above.bits() - below.bits();
        above.shift((-exponent).max(0));
        below.shift(exponent.max(0));
        if above.compare(&below) == Ordering::Less {
            above.shift(1);
            exponent -= 1;
        }
        // Subnormal floats have fewer bits of precision.
        let precision = 53 - (-1022 - exponent).max(0);
        if precision < 0 {
            return Some(0.0);
        }
        let mut significand = 0_u64;
        for _ in 0..precision {
            significand = significand << 1 | u64::from(above.subtract_if_it_fits(&below));
            above.shift(1);
        }
        let half = above.subtract_if_it_fits(&below);
        if half && (!above.is_zero() || significand & 1 == 1) {
            significand += 1;
        }
        if exponent < -1022 {
            // If the largest subnormal is rounded up, its bits are those of the smallest normal
            // float.
            return Some(f64::from_bits(significand));
        }
        if significand == 1 << 53 {
            significand >>= 1;
            exponent += 1;
        }
        let biased = u64::try_from(exponent + 1023).ok()?;
        (biased < 2047).then(|| f64::from_bits(biased << 52 | significand & ((1 << 52) - 1)))
    }
}

/// An unsigned big integer, least significant limb first, without trailing zero limbs.
#[derive(Default)]
struct Natural(Vec<u32>);

impl Natural {
    fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    fn bits(&self) -> i64 {
        let top = self
            .0
            .last()
            .map_or(0, |top| 32 - i64::from(top.leading_zeros()));
        (self.0.len() as i64 - 1).max(0) * 32 + top
    }

    fn multiply_add(&mut self, factor: u32, addend: u32) {
        let mut carry = u64::from(addend);
        for limb in &mut self.0 {
            let product = u64::from(*limb) * u64::from(factor) + carry;
            *limb = product as u32;
            carry = product >> 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    /// Multiplies by two to the power of `bits`.
    fn shift(&mut self, bits: i64) {
        if self.is_zero() || bits <= 0 {
            return;
        }
        let factor = 1_u32 << (bits % 32);
        self.multiply_add(factor, 0);
        let zeros = (0..bits / 32).map(|_| 0);
        self.0.splice(0..0, zeros);
    }

    fn compare(&self, other: &Self) -> Ordering {
        let by_length = self.0.len().cmp(&other.0.len());
        by_length.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    /// Subtracts the other number if it is not greater, and returns whether it did.
    fn subtract_if_it_fits(&mut self, other: &Self) -> bool {
        if self.compare(other) == Ordering::Less {
            return false;
        }
        let mut borrow = false;
        let others = other.0.iter().copied().chain(core::iter::repeat(0));
        for (limb, subtrahend) in self.0.iter_mut().zip(others) {
            let (difference, under) = limb.overflowing_sub(subtrahend);
            let (difference, under_again) = difference.overflowing_sub(u32::from(borrow));
            *limb = difference;
            borrow = under || under_again;
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;
    use proptest::prelude::*;

    /// Compares with the standard library.
    fn check(text: &str) {
        let expected = text.parse::<f64>().ok().filter(|value| value.is_finite());
        let found = parse(text);
        assert_eq!(
            found.map(f64::to_bits),
            expected.map(f64::to_bits),
            "{text}: {found:?}, not {expected:?}"
        );
    }

    #[test]
    fn hard_numbers_are_rounded_correctly() {
        for text in [
            "0",
            "-0",
            "0.0",
            "0e999999999999999999999",
            "1e-999999999999999999999",
            "5e-324",
            "2e-324",
            "3e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.2250738585072011e-308",
            "2.2250738585072014e-308",
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "1e308",
            "1e309",
            "-1e309",
            "9007199254740993",
            "9007199254740992.5",
            "9007199254740993.00000000000000000000000000000000000000000000001",
            "0.1",
            "0.30000000000000004",
            "123456789012345678901234567890",
            "8.5e-45",
            "1e22",
            "1e23",
            "4503599627370496.5",
            "4503599627370497.5",
            "6.631236846766476e-316",
            "3.2378839133029012895883524125015321748630094388e-319",
        ] {
            check(text);
        }
        // Halfway between two floats, and slightly above and below, with more digits than are kept.
        let half = "2.47032822920623272088284396434110686182e-324";
        check(half);
        let zeros = "0".repeat(900);
        check(&format!("9007199254740993.{zeros}"));
        check(&format!("9007199254740993.{zeros}1"));
        check(&format!("9007199254740992{zeros}1e-901"));
        check(&format!("0.{zeros}1e901"));
    }

    proptest! {
        #[test]
        fn every_float_is_read_back(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            check(&format!("{value:?}"));
            check(&format!("{value:e}"));
            check(&format!("{value:.20e}"));
        }

        #[test]
        fn any_digits_are_rounded_as_the_standard_library_does(
            whole in "-?(0|[1-9][0-9]{0,30})", fraction in "(\\.[0-9]{1,40})?", exponent in -400_i32..400,
        ) {
            check(&format!("{whole}{fraction}e{exponent}"));
            check(&format!("{whole}{fraction}"));
        }

        #[test]
        fn halfway_cases_are_rounded_to_even(bits in 0_u64..0x7FEF_FFFF_FFFF_FFFF, digit in "[0-9]{0,3}") {
            // The exact decimal of the midpoint of two adjacent floats, computed by doubling
            // integers.
            let (low, high) = (f64::from_bits(bits), f64::from_bits(bits + 1));
            let middle: String = midpoint(low, high);
            check(&middle);
            check(&format!("{middle}{digit}1"));
        }
    }

    /// All digits of (low + high) / 2; the formatting of a float with that many digits is exact.
    fn midpoint(low: f64, high: f64) -> String {
        let (low, high) = (format!("{low:.1100}"), format!("{high:.1100}"));
        let (mut sum, mut carry) = (Vec::new(), 0);
        let pad = high.len() - low.len();
        let low = format!("{}{low}", "0".repeat(pad));
        for (a, b) in low.bytes().rev().zip(high.bytes().rev()) {
            if a == b'.' {
                sum.push(b'.');
                continue;
            }
            let digit = a - b'0' + b - b'0' + carry;
            sum.push(b'0' + digit % 10);
            carry = digit / 10;
        }
        sum.push(b'0' + carry);
        sum.reverse();
        // Halved.
        let mut rest = 0;
        let halved: Vec<u8> = sum
            .iter()
            .chain(b"0")
            .map(|byte| match byte {
                b'.' => b'.',
                byte => {
                    let value = rest * 10 + (byte - b'0');
                    rest = value % 2;
                    b'0' + value / 2
                }
            })
            .collect();
        let text = String::from_utf8(halved).unwrap_or_default();
        let text = text.trim_start_matches('0');
        if text.starts_with('.') {
            format!("0{text}")
        } else {
            text.into()
        }
    }
}
