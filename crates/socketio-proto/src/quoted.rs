use core::fmt::{self, Write as _};

/// Displays text, which may come from a peer, in quotes, with invisible characters as escapes.
/// `{:?}` would link tables of Unicode, 7 KB of a page.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        quote(f, "\"", self.0)
    }
}

/// The same for one character.
pub(crate) struct QuotedChar(pub(crate) char);

impl fmt::Display for QuotedChar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        quote(f, "'", self.0.encode_utf8(&mut [0; 4]))
    }
}

fn quote(f: &mut fmt::Formatter<'_>, mark: &str, text: &str) -> fmt::Result {
    f.write_str(mark)?;
    for char in text.chars() {
        match char {
            '"' | '\\' => {
                f.write_char('\\')?;
                f.write_char(char)?;
            }
            // Control characters, invisible spaces, and characters that change the text direction.
            '\0'..' ' | '\x7f'..'\u{a0}' | '\u{200b}'..'\u{2010}' | '\u{2028}'..'\u{2070}' => {
                for char in char.escape_unicode() {
                    f.write_char(char)?;
                }
            }
            _ => f.write_char(char)?,
        }
    }
    f.write_str(mark)
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn characters_that_reverse_or_hide_text_are_escaped() {
        let text = "a\"b\\c种\n\u{202e}\u{9f}😀";
        assert_eq!(
            format!("{}", Quoted(text)),
            r#""a\"b\\c种\u{a}\u{202e}\u{9f}😀""#
        );
        assert_eq!(format!("{}", QuotedChar('9')), "'9'");
        assert_eq!(format!("{}", QuotedChar('\u{2066}')), r"'\u{2066}'");
    }
}
