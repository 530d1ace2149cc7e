//! What a test runner's closing lines say.

use std::ops::AddAssign;

/// How many tests passed, failed and were skipped.
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

    /// Tests that were really executed.
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
    fn colours_do_not_hide_the_counts() {
        let output = "test result: \u{1b}[32mok\u{1b}(B\u{1b}[m. 7 passed; 0 failed; 0 ignored; 0 filtered out";
        assert_eq!(Tally::of(output).passed, 7);
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(
            Tally::of("3 passed; 4 failed\nno tests to run!\n"),
            Tally::default()
        );
    }
}
