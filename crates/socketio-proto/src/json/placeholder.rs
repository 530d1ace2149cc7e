//! Placeholders, the objects that refer to attachments: finding, checking and replacing them.

use alloc::string::String;
use alloc::vec::Vec;

use super::error::{ScanError, ScanErrorKind};
use super::number::whole;
use super::scan::Scanner;
use super::text::unescape;

/// Checks that every placeholder in validated JSON text refers to one of the attachments, and
/// returns the placeholders in the order of the text.
///
/// A placeholder is an object, at any depth, whose `_placeholder` is literally `true`. It may have
/// other members, and of duplicate keys the last one wins. Its `num` must be an integer: the
/// reference parser accepts 0.5, and passes `undefined` to the listener instead of the bytes.
pub(crate) fn check_placeholders(
    text: &str,
    attachments: usize,
) -> Result<Vec<Placeholder>, ScanError> {
    find_placeholders(text, attachments, usize::MAX)
}

/// Appends JSON text to `out` without insignificant white space, and replaces each placeholder with
/// the text that `replace` writes for its `num`.
///
/// Without attachments there are no placeholders, and such objects are copied unchanged.
///
/// ```
/// use socketio_proto::json;
///
/// let mut out = String::new();
/// let text = r#"[ "photo", { "_placeholder": true, "num": 0 } ]"#;
/// json::compact(text, 1, &mut out, |num, out| out.push_str(&format!("<attachment {num}>")))?;
/// assert_eq!(out, r#"["photo",<attachment 0>]"#);
/// # Ok::<(), json::ScanError>(())
/// ```
///
/// # Errors
///
/// When the text is not JSON, or a placeholder refers to no attachment. `out` is unchanged then.
pub fn compact(
    text: &str,
    attachments: usize,
    out: &mut String,
    mut replace: impl FnMut(usize, &mut String),
) -> Result<(), ScanError> {
    let mut scan = Scanner::new(text, 0, usize::MAX);
    scan.value()?;
    scan.end()?;
    let mut done = 0;
    if attachments != 0 {
        let found = find_placeholders(text, attachments, usize::MAX)?;
        for Placeholder { start, end, num } in found {
            copy_compact(text.get(done..start).unwrap_or_default(), out);
            replace(num, out);
            done = end;
        }
    }
    copy_compact(text.get(done..).unwrap_or_default(), out);
    Ok(())
}

/// Copies tokens of validated text without the white space between them.
fn copy_compact(text: &str, out: &mut String) {
    let mut scan = Scanner::new(text, 0, usize::MAX);
    loop {
        scan.skip_whitespace();
        let start = scan.pos;
        match scan.peek() {
            None => return,
            Some(b'"') if scan.string().is_ok() => {}
            Some(_) => {
                scan.pos += 1;
                while !matches!(
                    scan.peek(),
                    None | Some(b'"' | b' ' | b'\n' | b'\r' | b'\t')
                ) {
                    scan.pos += 1;
                }
            }
        }
        out.push_str(text.get(start..scan.pos).unwrap_or_default());
    }
}

/// A placeholder: an object that refers to an attachment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placeholder {
    /// The position of its `{`.
    pub(super) start: usize,
    /// The position after its `}`.
    pub(super) end: usize,
    /// The index of the attachment, which exists.
    pub(crate) num: usize,
}

/// Marks a placeholder that refers to no attachment. There are never this many.
const NONE: usize = usize::MAX;

/// Finds all placeholders in one pass, in the order of the text. Nested ones are ignored, as in the
/// reference parser.
///
/// The result is meaningless for text that is not JSON, but the reader refuses such text anyway.
pub(super) fn find_placeholders(
    text: &str,
    attachments: usize,
    max_nesting: usize,
) -> Result<Vec<Placeholder>, ScanError> {
    let mut found: Vec<Placeholder> = Vec::new();
    let mut open: Vec<Object> = Vec::new();
    let mut scan = Scanner::new(text, 0, max_nesting);
    while let Some(byte) = scan.peek() {
        match byte {
            b'"' => {
                let token = scan.string()?;
                scan.skip_whitespace();
                if scan.peek() != Some(b':') {
                    continue;
                }
                scan.pos += 1;
                scan.skip_whitespace();
                let raw = text.get(token.range).unwrap_or_default();
                if let Some(object) = open.last_mut() {
                    object.member(raw, token.escaped, text, scan.pos);
                }
            }
            b'{' => {
                if open.len() >= max_nesting {
                    return Err(scan.fault(ScanErrorKind::Nesting));
                }
                open.push(Object {
                    start: scan.pos,
                    found_before: found.len(),
                    placeholder: false,
                    num: None,
                });
                scan.pos += 1;
            }
            b'}' => {
                scan.pos += 1;
                if let Some(object) = open.pop().filter(|object| object.placeholder) {
                    // Placeholders within a placeholder are ignored.
                    found.truncate(object.found_before);
                    let num = object.num.filter(|num| *num < attachments);
                    found.push(Placeholder {
                        start: object.start,
                        end: scan.pos,
                        num: num.unwrap_or(NONE),
                    });
                }
            }
            _ => scan.pos += 1,
        }
    }
    match found.iter().find(|placeholder| placeholder.num == NONE) {
        None => Ok(found),
        Some(placeholder) => Err(ScanError {
            kind: ScanErrorKind::Placeholder,
            offset: placeholder.start,
        }),
    }
}

/// The state of an object whose end has not been reached.
#[derive(Debug)]
struct Object {
    start: usize,
    found_before: usize,
    placeholder: bool,
    num: Option<usize>,
}

impl Object {
    /// Records a member whose value starts at `value`.
    fn member(&mut self, key: &str, escaped: bool, text: &str, value: usize) {
        let decoded;
        let key = match escaped {
            true => {
                decoded = unescape(key);
                &*decoded
            }
            false => key,
        };
        match key {
            "_placeholder" => {
                let value = text.get(value..).unwrap_or_default();
                self.placeholder = value.starts_with("true");
            }
            "num" => {
                let number = Scanner::new(text, value, 0).number().ok();
                self.num = number.and_then(whole).and_then(|(negative, num)| {
                    if negative && num != 0 {
                        return None;
                    }
                    usize::try_from(num).ok()
                });
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, attachments: usize) -> Result<(), usize> {
        check_placeholders(text, attachments)
            .map(drop)
            .map_err(|error| {
                assert_eq!(error.kind, ScanErrorKind::Placeholder);
                error.offset
            })
    }

    #[test]
    fn m9_a_placeholder_names_an_attachment() {
        let text = r#"["x",{"a":[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]}]"#;
        assert_eq!(check(text, 2), Ok(()));
        assert_eq!(check(text, 1), Err(41));
        assert_eq!(check(text, 0), Err(11));
        assert_eq!(check("[1,{}]", 0), Ok(()));
    }

    #[test]
    fn m9_only_true_itself_marks_a_placeholder() {
        for mark in [
            "1",
            "\"true\"",
            "[true]",
            "{\"true\":true}",
            "null",
            "false",
        ] {
            let text = alloc::format!(r#"{{"_placeholder":{mark},"num":9}}"#);
            assert_eq!(check(&text, 1), Ok(()), "{text}");
        }
    }

    #[test]
    fn m9_a_num_that_is_not_whole_is_refused() {
        for num in [
            "0.5",
            "-1",
            "1",
            "\"0\"",
            "null",
            "[0]",
            "{\"num\":0}",
            "1e-1",
            "1e400",
        ] {
            let text = alloc::format!(r#"{{"_placeholder":true,"num":{num}}}"#);
            assert_eq!(check(&text, 1), Err(0), "{text}");
        }
        for num in ["0", "-0", "0.0", "0e7"] {
            let text = alloc::format!(r#"{{"_placeholder":true,"num":{num}}}"#);
            assert_eq!(check(&text, 1), Ok(()), "{text}");
        }
    }

    #[test]
    fn m9_the_last_of_two_keys_counts() {
        let twice = |mark: &str, num: &str| {
            alloc::format!(r#"{{"_placeholder":{mark},"num":9,"n\u0075m":{num}}}"#)
        };
        assert_eq!(check(&twice("true", "0"), 1), Ok(()));
        assert_eq!(check(&twice("true", "9"), 1), Err(0));
        assert_eq!(check(&twice("true,\"_placeholder\":0", "9"), 1), Ok(()));
    }
}
