//! The browser's console: the only place that shows a panic, an exception or a violation of the
//! content security policy.

use serde_json::Value;

/// The texts that mark a violation of the content security policy. The recorder writes the first,
/// the browser the second: it also reports violations for which scripts receive no event.
const VIOLATIONS: [&str; 2] = ["content-policy:", "Content Security Policy"];

/// The console messages of the page and the browser during one case.
#[derive(Debug, Default)]
pub(crate) struct Console {
    entries: Vec<Value>,
    expected: Vec<&'static str>,
    expected_violations: Vec<&'static str>,
}

impl Console {
    pub(crate) fn read(&mut self, mut entries: Vec<Value>) {
        self.entries.append(&mut entries);
    }

    /// Expects errors that contain `text` from now on.
    pub(crate) fn expect(&mut self, text: &'static str) {
        self.expected.push(text);
    }

    /// Expects violations of the content security policy that contain `text` from now on: the case
    /// causes them.
    pub(crate) fn expect_violation(&mut self, text: &'static str) {
        self.expected_violations.push(text);
    }

    /// Returns the errors that were not expected.
    pub(crate) fn errors(&self) -> Vec<&str> {
        self.messages()
            .filter(|(level, message)| *level == "SEVERE" && !is_violation(message))
            .map(|(_, message)| message)
            .filter(|message| !has_any(message, &self.expected))
            .collect()
    }

    /// Returns the violations of the content security policy that were not expected. Expected
    /// errors make no difference.
    pub(crate) fn violations(&self) -> Vec<&str> {
        self.messages()
            .map(|(_, message)| message)
            .filter(|message| is_violation(message) && !has_any(message, &self.expected_violations))
            .collect()
    }

    /// Returns all messages, one per line.
    pub(crate) fn text(&self) -> String {
        let line = |(level, message)| format!("{level} {message}\n");
        self.messages().map(line).collect()
    }

    /// Returns the level and the text of each message.
    fn messages(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|entry| {
            let [level, message] = ["level", "message"].map(|name| entry[name].as_str());
            (level.unwrap_or("?"), message.unwrap_or("?"))
        })
    }
}

fn is_violation(message: &str) -> bool {
    has_any(message, &VIOLATIONS)
}

fn has_any(message: &str, texts: &[&str]) -> bool {
    texts.iter().any(|text| message.contains(text))
}
