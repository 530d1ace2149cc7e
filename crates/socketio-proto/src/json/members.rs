//! Untyped access to objects and arrays, for the few payloads that the protocol itself reads. Not
//! generic, so it is linked once.

use alloc::string::String;

use super::error::ScanError;
use super::scan::{MAX_NESTING, Scanner};
use super::text::unescape;

/// Calls `tell` with the key and the raw value of each member, in order. The text must be one
/// object.
pub(crate) fn members<'a>(
    text: &'a str,
    tell: &mut dyn FnMut(&str, &'a str),
) -> Result<(), ScanError> {
    let mut scan = Scanner::new(text, 0, MAX_NESTING);
    scan.skip_whitespace();
    scan.expect(b'{')?;
    scan.skip_whitespace();
    let mut more = scan.peek() != Some(b'}');
    while more {
        scan.skip_whitespace();
        let key = text.get(scan.string()?.range).unwrap_or_default();
        scan.skip_whitespace();
        scan.expect(b':')?;
        let value = text.get(scan.value()?).unwrap_or_default();
        tell(&unescape(key), value);
        scan.skip_whitespace();
        more = scan.peek() == Some(b',');
        if more {
            scan.expect(b',')?;
        }
    }
    scan.expect(b'}')?;
    scan.end()
}

/// Calls `tell` with the raw text of each element of an array. The text must have been validated.
pub(crate) fn elements<'a>(text: &'a str, tell: &mut dyn FnMut(&'a str)) -> Result<(), ScanError> {
    let mut scan = Scanner::new(text, 0, MAX_NESTING);
    scan.expect(b'[')?;
    scan.skip_whitespace();
    while scan.peek() != Some(b']') {
        tell(text.get(scan.value()?).unwrap_or_default());
        scan.skip_whitespace();
        if scan.peek() == Some(b',') {
            scan.expect(b',')?;
        }
    }
    Ok(())
}

/// Decodes the raw text of a value if it is a string. The text must have been validated.
pub(crate) fn string(value: &str) -> Option<String> {
    let inside = value.strip_prefix("\"")?.strip_suffix("\"")?;
    Some(unescape(inside).into_owned())
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn the_members_of_an_object_are_returned() {
        let mut visited = Vec::new();
        let text = r#" { "a" : [1, {"b": 2}] ,"\u0062":"x\"","a":null } "#;
        let all = members(text, &mut |key, value| {
            visited.push((String::from(key), value))
        });
        assert_eq!(all, Ok(()));
        let visited: Vec<_> = visited
            .iter()
            .map(|(key, value)| (&**key, *value))
            .collect();
        assert_eq!(
            visited,
            [("a", r#"[1, {"b": 2}]"#), ("b", r#""x\"""#), ("a", "null")]
        );
        assert_eq!(members("{}", &mut |_, _| panic!("a member")), Ok(()));
        for text in [
            "",
            "[]",
            "{",
            "{,}",
            "{\"a\":1,}",
            "{\"a\":1}x",
            "{\"a\" 1}",
        ] {
            assert!(members(text, &mut |_, _| {}).is_err(), "{text}");
        }
    }

    #[test]
    fn the_elements_of_an_array_are_returned() {
        let mut visited = Vec::new();
        assert_eq!(
            elements("[ 1 ,\"]\",[2]]", &mut |value| visited.push(value)),
            Ok(())
        );
        assert_eq!(visited, ["1", "\"]\"", "[2]"]);
        assert_eq!(elements("[]", &mut |_| panic!("an element")), Ok(()));
        assert!(elements("1", &mut |_| {}).is_err());
    }

    #[test]
    fn a_string_is_distinguished_from_other_values() {
        assert_eq!(string(r#""a\n""#).as_deref(), Some("a\n"));
        assert_eq!(string("1"), None);
        assert_eq!(string("\""), None);
    }
}
