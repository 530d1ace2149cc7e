//! Log lines, on standard error.
//!
//! Much of what is worth a line was sent by strangers. So no line can be forged, make a terminal do something, or be as long
//! as somebody likes: whatever comes from outside is put into `Outside`, control characters are escaped wherever they come
//! from, and of one kind of line there are only so many in a second.

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

/// Starts logging for the whole program. A second call has no effect.
pub fn init(config: &Config) {
    let registry = tracing_subscriber::registry()
        .with(config.log.clone())
        .with(Flood::new(config.max_log_lines_per_second));
    // An error says that somebody logs already, which is as good.
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

/// As tracing-subscriber's own, `message name=value …`, but with each value escaped and of limited length.
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
