//! The parts of frames that the comparison inspects.

use crate::trace::Wire;

/// A sent event that requests an acknowledgement.
pub(crate) struct EventFrame<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) id: &'a str,
    pub(crate) payload: &'a str,
}

impl<'a> EventFrame<'a> {
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        let rest = match text.strip_prefix("45") {
            Some(rest) => rest.split_once('-')?.1,
            None => text.strip_prefix("42")?,
        };
        let (namespace, rest) = match rest.split_once(',') {
            Some((name, rest)) if name.starts_with('/') => (name, rest),
            _ => ("/", rest),
        };
        let end = rest.find(|char: char| !char.is_ascii_digit() && char != '#')?;
        let (id, payload) = rest.split_at(end);
        (!id.is_empty()).then_some(Self {
            namespace,
            id,
            payload,
        })
    }
}

/// Whether a frame begins with this head: `40` does not match `40/a,`.
pub(crate) fn is_of(text: &str, start: &str) -> bool {
    text.strip_prefix(start)
        .is_some_and(|rest| start.ends_with(',') || !rest.starts_with('/'))
}

/// Returns whether this is a CONNECT.
pub(crate) fn is_connect(wire: &Wire) -> bool {
    wire.text
        .as_deref()
        .is_some_and(|text| text.starts_with("40"))
}
