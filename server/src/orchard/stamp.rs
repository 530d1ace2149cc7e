//! The sender's name and the time, added to payloads with text.

use orchard_contract::events::BroadcastResponse;

use super::anything::Anything;

const TEXT: &str = "text";
const MARK: &str = "id";
const NAME: &str = "nickname";
const TIME: &str = "at";

/// Sets the verified name, and the time in milliseconds since 1970, on an object that has a `text`,
/// and replaces what the sender put there. Leaves any other payload unchanged. Returns the notice,
/// if the payload is one.
pub(super) fn stamp(data: &mut Anything, nickname: &str, at: u64) -> Option<BroadcastResponse> {
    let Anything::Map(entries) = data else {
        return None;
    };
    let scalar = |key: &str| {
        let mut found = entries.iter().filter(|(name, _)| name == key);
        found.find_map(|(_, value)| text_of(value))
    };
    let text = scalar(TEXT)?;
    let id = scalar(MARK);
    entries.retain(|(name, _)| name != NAME && name != TIME);
    entries.push((NAME.into(), Anything::Text(nickname.into())));
    entries.push((TIME.into(), Anything::Unsigned(at)));
    Some(BroadcastResponse {
        text: Some(text),
        id,
        nickname: Some(nickname.into()),
        at: Some(at),
    })
}

/// Reads a value as clients do: a whole number counts as text.
fn text_of(value: &Anything) -> Option<String> {
    match value {
        Anything::Text(text) => Some(text.clone()),
        Anything::Unsigned(number) => Some(number.to_string()),
        Anything::Negative(number) => Some(number.to_string()),
        Anything::Float(number) => whole(*number).map(|number| number.to_string()),
        Anything::Null
        | Anything::Bool(_)
        | Anything::Binary(_)
        | Anything::List(_)
        | Anything::Map(_) => None,
    }
}

/// Converts a whole float such as `5.0`, which some languages write for 5.
fn whole(number: f64) -> Option<u64> {
    // Up to this limit every integer has an exact float.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let is_whole = (0.0..=EXACT).contains(&number) && number.fract() == 0.0;
    is_whole.then_some(number as u64)
}

#[cfg(test)]
mod tests {
    use orchard_contract::events::BroadcastResponse;
    use serde_json::{Value, json};

    use super::super::anything::Anything;
    use super::stamp;

    /// Returns what is forwarded, what a client decodes from it, and the notice.
    fn stamped(sent: &str) -> (Value, BroadcastResponse, Option<BroadcastResponse>) {
        let mut data: Anything = serde_json::from_str(sent).unwrap();
        let notice = stamp(&mut data, "阿桃", 7);
        let text = serde_json::to_string(&data).unwrap();
        let read = serde_json::from_str(&text).unwrap();
        (serde_json::from_str(&text).unwrap(), read, notice)
    }

    #[test]
    fn a_client_cannot_set_name_and_time() {
        for sent in [
            r#"{"text":"hi","nickname":"boss","at":1}"#,
            r#"{"nickname":"boss","nickname":"boss","at":1,"at":2,"text":"hi"}"#,
            r#"{"text":null,"text":"hi","nickname":{"a":1}}"#,
            r#"{"text":[1],"nickname":"boss","text":"hi"}"#,
        ] {
            let (data, read, notice) = stamped(sent);
            assert_eq!(
                (&data["nickname"], &data["at"]),
                (&json!("阿桃"), &json!(7))
            );
            assert_eq!(read.nickname.as_deref(), Some("阿桃"), "{sent}");
            assert_eq!((read.at, read.text.as_deref()), (Some(7), Some("hi")));
            assert_eq!(notice, Some(read), "what is kept is what was sent");
        }
    }

    #[test]
    fn a_whole_number_is_written_as_text() {
        for (sent, text) in [("5", "5"), ("-5", "-5"), ("5.0", "5"), ("0", "0")] {
            let (_, read, notice) = stamped(&format!(r#"{{"text":{sent},"id":9}}"#));
            assert_eq!(read.text.as_deref(), Some(text));
            assert_eq!(read.nickname.as_deref(), Some("阿桃"));
            assert_eq!(notice, Some(read));
        }
    }

    #[test]
    fn other_payloads_pass_unchanged_without_name_and_time() {
        for sent in [
            r#""hi""#,
            "5",
            "null",
            r#"["text"]"#,
            r#"{"data":"hi","nickname":"boss","at":1}"#,
            r#"{"text":null,"nickname":"boss"}"#,
            r#"{"text":true,"nickname":"boss"}"#,
            r#"{"text":1.5,"nickname":"boss"}"#,
            r#"{"text":-5.0,"nickname":"boss"}"#,
            r#"{"text":{"text":"hi"},"nickname":"boss"}"#,
        ] {
            let (data, read, notice) = stamped(sent);
            assert_eq!(data, serde_json::from_str::<Value>(sent).unwrap());
            assert_eq!((read.nickname, notice), (None, None), "{sent}");
        }
    }
}
