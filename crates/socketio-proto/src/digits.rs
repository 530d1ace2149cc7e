use alloc::string::String;
use core::fmt;

use crate::json::push_integer;

/// Displays a whole number. The implementation in `core` links widths, signs and a table of digits,
/// 1 KB of a page.
pub(crate) struct Digits<T>(pub(crate) T);

impl fmt::Display for Digits<u64> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        push_integer(&mut text, false, self.0);
        f.write_str(&text)
    }
}

impl fmt::Display for Digits<usize> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Digits(self.0 as u64), f)
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn a_number_is_written_as_core_writes_it() {
        for number in [0, 7, 10, 4_294_967_296, u64::MAX] {
            assert_eq!(format!("{}", Digits(number)), format!("{number}"));
        }
        assert_eq!(format!("{}", Digits(100_usize)), "100");
    }
}
