//! Removes the backtraces from a test runner's output: the assertion message above them is what
//! matters.

/// Filters the lines of backtraces, of Rust and of JavaScript.
#[derive(Debug, Default)]
pub(crate) struct Brief {
    /// Whether the last line was part of a backtrace.
    inside: bool,
}

impl Brief {
    /// Returns whether to show a line. Call it with all lines, in order.
    pub(crate) fn shows(&mut self, line: &str) -> bool {
        let text = line.trim();
        if matches!(text, "stack backtrace:" | "Stack:") {
            self.inside = true;
            return false;
        }
        if is_about_backtraces(text) {
            self.inside = false;
            return false;
        }
        if line.starts_with([' ', '\t']) && (self.inside && is_frame(text) || is_script(text)) {
            return false;
        }
        // The lines around JavaScript's frames: an empty line, and the kind of the error.
        self.inside = self.inside && (text.is_empty() || text == "Error");
        !self.inside
    }
}

/// Returns whether a line is a Rust frame: `12: core::panicking::panic`, `at src/lib.rs:3:5`.
fn is_frame(text: &str) -> bool {
    let number = text.split_once(": ").map(|(number, _)| number);
    text.starts_with("at ")
        || number.is_some_and(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns whether a line is a JavaScript frame: `at call (http://127.0.0.1:1/a.js:2:3)`,
/// `at wasm://wasm/01:wasm-function[12]:0x34`.
fn is_script(text: &str) -> bool {
    text.starts_with("at ") && (text.ends_with(')') || text.contains("wasm-function["))
}

fn is_about_backtraces(text: &str) -> bool {
    text.starts_with("note: Some details are omitted, run with `RUST_BACKTRACE=full`")
        || text.starts_with("note: run with `RUST_BACKTRACE=1`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brief(text: &str) -> String {
        let mut brief = Brief::default();
        text.lines()
            .filter(|line| brief.shows(line))
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn the_difference_is_kept_and_the_backtrace_removed() {
        let printed = "\
thread 'tests::a' (7) panicked at src/a.rs:3:5:
assertion `left == right` failed
  left: 1
 right: 2
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/0123/library/std/src/panicking.rs:698:5
   1: core::panicking::panic_fmt
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.

failures:
    tests::a";
        let shown = "\
thread 'tests::a' (7) panicked at src/a.rs:3:5:
assertion `left == right` failed
  left: 1
 right: 2

failures:
    tests::a";
        assert_eq!(brief(printed), shown);
    }

    #[test]
    fn javascript_frames_are_removed_as_well() {
        let printed = "one line\n    panicked at tests/a.rs:3:5: one
    Stack:

    Error
        at imports.wbg.__wbg_new (http://127.0.0.1:1/wasm-bindgen-test:9:21)
        at wasm://wasm/01:wasm-function[12]:0x34

test result: FAILED.";
        let shown = "one line\n    panicked at tests/a.rs:3:5: one\ntest result: FAILED.";
        assert_eq!(brief(printed), shown);
    }

    #[test]
    fn a_message_of_several_lines_is_not_a_backtrace() {
        let message = "\
---- gallery ----
1 of 2 pictures differ:
    accepted: /a/b.png
    1: \"one\",
at tests/e2e/gallery.rs:12";
        assert_eq!(brief(message), message);
    }
}
