//! Classifies the server by its response to a handshake over HTTP.

use super::finding::Finding;

/// How servers report an unsupported protocol version: the reference server, and python-engineio.
const OTHER_VERSIONS: [&str; 2] = ["Unsupported protocol version", "unsupported version"];

/// How Socket.IO servers report that they accept only WebSockets.
const NO_POLLING: [&str; 2] = ["Transport unknown", "Invalid transport"];

/// Returns what is wrong with the response, or `None` if nothing is.
pub(super) fn read(status: u16, body: &str) -> Option<Finding> {
    let says = |words: [&str; 2]| words.iter().any(|words| body.contains(words));
    if is_handshake(body) {
        Some(Finding::NoWebSocket)
    } else if is_old_handshake(body) || says(OTHER_VERSIONS) {
        Some(Finding::OtherVersion)
    } else if says(NO_POLLING) {
        None
    } else if status >= 500 {
        Some(Finding::Failing(status))
    } else {
        Some(Finding::NotSocketIo(status))
    }
}

/// Returns whether `body` is a handshake of Engine.IO 4, which is the packet itself.
fn is_handshake(body: &str) -> bool {
    body.starts_with("0{") && body.contains("\"sid\"")
}

/// Returns whether `body` is a handshake of Engine.IO 3, which begins with the packet's length:
/// `97:0{…`.
fn is_old_handshake(body: &str) -> bool {
    body.split_once(':').is_some_and(|(length, packet)| {
        length.bytes().all(|byte| byte.is_ascii_digit()) && is_handshake(packet)
    })
}

/// Returns whether a refusal is about the namespace itself, by the messages of the reference
/// server, socketioxide and python-socketio. The last one sends the same message for every refusal
/// of a connect handler.
pub(super) fn is_about_namespace(message: &str) -> bool {
    message.contains("namespace") || message == "Unable to connect"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_answer_is_distinguished() {
        for (status, body, finding) in [
            (
                200,
                r#"0{"sid":"a","upgrades":[]}"#,
                Some(Finding::NoWebSocket),
            ),
            (
                200,
                r#"97:0{"sid":"a","upgrades":["websocket"]}2:40"#,
                Some(Finding::OtherVersion),
            ),
            (
                400,
                r#"{"code":5,"message":"Unsupported protocol version"}"#,
                Some(Finding::OtherVersion),
            ),
            (
                400,
                "\"The client is using an unsupported version of the Socket.IO or Engine.IO protocols\"",
                Some(Finding::OtherVersion),
            ),
            (400, r#"{"code":0,"message":"Transport unknown"}"#, None),
            (502, "<h1>Bad Gateway</h1>", Some(Finding::Failing(502))),
            (404, "<h1>Not Found</h1>", Some(Finding::NotSocketIo(404))),
            (200, "<!doctype html>12:0{", Some(Finding::NotSocketIo(200))),
            (200, "", Some(Finding::NotSocketIo(200))),
        ] {
            assert_eq!(read(status, body), finding, "{body}");
        }
    }

    #[test]
    fn a_refusal_in_other_words_is_not_about_the_namespace() {
        for message in ["Invalid namespace", "Unable to connect"] {
            assert!(is_about_namespace(message), "{message}");
        }
        assert!(!is_about_namespace("closed for the harvest"));
    }
}
