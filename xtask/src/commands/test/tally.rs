//! Counts the results that a test runner prints.

use std::ops::AddAssign;

/// Returns the names of the failed tests, as Rust's test harness and `wasm-bindgen-test` print
/// them.
pub(crate) fn failed(output: &str) -> Vec<String> {
    let mut failed = Vec::new();
    for line in output.lines() {
        let line = plain(line);
        let named = line.trim().strip_prefix("test ");
        let Some((name, "FAILED" | "FAIL")) = named.and_then(|it| it.split_once(" ... ")) else {
            continue;
        };
        if !failed.iter().any(|it| it == name) {
            failed.push(name.to_owned());
        }
    }
    failed
}

/// Removes escape sequences for colours.
fn plain(line: &str) -> String {
    let mut plain = String::new();
    let mut parts = line.split('\u{1b}');
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        // A sequence ends with its first letter.
        let end = part.find(|c: char| c.is_ascii_alphabetic());
        plain.push_str(end.and_then(|end| part.get(end + 1..)).unwrap_or_default());
    }
    plain
}

/// The numbers of passed, failed and skipped tests.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Tally {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    pub(crate) ignored: u32,
}

impl Tally {
    /// Adds up every `test result:` line of Rust's test harness and of `wasm-bindgen-test`.
    pub(crate) fn of(output: &str) -> Self {
        let mut sum = Self::default();
        for line in output.lines() {
            if let Some((_, counts)) = line.split_once("test result: ") {
                sum += Self::of_line(counts);
            }
        }
        sum
    }

    /// Returns the number of tests that were executed.
    pub(crate) fn executed(self) -> u32 {
        self.passed + self.failed
    }

    fn of_line(counts: &str) -> Self {
        let mut line = Self::default();
        let words: Vec<&str> = counts
            .split([' ', ';', '.'])
            .filter(|word| !word.is_empty())
            .collect();
        for pair in words.windows(2) {
            if let [number, word] = pair
                && let Ok(number) = number.parse::<u32>()
            {
                match *word {
                    "passed" => line.passed = number,
                    "failed" => line.failed = number,
                    "ignored" => line.ignored = number,
                    _ => {}
                }
            }
        }
        line
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_closing_line_counts() {
        let output = "\
running 3 tests
test a ... ok
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: FAILED. 10 passed; 1 failed; 0 ignored; 0 measured; 4 filtered out; finished in 1.20s
";
        assert_eq!(
            Tally::of(output),
            Tally {
                passed: 12,
                failed: 1,
                ignored: 1
            }
        );
    }

    #[test]
    fn colours_do_not_affect_the_counts() {
        let output = "test result: \u{1b}[32mok\u{1b}(B\u{1b}[m. 7 passed; 0 failed; 0 ignored; 0 filtered out";
        assert_eq!(Tally::of(output).passed, 7);
    }

    #[test]
    fn the_tests_that_failed_are_named_once_each() {
        let output = "\
test settled::held ... ok
test gallery::phone_en ... FAILED
test \u{1b}[1mscripted::acks\u{1b}[0m ... \u{1b}[31mFAIL\u{1b}(B\u{1b}[m
test gallery::phone_en ... FAILED
test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out
";
        assert_eq!(failed(output), ["gallery::phone_en", "scripted::acks"]);
    }

    #[test]
    fn other_lines_are_not_counted() {
        assert_eq!(
            Tally::of("3 passed; 4 failed\nno tests to run!\n"),
            Tally::default()
        );
    }
}
