//! The browser's console: a panic, an exception or a breach of the content policy shows here.

use serde_json::Value;

/// What tells of a breach of the content policy: the recorder's own line, and the browser's, which also knows of those that
/// no script hears of.
const BREACHES: [&str; 2] = ["content-policy:", "Content Security Policy"];

/// What the page and the browser wrote in the course of one case.
#[derive(Debug, Default)]
pub(crate) struct Console {
    entries: Vec<Value>,
    expected: Vec<&'static str>,
    provoked: Vec<&'static str>,
}

impl Console {
    pub(crate) fn read(&mut self, mut entries: Vec<Value>) {
        self.entries.append(&mut entries);
    }

    /// From now on an error that contains `text` is part of what the case does.
    pub(crate) fn expect(&mut self, text: &'static str) {
        self.expected.push(text);
    }

    /// From now on a breach of the content policy that contains `text` is one that the case provokes itself.
    pub(crate) fn provoke(&mut self, text: &'static str) {
        self.provoked.push(text);
    }

    /// The errors that nobody expected.
    pub(crate) fn errors(&self) -> Vec<&str> {
        self.messages()
            .filter(|(level, message)| *level == "SEVERE" && !is_breach(message))
            .map(|(_, message)| message)
            .filter(|message| !has_any(message, &self.expected))
            .collect()
    }

    /// The breaches of the content policy that the case did not provoke, whatever errors it expected.
    pub(crate) fn breaches(&self) -> Vec<&str> {
        self.messages()
            .map(|(_, message)| message)
            .filter(|message| is_breach(message) && !has_any(message, &self.provoked))
            .collect()
    }

    /// Everything, a line an entry.
    pub(crate) fn text(&self) -> String {
        let line = |(level, message)| format!("{level} {message}\n");
        self.messages().map(line).collect()
    }

    /// Level and text of each entry.
    fn messages(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|entry| {
            let [level, message] = ["level", "message"].map(|name| entry[name].as_str());
            (level.unwrap_or("?"), message.unwrap_or("?"))
        })
    }
}

fn is_breach(message: &str) -> bool {
    has_any(message, &BREACHES)
}

fn has_any(message: &str, texts: &[&str]) -> bool {
    texts.iter().any(|text| message.contains(text))
}
