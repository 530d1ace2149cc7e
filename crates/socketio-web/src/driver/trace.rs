//! Logs the frames of a transport on the browser's console, with the feature `log`.

use socketio_proto::manager::{Output, TransportEvent, TransportId};

/// Logs an event of the transport.
#[cfg(feature = "log")]
pub(crate) fn received(transport: TransportId, event: &TransportEvent) {
    match event {
        TransportEvent::Text(text) => write(transport, "<-", text),
        TransportEvent::Binary(data) => write(transport, "<-", &bytes(data)),
        TransportEvent::Closed { code, reason, .. } => {
            write(transport, "closed with code", &format!("{code} {reason}"));
        }
        TransportEvent::Failed(text) => write(transport, "failed:", text),
        TransportEvent::TooLarge => write(transport, "<-", "more bytes than the limit"),
        _ => {}
    }
}

/// Logs an output for the transport.
#[cfg(feature = "log")]
pub(crate) fn done(output: &Output) {
    match output {
        Output::OpenTransport(transport) => write(*transport, "opens", ""),
        Output::CloseTransport(transport) => write(*transport, "is closed", ""),
        Output::SendText(transport, text) => write(*transport, "->", text),
        Output::SendBinary(transport, data) => write(*transport, "->", &bytes(data)),
        _ => {}
    }
}

#[cfg(feature = "log")]
fn bytes(data: &[u8]) -> String {
    format!("{} bytes", data.len())
}

#[cfg(feature = "log")]
fn write(transport: TransportId, what: &str, text: &str) {
    let line = format!("socketio {}: {what} {text}", transport.number());
    web_sys::console::debug_1(&line.trim_end().into());
}

#[cfg(not(feature = "log"))]
pub(crate) fn received(_transport: TransportId, _event: &TransportEvent) {}

#[cfg(not(feature = "log"))]
pub(crate) fn done(_output: &Output) {}
