//! Log lines, on standard error.
//!
//! Much of what is logged was sent by clients. So no line can be forged, control a terminal, or
//! grow without bound: whatever comes from outside is wrapped in `Outside`, control characters are
//! escaped wherever they come from, and each kind of line is limited to a number per second.

mod careful;
mod flood;
mod outside;

use std::io::{self, IsTerminal};

use tracing_subscriber::field::MakeExt;
use tracing_subscriber::fmt;
use tracing_subscriber::fmt::format::{FormatFields, debug_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Config, LogFormat};
use careful::{CarefulLines, escape_field};
use flood::Flood;

pub(crate) use flood::lines_left_out;
pub(crate) use outside::Outside;

/// Sets up logging for the whole program. A second call has no effect.
pub fn init(config: &Config) {
    let registry = tracing_subscriber::registry()
        .with(config.log.clone())
        .with(Flood::new(config.max_log_lines_per_second));
    // An error means that a subscriber is already set, which is fine.
    let _ = match config.log_format {
        LogFormat::Human => {
            let colours = io::stderr().is_terminal();
            let lines = fmt::layer()
                .fmt_fields(fields())
                .with_writer(io::stderr)
                .with_ansi(colours);
            registry.with(lines).try_init()
        }
        LogFormat::Json => {
            let lines = fmt::layer()
                .json()
                .with_writer(|| CarefulLines(io::stderr()))
                .flatten_event(true);
            registry.with(lines).try_init()
        }
    };
}

/// Formats fields as tracing-subscriber does, `message name=value …`, but escapes each value and
/// limits its length.
fn fields() -> impl for<'a> FormatFields<'a> {
    debug_fn(|writer, field, value| {
        if field.name() == "message" {
            return escape_field(writer, value);
        }
        write!(writer, "{}=", field.name())?;
        escape_field(writer, value)
    })
    .delimited(" ")
}
