//! Turns the payload of a broadcast into text to show.

use orchard_contract::events::BroadcastResponse;

/// How many characters of a notice are shown. Other players may send texts of any length.
const SHOWN: usize = 500;

/// Returns the text to show for an event's payload: its text, or its JSON if it has none. `data` is
/// the packet's JSON, which begins with the event's name.
pub(crate) fn text(response: &BroadcastResponse, data: Option<&str>) -> String {
    let text = response.text.as_deref().map(str::trim);
    match text.filter(|text| !text.is_empty()) {
        Some(text) => cut(text),
        None => cut(&compact(arguments(data.unwrap_or_default()))),
    }
}

/// Returns the part of `["name",a,b]` after the name. No event that the page listens to has a comma
/// in its name.
fn arguments(data: &str) -> &str {
    // An event without arguments is shown as null.
    let rest = data
        .split_once(',')
        .map_or("null", |(_, rest)| rest)
        .trim_end();
    rest.strip_suffix(']').unwrap_or(rest)
}

/// Returns `json` without the whitespace between its tokens.
fn compact(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let keep = |c: &char| {
        let keep = in_string || !c.is_ascii_whitespace();
        if *c == '"' && !escaped {
            in_string = !in_string;
        }
        escaped = *c == '\\' && !escaped;
        keep
    };
    json.chars().filter(keep).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => [text.get(..end).unwrap_or_default(), "…"].concat(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use socketio_proto::json;

    fn shown(payload: &str) -> String {
        let data = ["[\"broadcast_response\",", payload, "]"].concat();
        let response = json::from_str(payload).unwrap();
        text(&response, Some(&data))
    }

    #[test]
    fn a_text_is_shown_unchanged_wherever_it_occurs() {
        assert_eq!(shown(r#""to all""#), "to all");
        assert_eq!(shown(r#"{"text":"<b>x</b>"}"#), "<b>x</b>");
        assert_eq!(shown(r#"{"data":"d","uid":1}"#), "d");
        assert_eq!(shown(r#"{"content":"c","msg":"m"}"#), "m");
        assert_eq!(shown("42"), "42");
    }

    #[test]
    fn other_json_is_shown_compactly() {
        assert_eq!(
            shown(r#"{ "a" : [1, 2, {"b c": "d \" e"}] }"#),
            r#"{"a":[1,2,{"b c":"d \" e"}]}"#
        );
        assert_eq!(shown("[1, [2]]"), "[1,[2]]");
        assert_eq!(shown("null"), "null");
        assert_eq!(shown("1.5"), "1.5");
        assert_eq!(shown(r#"{"text": " "}"#), r#"{"text":" "}"#);
    }

    #[test]
    fn an_event_without_arguments_says_null() {
        assert_eq!(
            text(&BroadcastResponse::default(), Some(r#"["some event"]"#)),
            "null"
        );
        assert_eq!(text(&BroadcastResponse::default(), None), "null");
    }

    #[test]
    fn huge_texts_are_truncated() {
        let long = ["\"", &"果".repeat(100_000), "\""].concat();
        assert_eq!(shown(&long).chars().count(), SHOWN + 1);
    }
}
