//! The differences from the reference that the module `packet` documents, each as narrow as
//! possible.

use serde_json::Value;
use socketio_proto::packet::RESERVED_EVENTS;

use crate::model::same;
use crate::reference::Incoming;

/// All differences. Each must occur.
pub(crate) const NAMES: [&str; 13] = [
    "H17 a number beyond all floats",
    "H17 a word of Python's for no number",
    "G13 a reserved name",
    "M1 an id of 2^53 or more, or of more than 16 digits",
    "M8 a count that is no digits",
    "M9 half an attachment",
    "M10 nesting",
    "M10 a payload of another shape",
    "M11 a blank for a type",
    "M12 a packet between another and its attachments",
    "M16 a blank in an id",
    "N5 base64 that is none",
    "W7 no payload",
];

/// The difference that explains why both sides answer differently to the last of these frames.
pub(crate) fn rule(frames: &[Incoming], ours: &Value, theirs: &Value) -> Option<&'static str> {
    let kind = ours
        .pointer("/error/kind")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let is_base64 =
        |frame: &Incoming| matches!(frame, Incoming::Text(text) if text.starts_with('b'));
    let packet = theirs.get("packet");
    let reads = packet.is_some() || theirs.get("waiting").is_some();
    if kind == "invalid_base64" && frames.last().is_some_and(is_base64) && reads {
        return Some("N5 base64 that is none");
    }
    // The text of the packet, which its attachments may follow.
    let text = frames.iter().rev().find_map(|frame| match frame {
        Incoming::Text(text) if text.starts_with('4') => Some(&**text),
        _ => None,
    })?;
    if kind == "nesting_too_deep" && text.matches(['[', '{']).count() > 512 {
        return Some("M10 nesting");
    }
    let head = Head::of(text)?;
    let met = match kind {
        "invalid_ack_id" if reads => head.has_large_id().then_some("M1 "),
        "invalid_attachment_count" if reads => head.count_is_no_digits().then_some("M8 "),
        "invalid_placeholder" if packet.is_some() => has_half_num(text).then_some("M9 "),
        "unknown_packet_type" if packet.is_some() => is_blank(head.kind).then_some("M11 "),
        "missing_payload" if reads => head.has_no_payload().then_some("W7 "),
        "invalid_json" | "invalid_payload" | "missing_payload" if reads => {
            head.has_blank_id().then_some("M16 ")
        }
        "" if !reads => read_by_us_only(frames, &head),
        "" if ours.get("unreadable").is_some() => has_large_number(text).then_some("H17 a number"),
        "" => (differs_by_id_only(ours, theirs) && head.has_blank_id()).then_some("M16 "),
        _ => None,
    };
    let met = met?;
    NAMES.into_iter().find(|name| name.starts_with(met))
}

/// The difference that explains why this crate decodes a packet that the reference refuses.
fn read_by_us_only(frames: &[Incoming], head: &Head<'_>) -> Option<&'static str> {
    let payload = serde_json::from_str::<Value>(head.payload()).unwrap_or_default();
    let name = payload.get(0).and_then(Value::as_str);
    let waits = frames.iter().rev().skip(1).any(
        |frame| matches!(frame, Incoming::Text(text) if text.starts_with("45") || text.starts_with("46")),
    );
    if head.is_control_of_another_shape() {
        Some("M10 a payload")
    } else if ["NaN", "Infinity"]
        .iter()
        .any(|word| head.rest.contains(word))
    {
        Some("H17 a word")
    } else if name.is_some_and(|name| RESERVED_EVENTS.contains(&name)) {
        Some("G13 ")
    } else if waits && head.count.is_none() {
        Some("M12 ")
    } else {
        None
    }
}

/// A packet's text, split as the reference splits it.
struct Head<'a> {
    kind: char,
    count: Option<&'a str>,
    /// Id and payload.
    rest: &'a str,
}

impl<'a> Head<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let mut chars = text.strip_prefix('4')?.chars();
        let kind = chars.next()?;
        let rest = chars.as_str();
        let (count, rest) = match kind {
            '5' | '6' => {
                let (count, rest) = rest.split_once('-')?;
                (Some(count), rest)
            }
            _ => (None, rest),
        };
        let rest = match rest.starts_with('/') {
            true => rest.split_once(',').map_or("", |(_, rest)| rest),
            false => rest,
        };
        Some(Self { kind, count, rest })
    }

    /// What the reference parses as an id: digits and white space.
    fn id(&self) -> &'a str {
        let end = self
            .rest
            .find(|char: char| !char.is_ascii_digit() && !is_blank(char));
        &self.rest[..end.unwrap_or(self.rest.len())]
    }

    fn has_large_id(&self) -> bool {
        let digits = self.rest.chars().take_while(char::is_ascii_digit).count();
        let value = self
            .rest
            .get(..digits)
            .and_then(|digits| digits.parse::<u64>().ok());
        digits > 16 || value.is_some_and(|value| value >= 1 << 53)
    }

    fn has_blank_id(&self) -> bool {
        self.id().contains(is_blank)
    }

    fn has_no_payload(&self) -> bool {
        self.payload().is_empty()
    }

    fn payload(&self) -> &'a str {
        self.rest
            .trim_start_matches(|char: char| char.is_ascii_digit())
    }

    /// Whether it is a control packet with a JSON payload that the protocol doesn't allow for its
    /// kind.
    fn is_control_of_another_shape(&self) -> bool {
        let payload = self
            .rest
            .trim_start_matches(|char: char| char.is_ascii_digit());
        let Ok(payload) = serde_json::from_str::<Value>(payload) else {
            return false;
        };
        match self.kind {
            '0' => !payload.is_object(),
            '1' => true,
            '4' => !payload.is_object() && !payload.is_string(),
            _ => false,
        }
    }

    fn count_is_no_digits(&self) -> bool {
        self.count
            .is_some_and(|count| !count.chars().all(|char| char.is_ascii_digit()))
    }
}

/// JavaScript's white space.
fn is_blank(char: char) -> bool {
    (char.is_whitespace() && char != '\u{85}') || char == '\u{feff}'
}

/// Whether a `num` is not a whole number. JavaScript reads a number too small for a float, such as
/// `1e-400`, as 0.
fn has_half_num(text: &str) -> bool {
    text.match_indices("\"num\"").any(|(at, key)| {
        let value = text[at + key.len()..].trim_start().trim_start_matches(':');
        let end = value.find([',', '}']).unwrap_or(value.len());
        let value = value[..end].trim();
        let mantissa = value.split(['e', 'E']).next().unwrap_or_default();
        let vanished = |num| num == 0.0 && mantissa.contains(|char| ('1'..='9').contains(&char));
        value
            .parse::<f64>()
            .is_ok_and(|num| num.fract() != 0.0 || vanished(num))
    })
}

fn has_large_number(text: &str) -> bool {
    text.split(|char: char| !(char.is_ascii_digit() || ".eE+-".contains(char)))
        .any(|number| number.parse::<f64>().is_ok_and(f64::is_infinite))
}

/// Whether both are packets that differ in their ids, and ours has none. Digits after white space
/// are an id to the reference, and the payload of a control packet to this crate.
fn differs_by_id_only(ours: &Value, theirs: &Value) -> bool {
    let (mut ours, mut theirs) = (ours.clone(), theirs.clone());
    let none = ours.pointer("/packet/id") == Some(&Value::Null);
    let is_number = ours.pointer("/packet/data").is_some_and(Value::is_number);
    if is_number && theirs.pointer("/packet/data") == Some(&Value::Null) {
        ours["packet"]["data"] = Value::Null;
    }
    for answer in [&mut ours, &mut theirs] {
        if let Some(id) = answer.pointer_mut("/packet/id") {
            *id = Value::Null;
        }
    }
    none && same(&ours, &theirs)
}
