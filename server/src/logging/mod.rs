//! Log lines, on standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Config, LogFormat};

/// Starts logging for the whole program. A second call has no effect.
pub fn init(config: &Config) {
    let registry = tracing_subscriber::registry().with(config.log.clone());
    // An error says that somebody logs already, which is as good.
    let _ = match config.log_format {
        LogFormat::Human => {
            let colours = io::stderr().is_terminal();
            registry
                .with(fmt::layer().with_writer(io::stderr).with_ansi(colours))
                .try_init()
        }
        LogFormat::Json => registry
            .with(
                fmt::layer()
                    .json()
                    .with_writer(io::stderr)
                    .flatten_event(true),
            )
            .try_init(),
    };
}
