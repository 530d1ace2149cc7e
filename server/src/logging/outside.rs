use std::fmt::{self, Display, Write};

/// The maximum number of characters shown.
const SHOWN: usize = 100;

/// A text from outside in a log line: quoted, escaped, and cut off if it is too long.
///
/// `tracing::info!(uid = %Outside(&uid), …)`
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outside<T>(pub(crate) T);

impl<T: Display> Display for Outside<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = Shown {
            to: f,
            left: SHOWN,
            left_out: 0,
        };
        shown.to.write_char('"')?;
        write!(shown, "{}", self.0)?;
        let left_out = shown.left_out;
        match left_out {
            0 => f.write_char('"'),
            _ => write!(f, "…\" and {left_out} bytes more"),
        }
    }
}

struct Shown<'a, 'b> {
    to: &'a mut fmt::Formatter<'b>,
    left: usize,
    left_out: usize,
}

impl Write for Shown<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut characters = text.chars();
        while self.left > 0 {
            let Some(character) = characters.next() else {
                return Ok(());
            };
            self.left -= 1;
            // Escapes everything that is not plainly visible, and quotes and backslashes.
            for escaped in character.escape_debug() {
                self.to.write_char(escaped)?;
            }
        }
        self.left_out += characters.as_str().len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Outside;

    #[test]
    fn text_from_clients_is_quoted_escaped_and_truncated() {
        for (text, shown) in [
            ("", r#""""#),
            ("果子 7", r#""果子 7""#),
            ("a\"b\\", r#""a\"b\\""#),
            ("a\nINFO forged", r#""a\nINFO forged""#),
            ("\u{1b}[31m", r#""\u{1b}[31m""#),
            ("\u{9b}31m", r#""\u{9b}31m""#),
            ("\u{202e}gpj", r#""\u{202e}gpj""#),
        ] {
            assert_eq!(Outside(text).to_string(), shown);
        }
        let long = "é".repeat(150);
        let shown = format!("\"{}…\" and 100 bytes more", "é".repeat(100));
        assert_eq!(Outside(&long).to_string(), shown);
        assert!(Outside("\u{1}".repeat(1 << 20)).to_string().len() < 1000);
    }
}
