use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use socketio_proto::json;
use socketio_proto::packet::Packet;

use super::report::{Inspector, Report};

const EXPECTED: &str = "expected a JSON string, {\"base64\":\"…\"} or {\"reset\":true}";

/// Padding is written, but optional when read.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A line that is an object, not a string.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    base64: Option<String>,
    reset: Option<bool>,
}

pub(super) fn answer(inspector: &mut Inspector, line: &str) -> String {
    write(&read(inspector, line))
}

/// Writes a report as one line of JSON, with its keys in a readable order.
pub(super) fn write(report: &Report) -> String {
    match report {
        Report::Bad { kind, message } => format!(r#"{{"error":{}}}"#, error(kind, message)),
        Report::Engine { name, data: None } => format!(r#"{{"engine":"{name}"}}"#),
        Report::Engine {
            name,
            data: Some(data),
        } => {
            format!(r#"{{"engine":"{name}","data":{}}}"#, string(data))
        }
        Report::Error {
            engine,
            kind,
            message,
        } => {
            format!(
                r#"{{"engine":"{engine}","error":{}}}"#,
                error(kind, message)
            )
        }
        Report::Open { data, .. } => format!(r#"{{"engine":"open","data":{data}}}"#),
        Report::Packet(packet) => format!(r#"{{"engine":"message","packet":{}}}"#, whole(packet)),
        Report::Reset => r#"{"reset":true}"#.to_owned(),
        Report::Waiting { missing } => format!(r#"{{"engine":"message","waiting":{missing}}}"#),
    }
}

fn read(inspector: &mut Inspector, line: &str) -> Report {
    if line.trim_start().starts_with('"') {
        // A lone surrogate becomes U+FFFD, as when a browser sends it.
        return match json::from_str(line) {
            Ok(frame) => inspector.text(frame),
            Err(error) => Report::bad_line(&format!("not a JSON string: {error}")),
        };
    }
    match json::from_str(line) {
        Ok(Line {
            base64: Some(data),
            reset: None,
        }) => match BASE64.decode(data) {
            Ok(data) => inspector.binary(data),
            Err(error) => Report::bad_line(&format!("not base64: {error}")),
        },
        Ok(Line {
            base64: None,
            reset: Some(true),
        }) => inspector.reset(),
        _ => Report::bad_line(EXPECTED),
    }
}

fn whole(packet: &Packet) -> String {
    let id = packet.id().map_or("null".to_owned(), |id| id.to_string());
    format!(
        r#"{{"type":"{}","namespace":{},"id":{id},"data":{}}}"#,
        packet.kind().name(),
        string(packet.namespace()),
        data(packet)
    )
}

fn data(packet: &Packet) -> String {
    let Some(text) = packet.data() else {
        return "null".to_owned();
    };
    let attachments = packet.attachments();
    let mut out = String::with_capacity(text.len());
    let done = json::compact(text, attachments.len(), &mut out, |num, out| {
        out.push_str(r#"{"base64":""#);
        BASE64.encode_string(attachments.get(num).map_or(&[][..], Vec::as_slice), out);
        out.push_str(r#""}"#);
    });
    // The decoder has validated this text.
    if done.is_ok() { out } else { "null".to_owned() }
}

fn error(kind: &str, message: &str) -> String {
    format!(
        r#"{{"kind":{},"message":{}}}"#,
        string(kind),
        string(message)
    )
}

fn string(text: &str) -> String {
    // Serializing a string never fails.
    json::to_string(text).unwrap_or_default()
}
