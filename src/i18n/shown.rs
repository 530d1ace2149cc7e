//! Sanitizes text from servers and other players for display: bounded, on one line, and without
//! characters that could mislead.

/// The maximum length of a name, in characters.
const NAME: usize = 24;

/// The maximum length of a server's message, in characters.
const WORDS: usize = 200;

/// Sanitizes a name, or an id that is shown instead of one.
pub(crate) fn name(text: &str) -> String {
    line(text, NAME)
}

/// Sanitizes a server's message.
pub(crate) fn words(text: &str) -> String {
    line(text, WORDS)
}

/// Returns `text` on one line of at most `most` characters, with an ellipsis if it was cut. The
/// rest is not read, because it may be megabytes.
///
/// Removes invisible characters and those that change the text direction. A number is never split,
/// because its part would read as another number.
pub(crate) fn line(text: &str, most: usize) -> String {
    let mut shown = String::new();
    let (mut length, mut gap) = (0, false);
    let mut rest = text.chars();
    // The number of removed characters is bounded as well.
    for character in rest.by_ref().take(most.saturating_mul(4)) {
        if character.is_whitespace() {
            gap = length > 0;
            continue;
        }
        if is_unseen(character) {
            continue;
        }
        if length + usize::from(gap) >= most {
            return cut(shown, !gap && is_of_number(character));
        }
        if core::mem::take(&mut gap) {
            shown.push(' ');
            length += 1;
        }
        shown.push(character);
        length += 1;
    }
    match rest.next() {
        Some(next) => cut(shown, !gap && is_of_number(next)),
        None => shown,
    }
}

/// Returns at most `most` characters of `text`, with its line breaks.
pub(crate) fn block(mut text: String, most: usize) -> String {
    let Some((end, next)) = text.char_indices().nth(most) else {
        return text;
    };
    text.truncate(end);
    cut(text, is_of_number(next))
}

/// Returns `text` with an ellipsis. `may_split` says whether the character after `text` may belong
/// to a number at its end.
fn cut(mut text: String, may_split: bool) -> String {
    if may_split {
        let whole = text.trim_end_matches(is_of_number).len();
        // A text of digits only is an id, which may be split.
        if whole > 0 {
            text.truncate(whole);
        }
    }
    let end = text.trim_end().len();
    text.truncate(end);
    text.push('…');
    text
}

fn is_of_number(character: char) -> bool {
    character.is_ascii_digit() || matches!(character, '.' | ',')
}

/// Returns whether a character is a control character, or sets the direction of the text around it.
/// The joiners of emoji are kept.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_text_is_unchanged() {
        assert_eq!(line("阿桃 <b>x</b> 👩‍🌾", 40), "阿桃 <b>x</b> 👩‍🌾");
        assert_eq!(line("12345", 5), "12345");
        assert_eq!(line("", 5), "");
    }

    #[test]
    fn long_text_is_truncated_visibly() {
        assert_eq!(line("abcdef", 5), "abcde…");
        assert_eq!(line("ab cdef", 3), "ab…");
        assert_eq!(line("ab cdef", 4), "ab c…");
        assert_eq!(line(&"果".repeat(600_000), 3), "果果果…");
        assert_eq!(name(&"x".repeat(600_000)).chars().count(), NAME + 1);
    }

    #[test]
    fn truncation_never_yields_another_number() {
        assert_eq!(line("now 1234567 here", 8), "now…");
        assert_eq!(line("now 1,234.5 here", 9), "now…");
        assert_eq!(line("now 1234 here", 8), "now 1234…");
        assert_eq!(line("now 1234567", 11), "now 1234567");
        // An id.
        assert_eq!(line("1234567", 3), "123…");
    }

    #[test]
    fn a_block_keeps_its_lines() {
        assert_eq!(block("a\nb".into(), 3), "a\nb");
        assert_eq!(block("a\nbc".into(), 3), "a\nb…");
        assert_eq!(block("has 12345".into(), 6), "has…");
        assert_eq!(block("果".repeat(600_000), 2), "果果…");
    }

    #[test]
    fn line_ends_become_spaces_and_invisible_characters_are_removed() {
        assert_eq!(line(" a\r\n\n\tb\u{2028}c ", 9), "a b c");
        assert_eq!(line("a\u{202e}b\u{2066}c\u{0}\u{1b}d\u{feff}", 9), "abcd");
        let nothing = ["\u{202e}".repeat(600_000).as_str(), "a"].concat();
        assert_eq!(line(&nothing, 9), "…");
    }
}
