use std::fmt::{self, Debug, Write as _};
use std::io::{self, Write};

use tracing_subscriber::fmt::format::Writer;

/// The maximum length of a value in a human-readable line, in bytes. None of ours is that long.
const MOST_FIELD_BYTES: usize = 2000;

/// The maximum length of a JSON line, in bytes; a longer one is replaced by one that says so.
const MOST_LINE_BYTES: usize = 16 * 1024;

/// Writes a value with its control characters escaped.
pub(super) fn escape_field(to: &mut Writer<'_>, value: &dyn Debug) -> fmt::Result {
    write!(
        Field {
            to,
            left: Some(MOST_FIELD_BYTES),
        },
        "{value:?}"
    )
}

struct Field<'a, 'b> {
    to: &'a mut Writer<'b>,
    /// The number of bytes left; `None` once the value was cut off.
    left: Option<usize>,
}

impl fmt::Write for Field<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            let Some(left) = self.left else {
                return Ok(());
            };
            self.left = left.checked_sub(character.len_utf8());
            if self.left.is_none() {
                return self.to.write_char('…');
            }
            if is_harmful(character) {
                write!(self.to, "{}", character.escape_unicode())?;
            } else {
                self.to.write_char(character)?;
            }
        }
        Ok(())
    }
}

/// Returns whether a character ends a line, controls a terminal, or changes the order in which text
/// is shown.
fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A writer of JSON lines, each written as a whole. JSON itself escapes only some of the harmful
/// characters.
#[derive(Debug)]
pub(super) struct CarefulLines<W>(pub(super) W);

impl<W: Write> Write for CarefulLines<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let text = text.trim_end_matches('\n');
        let mut careful = String::with_capacity(line.len());
        for character in text.chars() {
            if is_harmful(character) {
                // Outside of strings JSON has none of these characters, and each of them is below
                // U+FFFF.
                let _ = write!(careful, "\\u{:04x}", u32::from(character));
            } else {
                careful.push(character);
            }
            if careful.len() > MOST_LINE_BYTES {
                let bytes = line.len();
                careful = format!(
                    r#"{{"level":"WARN","message":"a line of {bytes} bytes is left out"}}"#
                );
                break;
            }
        }
        careful.push('\n');
        self.0.write_all(careful.as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::{self, Debug, Display};
    use std::io::Write;

    use tracing_subscriber::fmt::format::Writer;

    use super::{CarefulLines, MOST_FIELD_BYTES, escape_field};

    struct Shown<'a>(&'a str);

    impl Debug for Shown<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            Display::fmt(self.0, f)
        }
    }

    fn field(text: &str) -> String {
        let mut line = String::new();
        escape_field(&mut Writer::new(&mut line), &Shown(text)).unwrap();
        line
    }

    fn line(text: &str) -> String {
        let mut lines = CarefulLines(Vec::new());
        lines.write_all(text.as_bytes()).unwrap();
        String::from_utf8(lines.0).unwrap()
    }

    #[test]
    fn a_field_is_one_line_without_control_characters() {
        assert_eq!(field("果子 7"), "果子 7");
        assert_eq!(
            field("a\r\nb\u{1b}[31m\u{9b}m\u{7f}\u{202e}\u{2028}"),
            r"a\u{d}\u{a}b\u{1b}[31m\u{9b}m\u{7f}\u{202e}\u{2028}"
        );
        let long = field(&"é".repeat(MOST_FIELD_BYTES));
        assert_eq!(long.chars().count(), MOST_FIELD_BYTES / 2 + 1);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn a_line_of_json_stays_json() {
        let text = "a\u{1b}b\u{9b}c\u{7f}d\u{202e}\"";
        let json = serde_json::to_string(text).unwrap();
        let careful = line(&format!("{json}\n"));
        assert!(
            !careful
                .trim_end_matches('\n')
                .contains(|it: char| it.is_control())
        );
        assert!(!careful.contains('\u{202e}'));
        assert_eq!(serde_json::from_str::<String>(&careful).unwrap(), text);
    }

    #[test]
    fn the_length_of_a_json_line_is_bounded() {
        let careful = line(&format!("\"{}\"\n", "a".repeat(1 << 20)));
        let value: serde_json::Value = serde_json::from_str(&careful).unwrap();
        assert_eq!(value["message"], "a line of 1048579 bytes is left out");
    }
}
