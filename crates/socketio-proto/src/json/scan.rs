use alloc::vec::Vec;
use core::ops::Range;

use super::error::{ScanError, ScanErrorKind};
use super::text::run_end;

/// The maximum nesting of arrays and objects in text that is decoded.
pub const MAX_NESTING: usize = 512;

/// A scanner that validates JSON text (RFC 8259, strictly) without building values.
///
/// In addition, it accepts `NaN`, `Infinity` and `-Infinity`, which Python writes, as synonyms of
/// null, which JavaScript writes for such numbers.
///
/// It does not recurse: each level of nesting takes one bit.
#[derive(Clone, Debug)]
pub(crate) struct Scanner<'a> {
    pub(super) text: &'a str,
    pub(super) pos: usize,
    /// How many more levels of arrays and objects may be opened.
    pub(super) nesting: usize,
    /// Whether it accepts nothing but JSON.
    strict: bool,
}

impl<'a> Scanner<'a> {
    /// Creates a scanner at byte `pos` of `text`.
    pub(crate) fn new(text: &'a str, pos: usize, max_nesting: usize) -> Self {
        Self {
            text,
            pos,
            nesting: max_nesting,
            strict: false,
        }
    }

    /// Makes the scanner accept nothing but JSON, for text that is sent to peers.
    pub(crate) fn strict(self) -> Self {
        Self {
            strict: true,
            ..self
        }
    }

    /// The position, in bytes from the start of the text.
    pub(crate) fn pos(&self) -> usize {
        self.pos
    }

    /// Whether the end of the text is reached.
    pub(crate) fn at_end(&self) -> bool {
        self.pos >= self.text.len()
    }

    /// The next byte. Inlined, because that takes no more code than a call.
    #[inline(always)]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.pos).copied()
    }

    /// Skips white space and returns the next byte, 0 at the end. Between two values, this is often
    /// the only call.
    pub(crate) fn token(&mut self) -> u8 {
        while let Some(byte) = self.peek() {
            if byte > b' ' || !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return byte;
            }
            self.pos += 1;
        }
        0
    }

    /// Skips white space.
    pub(crate) fn skip_whitespace(&mut self) {
        self.token();
    }

    /// Skips `byte`, which must come next.
    #[inline]
    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), ScanError> {
        if self.peek() == Some(byte) {
            self.pos += 1;
            return Ok(());
        }
        Err(self.fault(ScanErrorKind::Expected(char::from(byte))))
    }

    /// Skips white space and exactly one value, and returns the value's range.
    pub(crate) fn value(&mut self) -> Result<Range<usize>, ScanError> {
        let mut byte = self.token();
        let start = self.pos;
        let mut open = OpenStack::default();
        loop {
            // A value comes next.
            match byte {
                b'"' => {
                    self.string()?;
                }
                b'{' => {
                    self.enter(open.len)?;
                    if self.token() != b'}' {
                        open.push(true);
                        self.key()?;
                        byte = self.token();
                        continue;
                    }
                    self.pos += 1;
                }
                b'[' => {
                    self.enter(open.len)?;
                    byte = self.token();
                    if byte != b']' {
                        open.push(false);
                        continue;
                    }
                    self.pos += 1;
                }
                _ => self.scalar()?,
            }
            // A value has ended: close the arrays and objects that end with it.
            loop {
                let Some(object) = open.last() else {
                    return Ok(start..self.pos);
                };
                match (self.token(), object) {
                    (b',', false) => {
                        self.pos += 1;
                        break;
                    }
                    (b',', true) => {
                        self.pos += 1;
                        self.token();
                        self.key()?;
                        break;
                    }
                    (b']', false) | (b'}', true) => {
                        self.pos += 1;
                        open.pop();
                    }
                    (_, false) => return Err(self.fault(ScanErrorKind::ExpectedElement)),
                    (_, true) => return Err(self.fault(ScanErrorKind::ExpectedMember)),
                }
            }
            byte = self.token();
        }
    }

    /// Skips a string, whose opening quote must come next.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<StringToken, ScanError> {
        if self.peek() != Some(b'"') {
            return Err(self.fault(ScanErrorKind::ExpectedString));
        }
        let start = self.pos + 1;
        let end = run_end(self.text.as_bytes(), start);
        if self.text.as_bytes().get(end) == Some(&b'"') {
            self.pos = end + 1;
            return Ok(StringToken {
                range: start..end,
                escaped: false,
            });
        }
        self.string_escaped(start, end)
    }

    /// Skips the rest of a string whose first run ended at `at`, before its closing quote.
    fn string_escaped(&mut self, start: usize, at: usize) -> Result<StringToken, ScanError> {
        let bytes = self.text.as_bytes();
        self.pos = at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let range = start..self.pos;
                    self.pos += 1;
                    return Ok(StringToken {
                        range,
                        escaped: true,
                    });
                }
                Some(b'\\') => {
                    self.pos += match bytes.get(self.pos + 1) {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
                        Some(b'u') => {
                            let digits = bytes.get(self.pos + 2..self.pos + 6);
                            if !digits.is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit)) {
                                return Err(self.fault(ScanErrorKind::Escape));
                            }
                            6
                        }
                        _ => return Err(self.fault(ScanErrorKind::Escape)),
                    };
                }
                Some(_) => return Err(self.fault(ScanErrorKind::ControlCharacter)),
                None => return Err(self.fault(ScanErrorKind::End)),
            }
            // Escapes tend to occur in a row, so check for one before searching.
            if self.peek() != Some(b'\\') {
                self.pos = run_end(bytes, self.pos);
            }
        }
    }

    /// Skips a member's key and the colon after it.
    fn key(&mut self) -> Result<(), ScanError> {
        if self.peek() != Some(b'"') {
            return Err(self.fault(ScanErrorKind::ExpectedKey));
        }
        self.string()?;
        self.skip_whitespace();
        self.expect(b':')
    }

    /// Checks that only white space is left.
    pub(super) fn end(&mut self) -> Result<(), ScanError> {
        self.skip_whitespace();
        match self.at_end() {
            true => Ok(()),
            false => Err(self.fault(ScanErrorKind::Trailing)),
        }
    }

    /// Skips `true`, `false`, `null` or a number.
    fn scalar(&mut self) -> Result<(), ScanError> {
        match self.peek() {
            Some(b't') => self.literal("true"),
            Some(b'f') => self.literal("false"),
            Some(b'0'..=b'9') => self.number().map(drop),
            _ => match self.word_for_null() {
                Some(word) => self.literal(word),
                None if self.peek() == Some(b'-') => self.number().map(drop),
                None => Err(self.fault(ScanErrorKind::ExpectedValue)),
            },
        }
    }

    /// If the next value begins like a word for null, returns that word.
    pub(super) fn word_for_null(&self) -> Option<&'static str> {
        match self.peek()? {
            b'n' => Some("null"),
            _ if self.strict => None,
            b'N' => Some("NaN"),
            b'I' => Some("Infinity"),
            b'-' if self.text.as_bytes().get(self.pos + 1) == Some(&b'I') => Some("-Infinity"),
            _ => None,
        }
    }

    /// Skips `word`, which must come next.
    pub(super) fn literal(&mut self, word: &'static str) -> Result<(), ScanError> {
        let end = self.pos + word.len();
        if self.text.as_bytes().get(self.pos..end) == Some(word.as_bytes()) {
            self.pos = end;
            return Ok(());
        }
        Err(self.fault(ScanErrorKind::ExpectedValue))
    }

    /// Skips a number and returns its text.
    pub(super) fn number(&mut self) -> Result<&'a str, ScanError> {
        let start = self.pos;
        if self.peek() == Some(b'-') {
            self.pos += 1;
        }
        if self.peek() == Some(b'0') {
            self.pos += 1;
            if let Some(b'0'..=b'9') = self.peek() {
                return Err(self.fault(ScanErrorKind::Number));
            }
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.pos += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.pos += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.pos += 1;
            }
            self.digits()?;
        }
        Ok(self.text.get(start..self.pos).unwrap_or_default())
    }

    /// Skips a plain integer of at most 19 digits and returns its sign and magnitude. Does nothing
    /// for any other number.
    #[inline]
    pub(super) fn short_integer(&mut self) -> Option<(bool, u64)> {
        let negative = self.peek() == Some(b'-');
        let start = self.pos + usize::from(negative);
        let digits = self.text.as_bytes().get(start..)?;
        let mut magnitude = 0_u64;
        let mut len = 0;
        for byte in digits {
            match byte {
                b'0'..=b'9' => {
                    magnitude = magnitude
                        .wrapping_mul(10)
                        .wrapping_add(u64::from(byte - b'0'));
                    len += 1;
                }
                b'.' | b'e' | b'E' => return None,
                _ => break,
            }
        }
        if len == 0 || len > 19 || (len > 1 && digits.first() == Some(&b'0')) {
            return None;
        }
        self.pos = start + len;
        Some((negative, magnitude))
    }

    /// Skips one or more digits.
    fn digits(&mut self) -> Result<(), ScanError> {
        let start = self.pos;
        while let Some(b'0'..=b'9') = self.peek() {
            self.pos += 1;
        }
        if self.pos == start {
            return Err(self.fault(ScanErrorKind::Number));
        }
        Ok(())
    }

    /// Skips an opening bracket, with `depth` brackets open since the scanner was created.
    fn enter(&mut self, depth: usize) -> Result<(), ScanError> {
        if depth >= self.nesting {
            return Err(self.fault(ScanErrorKind::Nesting));
        }
        self.pos += 1;
        Ok(())
    }

    /// Returns an error at this position; at the end of the text, the error is that the text ends.
    #[cold]
    pub(super) fn fault(&self, kind: ScanErrorKind) -> ScanError {
        let kind = if self.at_end() {
            ScanErrorKind::End
        } else {
            kind
        };
        ScanError {
            kind,
            offset: self.pos,
        }
    }
}

/// The position of a string in the text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct StringToken {
    /// The range within the quotes, in bytes from the start of the text.
    pub(crate) range: Range<usize>,
    /// Whether it contains escapes, so that [`unescape`](super::unescape) is needed.
    pub(crate) escaped: bool,
}

/// The open arrays and objects, one bit each: an object (1) or an array (0).
#[derive(Debug, Default)]
struct OpenStack {
    len: usize,
    top: u64,
    below: Vec<u64>,
}

impl OpenStack {
    #[inline]
    fn push(&mut self, object: bool) {
        if self.len != 0 && self.len.is_multiple_of(64) {
            self.below.push(self.top);
        }
        self.top = self.top << 1 | u64::from(object);
        self.len += 1;
    }

    #[inline]
    fn pop(&mut self) {
        self.len = self.len.saturating_sub(1);
        if self.len != 0 && self.len.is_multiple_of(64) {
            self.top = self.below.pop().unwrap_or_default();
        } else {
            self.top >>= 1;
        }
    }

    #[inline]
    fn last(&self) -> Option<bool> {
        (self.len != 0).then_some(self.top & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_a_payload_piece_by_piece() {
        let text = r#"42["ev\u0065nt", {"a": [1, "]"]} ,null]"#;
        let mut scan = Scanner::new(text, 2, 512);
        scan.expect(b'[').unwrap();
        let name = scan.string().unwrap();
        assert!(name.escaped);
        assert_eq!(text.get(name.range), Some(r"ev\u0065nt"));
        scan.expect(b',').unwrap();
        let argument = scan.value().unwrap();
        assert_eq!(text.get(argument), Some(r#"{"a": [1, "]"]}"#));
        assert_eq!(scan.peek(), Some(b' '));
        scan.skip_whitespace();
        scan.expect(b',').unwrap();
        let argument = scan.value().unwrap();
        assert_eq!(text.get(argument), Some("null"));
        assert!(!scan.at_end());
        scan.expect(b']').unwrap();
        assert!(scan.at_end());
        assert_eq!(scan.pos(), text.len());
    }

    #[test]
    fn errors_name_their_offset() {
        let fault = |text: &str| {
            let error = Scanner::new(text, 0, 2).value().unwrap_err();
            (error.kind, error.offset)
        };
        assert_eq!(fault("[1,]"), (ScanErrorKind::ExpectedValue, 3));
        assert_eq!(fault("[1}"), (ScanErrorKind::ExpectedElement, 2));
        assert_eq!(fault("{\"a\":1]"), (ScanErrorKind::ExpectedMember, 6));
        assert_eq!(fault("{,}"), (ScanErrorKind::ExpectedKey, 1));
        assert_eq!(fault("{\"a\"}"), (ScanErrorKind::Expected(':'), 4));
        assert_eq!(fault("[[[]]]"), (ScanErrorKind::Nesting, 2));
        assert_eq!(fault("\"a\nb\""), (ScanErrorKind::ControlCharacter, 2));
        assert_eq!(fault("\"a\\n\\u12x4\""), (ScanErrorKind::Escape, 4));
        assert_eq!(fault("-a"), (ScanErrorKind::Number, 1));
        assert_eq!(fault("01"), (ScanErrorKind::Number, 1));
        assert_eq!(fault("[1, "), (ScanErrorKind::End, 4));
        assert_eq!(fault("\"a"), (ScanErrorKind::End, 2));
    }

    #[test]
    fn nesting_is_limited_exactly_and_across_words_of_the_stack() {
        for depth in [1, 63, 64, 65, 127, 128, 129, 511, 512, 513] {
            let mixed: [(&str, &str); 2] = [("[", "]"), ("{\"a\":", "}")];
            let pieces = (0..depth).map(|level| mixed[level % 3 % 2]);
            let opening: alloc::string::String = pieces.clone().map(|(open, _)| open).collect();
            let closing: alloc::string::String = pieces.rev().map(|(_, close)| close).collect();
            let text = alloc::format!("{opening}0{closing}");
            assert_eq!(Scanner::new(&text, 0, depth).value(), Ok(0..text.len()));
            let error = Scanner::new(&text, 0, depth - 1).value().unwrap_err();
            assert_eq!(error.kind, ScanErrorKind::Nesting);
        }
        assert!(Scanner::new("1", 0, 0).value().is_ok());
        assert!(Scanner::new("[]", 0, 0).value().is_err());
    }

    #[test]
    fn an_offset_beyond_the_text_is_its_end() {
        let mut scan = Scanner::new("1", 7, 512);
        assert!(scan.at_end());
        assert_eq!(scan.value().unwrap_err().kind, ScanErrorKind::End);
        // Within a character.
        let mut scan = Scanner::new("种\"", 1, 512);
        assert!(scan.value().is_err());
    }
}
