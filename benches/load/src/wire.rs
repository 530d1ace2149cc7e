//! The frames of Engine.IO 4 and Socket.IO 5 that the load needs.

/// The namespace of the orchard's events.
pub(crate) const ORCHARD: &str = "/mofang";

/// The default namespace.
pub(crate) const ROOT: &str = "/";

/// The query of an Engine.IO request, without its transport.
pub(crate) const QUERY: &str = "/socket.io/?EIO=4";

pub(crate) const PING: &str = "2";
pub(crate) const PONG: &str = "3";

/// The separator between the packets of a polling payload.
pub(crate) const SEPARATOR: char = '\u{1e}';

/// Returns a CONNECT to `namespace`, with the token if there is one, as the page sends it.
pub(crate) fn connect(namespace: &str, token: Option<&str>) -> String {
    let place = if namespace == ROOT {
        String::new()
    } else {
        format!("{namespace},")
    };
    match token {
        Some(token) => format!("40{place}{}", serde_json::json!({ "token": token })),
        None => format!("40{place}"),
    }
}

/// Returns the answer to CONNECT, if this frame is one.
pub(crate) fn answer_to_connect(frame: &str, namespace: &str) -> Option<Result<(), String>> {
    let (kind, rest) = frame.split_at_checked(2)?;
    if namespace != ROOT && !rest.starts_with(namespace) {
        return None;
    }
    match kind {
        "40" => Some(Ok(())),
        "44" => Some(Err(rest.to_owned())),
        _ => None,
    }
}

/// Returns a broadcast in the orchard's namespace that requests an acknowledgement.
pub(crate) fn broadcast(text: &str, ack: u64) -> String {
    let payload = serde_json::json!(["my_broadcast", { "text": text }]);
    format!("42{ORCHARD},{ack}{payload}")
}

/// Returns the name of the event, if this frame is one of the orchard's events.
pub(crate) fn event_name(frame: &str) -> Option<&str> {
    let rest = orchard(frame, "42")?;
    let rest = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
    rest.strip_prefix("[\"")?.split('"').next()
}

/// Returns whether the frame is a broadcast.
pub(crate) fn is_broadcast(frame: &str) -> bool {
    event_name(frame) == Some("broadcast_response")
}

/// Returns the id that this frame acknowledges, if it is an acknowledgement.
pub(crate) fn acknowledged(frame: &str) -> Option<u64> {
    let rest = orchard(frame, "43")?;
    rest.split('[').next()?.parse().ok()
}

fn orchard<'a>(frame: &'a str, kind: &str) -> Option<&'a str> {
    frame
        .strip_prefix(kind)?
        .strip_prefix(ORCHARD)?
        .strip_prefix(',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connect_is_as_the_page_sends_it() {
        assert_eq!(connect(ROOT, None), "40");
        assert_eq!(connect(ORCHARD, None), "40/mofang,");
        assert_eq!(
            connect(ORCHARD, Some("a.b")),
            r#"40/mofang,{"token":"a.b"}"#
        );
    }

    #[test]
    fn an_answer_is_distinguished_from_other_frames() {
        let answer = |frame| answer_to_connect(frame, ORCHARD);
        assert_eq!(answer(r#"40/mofang,{"sid":"a"}"#), Some(Ok(())));
        assert_eq!(
            answer(r#"44/mofang,{"message":"1005 expired"}"#),
            Some(Err(r#"/mofang,{"message":"1005 expired"}"#.into()))
        );
        for other in [
            r#"42/mofang,["server_response",{}]"#,
            r#"40{"sid":"a"}"#,
            "2",
        ] {
            assert_eq!(answer(other), None, "{other}");
        }
        assert_eq!(answer_to_connect(r#"40{"sid":"a"}"#, ROOT), Some(Ok(())));
    }

    #[test]
    fn events_and_acknowledgements_are_distinguished() {
        let event = r#"42/mofang,["broadcast_response",{"text":"a"}]"#;
        assert!(is_broadcast(event));
        assert!(!is_broadcast(
            r#"42/mofang,["server_response",{"count":1}]"#
        ));
        assert_eq!(event_name(r#"42/mofang,12["ask"]"#), Some("ask"));
        assert_eq!(event_name(r#"42["ask"]"#), None);
        assert_eq!(acknowledged("43/mofang,17[]"), Some(17));
        assert_eq!(acknowledged(event), None);
        assert_eq!(
            broadcast("a\"b", 7),
            r#"42/mofang,7["my_broadcast",{"text":"a\"b"}]"#
        );
    }
}
