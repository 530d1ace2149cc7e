use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::lenient::Scalar;

/// An amount of money, exact to the hundredth.
///
/// On the wire it is a number such as `12.5`; some servers send it as a string.
///
/// ```
/// use orchard_contract::Money;
///
/// assert_eq!("12.5".parse(), Ok(Money::from_cents(1250)));
/// assert_eq!(Money::from_cents(1250).to_string(), "12.50");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

impl Money {
    /// Creates an amount from hundredths.
    pub const fn from_cents(cents: i64) -> Self {
        Self(cents)
    }

    /// Returns the amount in hundredths.
    pub const fn cents(self) -> i64 {
        self.0
    }

    /// Returns the nearest amount, or `None` if `amount` is NaN or its absolute value exceeds 90
    /// billion.
    fn from_float(amount: f64) -> Option<Self> {
        const LIMIT: f64 = 9.0e12;
        let cents = amount * 100.0;
        // The cast truncates, so half a cent is added, away from zero, to round to the nearest.
        let rounded = if cents < 0.0 {
            cents - 0.5
        } else {
            cents + 0.5
        };
        (-LIMIT..=LIMIT)
            .contains(&cents)
            .then_some(Self(rounded as i64))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

impl FromStr for Money {
    type Err = NotMoney;

    /// Parses `12`, `12.5` and `-12.50`. Digits beyond the hundredths are dropped.
    fn from_str(text: &str) -> Result<Self, NotMoney> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let only_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !only_digits(whole) || !only_digits(fraction) {
            return Err(NotMoney);
        }
        let hundredths = fraction
            .bytes()
            .chain([b'0', b'0'])
            .take(2)
            .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        let cents = whole
            .parse::<i64>()
            .ok()
            .and_then(|whole| whole.checked_mul(100)?.checked_add(hundredths))
            .ok_or(NotMoney)?;
        Ok(Self(if negative { -cents } else { cents }))
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 100.0)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient(deserializer)?.ok_or_else(|| serde::de::Error::custom("not an amount of money"))
    }
}

/// Deserializes an amount leniently: a value that can't be read is `None`.
pub(crate) fn lenient<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Money>, D::Error> {
    let cents = match Scalar::deserialize(d)? {
        Scalar::Unsigned(number) => i64::try_from(number)
            .ok()
            .and_then(|it| it.checked_mul(100)),
        Scalar::Negative(number) => number.checked_mul(100),
        Scalar::Float(number) => return Ok(Money::from_float(number)),
        Scalar::Text(text) => return Ok(text.parse().ok()),
        Scalar::Nothing => None,
    };
    Ok(cents.map(Money::from_cents))
}

/// The error of parsing a text that is not a decimal number, or too large for [`Money`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotMoney;

impl fmt::Display for NotMoney {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an amount of money such as 12.50")
    }
}

impl core::error::Error for NotMoney {}
