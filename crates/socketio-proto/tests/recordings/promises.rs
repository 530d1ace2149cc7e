//! What must hold for each kind of recording, for any server.

use serde_json::Value;

use crate::transcript::{Frame, Line, Recording};
use crate::transcripts;

/// The recordings that every server has, except servers that accept any namespace.
const EVERYWHERE: [&str; 36] = [
    "connect",
    "connect with auth",
    "two namespaces",
    "an event before the reply",
    "unknown namespace",
    "unknown namespace beside another",
    "refused: message",
    "refused: emit",
    "refused, and granted with other auth",
    "the connect handler throws",
    "kicked by the connect handler",
    "kicked",
    "kicked from one of two namespaces, and back",
    "kicked from all namespaces",
    "cut",
    "an event from the disconnect handler",
    "left, and an event from the disconnect handler",
    "left, and back",
    "acknowledged",
    "acknowledged in a namespace",
    "never acknowledged",
    "asked for an acknowledgement",
    "binary",
    "a room",
    "a handler throws",
    "connected twice",
    "left what it was not in",
    "an event before the connect",
    "an event to a namespace that is not connected",
    "an acknowledgement of nothing",
    "heartbeats",
    "a heartbeat without an answer",
    "a message above the server's bound",
    "terminated",
    "killed",
    "restarted",
];

#[test]
fn every_server_is_recorded() {
    let servers: Vec<_> = transcripts().into_iter().collect();
    let names: Vec<_> = servers.iter().map(|(server, _)| server.as_str()).collect();
    let expected = [
        "asgi",
        "asgi-always-connect",
        "asgi-any-namespace",
        "flask",
        "flask-always-connect",
        "flask-any-namespace",
        "node",
        "socketioxide",
    ];
    assert_eq!(names, expected);
    for (server, transcript) in servers {
        let names: Vec<_> = transcript.recordings.iter().map(|it| &*it.name).collect();
        let missing = EVERYWHERE.iter().filter(|name| !names.contains(name));
        let missing: Vec<_> = missing.collect();
        assert!(
            missing.is_empty() || server.ends_with("-any-namespace"),
            "{server}: {missing:?}"
        );
    }
}

#[test]
fn no_frame_of_a_server_is_a_parse_error() {
    for report in reports(|_| true) {
        for error in ["parse error", "a bad packet", "broke the protocol"] {
            assert!(!report.text.contains(error), "{report:?}");
        }
    }
}

#[test]
fn a_refusal_is_final_and_has_the_server_s_message() {
    let mut count = 0;
    for (server, recording) in
        recordings(|name| name.starts_with("refused: ") || name.starts_with("unknown namespace"))
    {
        let reports: Vec<_> = reports_in(&recording).collect();
        let finals = reports
            .iter()
            .filter(|report| report.contains("that is final"));
        let finals: Vec<_> = finals.collect();
        if server.ends_with("-any-namespace") {
            assert!(finals.is_empty(), "{server}: {recording}");
            continue;
        }
        let [end] = finals[..] else {
            panic!("{server}: {recording}")
        };
        let (message, data) = refusal(&recording);
        assert!(
            end.contains(&format!("{message:?}")),
            "{server}: {recording}"
        );
        if let Some(data) = data {
            assert!(end.contains(&data.to_string()), "{server}: {recording}");
        }
        count += 1;
    }
    assert!(count >= 50, "{count}");
}

#[test]
fn a_kick_is_final() {
    for (server, recording) in recordings(|name| {
        matches!(
            name,
            "kicked" | "kicked from all namespaces" | "an event from the disconnect handler"
        )
    }) {
        let end = "is disconnected: io server disconnect; that is final";
        let count = reports_in(&recording)
            .filter(|report| report.ends_with(end))
            .count();
        let namespaces = if recording.name == "kicked from all namespaces" {
            2
        } else {
            1
        };
        assert_eq!(count, namespaces, "{server}: {recording}");
    }
}

#[test]
fn a_lost_connection_is_retried() {
    for (server, recording) in recordings(|name| {
        matches!(
            name,
            "cut"
                | "closed without a disconnect"
                | "a heartbeat without an answer"
                | "shut down"
                | "terminated"
                | "killed"
        ) || name == "a message above the server's bound"
    }) {
        let reports: Vec<_> = reports_in(&recording).collect();
        // This server has no such bound over WebSocket.
        if server == "socketioxide" && recording.name == "a message above the server's bound" {
            assert!(reports.last().unwrap().contains("receives"), "{recording}");
            continue;
        }
        let ended = reports
            .iter()
            .position(|report| report.starts_with("/ is disconnected: "));
        let ended = ended.unwrap_or_else(|| panic!("{server}: {recording}"));
        assert!(
            reports[ended].ends_with("it is tried again"),
            "{server}: {recording}"
        );
        let next = reports
            .iter()
            .skip(ended)
            .any(|report| report.contains("the next attempt is made in"));
        assert!(next, "{server}: {recording}");
    }
}

#[test]
fn a_server_that_is_back_is_reconnected_to() {
    for (server, recording) in recordings(|name| name == "restarted") {
        let reports: Vec<_> = reports_in(&recording).collect();
        let connected = reports
            .iter()
            .filter(|report| report.contains("is connected"))
            .count();
        assert_eq!(connected, 2, "{server}: {recording}");
    }
}

#[test]
fn a_connect_without_an_answer_is_retried() {
    for (server, recording) in
        recordings(|name| matches!(name, "never answered" | "the connect handler throws"))
    {
        let reports: Vec<_> = reports_in(&recording).collect();
        // With `always_connect`, it was answered before.
        if server.ends_with("-always-connect") {
            let [connected] = reports[..] else {
                panic!("{server}: {recording}")
            };
            assert!(connected.contains("is connected"), "{server}: {recording}");
            continue;
        }
        let failed = reports
            .iter()
            .position(|report| report.contains("is not connected: "));
        let failed = failed.unwrap_or_else(|| panic!("{server}: {recording}"));
        let is_silent = recording.lines.contains(&Line::Silence);
        let error = if is_silent {
            "did not answer"
        } else {
            "closed with code 1006"
        };
        assert!(reports[failed].contains(error), "{server}: {recording}");
        assert!(
            reports[failed].ends_with("it is tried again"),
            "{server}: {recording}"
        );
    }
}

#[test]
fn events_before_the_reply_are_reported_before_the_connect() {
    let mut count = 0;
    for (server, recording) in recordings(|name| name == "an event before the reply") {
        let place = |wanted: &dyn Fn(&Line) -> bool| recording.lines.iter().position(wanted);
        let arrived = place(&|line| is_text(line, "42[\"early\""));
        let replied = place(&|line| is_text(line, "40{"));
        // socketioxide sends none, and with `always_connect` the reply comes first.
        if arrived.is_none() || arrived > replied {
            continue;
        }
        let place_of = |part: &str| {
            place(&|line| matches!(line, Line::Reported(text) if text.contains(part))).unwrap()
        };
        assert!(
            place_of("receives [\"early\"") < place_of("is connected"),
            "{server}: {recording}"
        );
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn nothing_is_reported_for_a_namespace_after_its_disconnect() {
    for report in reports(|name| name.contains("an event from the disconnect handler")) {
        assert!(!report.text.contains("late"), "{report:?}");
    }
}

#[derive(Debug)]
#[expect(dead_code, reason = "shown where a promise is not kept")]
struct Report {
    server: String,
    recording: String,
    text: String,
}

/// All reports in the recordings with such names.
fn reports(named: impl Fn(&str) -> bool) -> Vec<Report> {
    let recordings = recordings(named);
    assert!(!recordings.is_empty());
    let reports = recordings.iter().flat_map(|(server, recording)| {
        reports_in(recording).map(|text| Report {
            server: server.clone(),
            recording: recording.name.clone(),
            text: text.to_owned(),
        })
    });
    reports.collect()
}

fn reports_in(recording: &Recording) -> impl Iterator<Item = &str> {
    recording.lines.iter().filter_map(|line| match line {
        Line::Reported(text) => Some(text.as_str()),
        _ => None,
    })
}

/// The recordings with such names, each with its server.
fn recordings(named: impl Fn(&str) -> bool) -> Vec<(String, Recording)> {
    let all = transcripts().into_iter().flat_map(|(server, transcript)| {
        let recordings = transcript.recordings.into_iter();
        recordings.map(move |recording| (server.clone(), recording))
    });
    let named: Vec<_> = all.filter(|(_, it)| named(&it.name)).collect();
    assert!(!named.is_empty());
    named
}

/// Returns the message and the data of the server's refusal.
fn refusal(recording: &Recording) -> (String, Option<Value>) {
    let payload = recording.lines.iter().rev().find_map(|line| match line {
        Line::Received(Frame::Text(text)) if text.starts_with("44") || text.starts_with("41") => {
            let (_, payload) = text.split_once(',')?;
            Some(payload)
        }
        _ => None,
    });
    match serde_json::from_str(payload.expect("it is refused")).unwrap() {
        Value::String(message) => (message, None),
        payload => {
            let message = payload.get("message").and_then(Value::as_str);
            (
                message.unwrap_or_default().to_owned(),
                payload.get("data").cloned(),
            )
        }
    }
}

fn is_text(line: &Line, beginning: &str) -> bool {
    matches!(line, Line::Received(Frame::Text(text)) if text.starts_with(beginning))
}
