//! The browser's console: a panic, an exception or a breach of the content policy shows here.

use serde_json::Value;

/// What the page and the browser wrote in the course of one case.
#[derive(Debug, Default)]
pub(crate) struct Console {
    entries: Vec<Value>,
    expected: Vec<&'static str>,
}

impl Console {
    pub(crate) fn read(&mut self, mut entries: Vec<Value>) {
        self.entries.append(&mut entries);
    }

    /// From now on an error that contains `text` is part of what the case does.
    pub(crate) fn expect(&mut self, text: &'static str) {
        self.expected.push(text);
    }

    /// The errors that nobody expected.
    pub(crate) fn errors(&self) -> Vec<&str> {
        self.entries
            .iter()
            .filter(|entry| entry["level"] == "SEVERE")
            .filter_map(|entry| entry["message"].as_str())
            .filter(|message| {
                !self
                    .expected
                    .iter()
                    .any(|expected| message.contains(expected))
            })
            .collect()
    }

    /// Everything, a line an entry.
    pub(crate) fn text(&self) -> String {
        let line = |entry: &Value| {
            let [level, message] = ["level", "message"].map(|name| &entry[name]);
            format!(
                "{} {}\n",
                level.as_str().unwrap_or("?"),
                message.as_str().unwrap_or("?")
            )
        };
        self.entries.iter().map(line).collect()
    }
}
