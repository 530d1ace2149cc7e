//! The example without its input and output, which its test includes too.

mod json;
mod plain;
mod report;

pub(crate) use report::Inspector;

/// How lines are read and written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mode {
    /// JSON for input and output, for programs.
    Json,
    /// Frames as shown by a browser's network panel, for people.
    Plain {
        /// Whether to use colours.
        color: bool,
    },
}

/// Returns the output line for one input line.
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
