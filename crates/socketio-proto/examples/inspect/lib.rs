//! What the example does, apart from its input and output: its test includes this, too.

mod json;
mod plain;
mod report;

pub(crate) use report::Inspector;

/// How lines are read and written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mode {
    /// JSON both ways, for programs.
    Json,
    /// Frames as a browser's network panel shows them, for people.
    Plain {
        /// Whether to use colours.
        color: bool,
    },
}

/// Answers one line with one line.
pub(crate) fn answer(inspector: &mut Inspector, mode: Mode, line: &[u8]) -> String {
    let text = str::from_utf8(line);
    match (mode, text) {
        (Mode::Json, Ok(text)) => json::answer(inspector, text),
        (Mode::Json, Err(_)) => json::write(&report::Report::bad_line("the line is not UTF-8")),
        (Mode::Plain { color }, Ok(text)) => plain::answer(inspector, color, text),
        (Mode::Plain { color }, Err(_)) => {
            plain::write(&report::Report::bad_line("the line is not UTF-8"), color)
        }
    }
}
