use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use socketio_proto::json::compact;
use socketio_proto::packet::Packet;

use super::report::{Inspector, Report};

const EXPECTED: &str = "a line is JSON: a string, {\"base64\":\"…\"} or {\"reset\":true}";

pub(super) fn answer(inspector: &mut Inspector, line: &str) -> String {
    write(&read(inspector, line))
}

/// One line, with its keys in the order in which people read.
pub(super) fn write(report: &Report) -> String {
    match report {
        Report::Bad { kind, message } => format!(r#"{{"error":{}}}"#, error(kind, message)),
        Report::Engine { name, data: None } => format!(r#"{{"engine":"{name}"}}"#),
        Report::Engine {
            name,
            data: Some(data),
        } => {
            format!(
                r#"{{"engine":"{name}","data":{}}}"#,
                Value::from(data.as_str())
            )
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
    match serde_json::from_str(line) {
        Ok(Value::String(frame)) => inspector.text(frame),
        Ok(Value::Object(fields)) if fields.len() == 1 => {
            if fields.get("reset") == Some(&Value::Bool(true)) {
                return inspector.reset();
            }
            match fields
                .get("base64")
                .and_then(Value::as_str)
                .map(|data| STANDARD.decode(data))
            {
                Some(Ok(data)) => inspector.binary(data),
                Some(Err(error)) => Report::bad_line(&format!("not base64: {error}")),
                None => Report::bad_line(EXPECTED),
            }
        }
        Ok(_) => Report::bad_line(EXPECTED),
        Err(error) => Report::bad_line(&format!("not JSON: {error}; {EXPECTED}")),
    }
}

fn whole(packet: &Packet) -> String {
    let id = packet.id().map_or("null".to_owned(), |id| id.to_string());
    format!(
        r#"{{"type":"{}","namespace":{},"id":{id},"data":{}}}"#,
        packet.kind().name(),
        Value::from(packet.namespace()),
        data(packet)
    )
}

fn data(packet: &Packet) -> String {
    let Some(text) = packet.data() else {
        return "null".to_owned();
    };
    let attachments = packet.attachments();
    let mut out = String::with_capacity(text.len());
    let done = compact(text, attachments.len(), &mut out, |num, out| {
        out.push_str(r#"{"base64":""#);
        STANDARD.encode_string(attachments.get(num).map_or(&[][..], Vec::as_slice), out);
        out.push_str(r#""}"#);
    });
    // The decoder has checked this text.
    if done.is_ok() { out } else { "null".to_owned() }
}

fn error(kind: &str, message: &str) -> String {
    json!({ "kind": kind, "message": message }).to_string()
}
