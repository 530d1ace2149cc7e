//! The browser's console, which is the only place where a panic, an exception or a violation of the
//! content security policy shows.

use serde_json::Value;

/// The texts that mark a violation of the content security policy: one is written by the recorder,
/// the other by the browser, which also reports the violations without an event for scripts.
const BREACHES: [&str; 2] = ["content-policy:", "Content Security Policy"];

/// The console messages of the page and the browser during one case.
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

    /// Expects errors that contain `text` from now on.
    pub(crate) fn expect(&mut self, text: &'static str) {
        self.expected.push(text);
    }

    /// Expects violations of the content security policy that contain `text` from now on: the case
    /// provokes them.
    pub(crate) fn provoke(&mut self, text: &'static str) {
        self.provoked.push(text);
    }

    /// Returns the errors that were not expected.
    pub(crate) fn errors(&self) -> Vec<&str> {
        self.messages()
            .filter(|(level, message)| *level == "SEVERE" && !is_breach(message))
            .map(|(_, message)| message)
            .filter(|message| !has_any(message, &self.expected))
            .collect()
    }

    /// Returns the violations of the content security policy that the case did not provoke,
    /// whichever errors it expected.
    pub(crate) fn breaches(&self) -> Vec<&str> {
        self.messages()
            .map(|(_, message)| message)
            .filter(|message| is_breach(message) && !has_any(message, &self.provoked))
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

fn is_breach(message: &str) -> bool {
    has_any(message, &BREACHES)
}

fn has_any(message: &str, texts: &[&str]) -> bool {
    texts.iter().any(|text| message.contains(text))
}
