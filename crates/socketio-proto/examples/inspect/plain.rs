use std::fmt::Write as _;

use socketio_proto::engine::Handshake;
use socketio_proto::json::compact;
use socketio_proto::packet::Packet;

use super::report::{Inspector, Report};

/// The number of bytes of an attachment that are shown.
const SHOWN_BYTES: usize = 16;

/// Line separators, and marks that change the text direction.
const TURNS: &[char] = &[
    '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}',
    '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

pub(super) fn answer(inspector: &mut Inspector, color: bool, line: &str) -> String {
    let (arrow, frame) = split_arrow(line);
    if frame.is_empty() {
        return String::new();
    }
    let report = match frame {
        "reset" => inspector.reset(),
        _ => inspector.text(frame.to_owned()),
    };
    format!("{arrow} {}", write(&report, color))
}

/// Writes columns: the Engine.IO packet; the packet's type, namespace and acknowledgement id; its
/// payload.
pub(super) fn write(report: &Report, color: bool) -> String {
    let paint = Paint { color };
    let mut out = String::new();
    match report {
        Report::Bad { kind, message } => {
            let _ = write!(
                out,
                "{} {}: {message}",
                paint.bad(&pad("✗", 8)),
                paint.bad(kind)
            );
        }
        Report::Engine { name, data } => {
            let _ = write!(
                out,
                "{} {}",
                paint.dim(&pad(name, 8)),
                data.as_deref().unwrap_or("")
            );
        }
        Report::Error {
            engine,
            kind,
            message,
        } => {
            let _ = write!(
                out,
                "{} {}: {message}",
                paint.dim(&pad(engine, 8)),
                paint.bad(kind)
            );
        }
        Report::Open { data, handshake } => {
            let _ = write!(out, "{} ", paint.dim(&pad("open", 8)));
            match handshake {
                Ok(handshake) => out.push_str(&describe(handshake)),
                Err(error) => {
                    let _ = write!(out, "{data} {}: {error}", paint.bad(error.kind()));
                }
            }
        }
        Report::Packet(packet) => {
            let id = packet.id().map_or(String::new(), |id| format!("#{id}"));
            let _ = write!(
                out,
                "{} {} {} {} {}",
                paint.dim(&pad("message", 8)),
                paint.kind(&pad(packet.kind().name(), 13)),
                pad(&visible(packet.namespace()), 10),
                pad(&id, 5),
                data(packet)
            );
        }
        Report::Reset => out.push_str("──────── a new connection"),
        Report::Waiting { missing } => {
            let plural = if *missing == 1 { "" } else { "s" };
            let _ = write!(
                out,
                "{} {} {missing} attachment{plural} to come",
                paint.dim(&pad("message", 8)),
                paint.kind(&pad("…", 13))
            );
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Splits off the arrow for the direction, which network panels copy along with the frame, or
/// people type.
fn split_arrow(line: &str) -> (char, &str) {
    const ARROWS: &[char] = &[
        '↑', '↓', '⬆', '⬇', '▲', '▼', '←', '→', '⇧', '⇩', '<', '>', '-',
    ];
    /// The variation selector that displays an arrow as an emoji.
    const AS_PICTURE: char = '\u{fe0f}';

    let line = line.trim();
    let frame = line
        .trim_start_matches(|c: char| c.is_whitespace() || c == AS_PICTURE || ARROWS.contains(&c));
    let typed = line.strip_suffix(frame).unwrap_or_default();
    let arrow = match typed.chars().find(|c| *c != '-') {
        Some('>') => '→',
        Some('<') => '←',
        Some(arrow) => arrow,
        None => ' ',
    };
    (arrow, frame)
}

fn describe(handshake: &Handshake) -> String {
    let Handshake {
        sid,
        upgrades,
        ping_interval,
        ping_timeout,
        max_payload,
    } = handshake;
    let mut out = format!("sid {}, ping every {ping_interval:?}", visible(sid));
    let _ = write!(out, ", dead {ping_timeout:?} later");
    if !upgrades.is_empty() {
        let _ = write!(out, ", upgrades to {}", visible(&upgrades.join(", ")));
    }
    if let Some(bytes) = max_payload {
        let _ = write!(out, ", at most {bytes} bytes a payload");
    }
    out
}

/// Formats the payload on one line, with the attachments in place of their placeholders.
fn data(packet: &Packet) -> String {
    let Some(text) = packet.data() else {
        return String::new();
    };
    let attachments = packet.attachments();
    let mut out = String::with_capacity(text.len());
    let done = compact(text, attachments.len(), &mut out, |num, out| {
        let bytes = attachments.get(num).map_or(&[][..], Vec::as_slice);
        let _ = write!(out, "‹{} B", bytes.len());
        for byte in bytes.iter().take(SHOWN_BYTES) {
            let _ = write!(out, " {byte:02x}");
        }
        out.push_str(if bytes.len() > SHOWN_BYTES {
            " …›"
        } else {
            "›"
        });
    });
    // The decoder has validated this text.
    if done.is_ok() {
        visible(&out)
    } else {
        visible(text)
    }
}

/// Escapes characters that would move the cursor, end the line, or change the text direction.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || TURNS.contains(&c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

fn pad(text: &str, width: usize) -> String {
    format!("{text:width$}")
}

struct Paint {
    color: bool,
}

impl Paint {
    fn bad(&self, text: &str) -> String {
        self.wrap("31", text)
    }

    fn dim(&self, text: &str) -> String {
        self.wrap("2", text)
    }

    fn kind(&self, text: &str) -> String {
        self.wrap("36", text)
    }

    fn wrap(&self, code: &str, text: &str) -> String {
        if self.color {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
