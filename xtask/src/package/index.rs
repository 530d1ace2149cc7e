//! The document of a package: `index.html` with the package's settings, its version and commit.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::options::Package;
use super::settings;
use crate::workspace;

/// The start and the end tag of the settings.
const SETTINGS: [&str; 2] = [
    "<script type=\"application/json\" id=\"settings\">",
    "</script>",
];

/// The element that the version is inserted after.
const CHARSET: &str = "<meta charset=\"utf-8\">";

/// A document and its settings.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) html: String,
    pub(super) settings: Map<String, Value>,
}

/// Returns the document of the built page with the settings of `options`; `usual` has defaults for
/// settings that are not given.
pub(super) fn index(options: &Package, usual: &[(&str, &str)]) -> Result<Index> {
    let file = workspace::dist().join("index.html");
    let html = std::fs::read_to_string(&file)
        .with_context(|| format!("could not read {}", file.display()))?;
    let [before, own, after] = around(&html, SETTINGS).context("index.html has no settings")?;
    let asked = match &options.settings {
        Some(file) => &std::fs::read_to_string(file)
            .with_context(|| format!("could not read {}", file.display()))?,
        None => own,
    };
    let mut settings: Map<String, Value> =
        serde_json::from_str(asked).context("the settings are not an object in JSON")?;
    for (key, value) in usual {
        let value = Value::from(*value);
        settings.entry((*key).to_owned()).or_insert(value);
    }
    settings::complete(&mut settings, &options.set)?;
    let html = [before, "\n", &json(&settings)?, "\n", after].concat();
    Ok(Index {
        html: marked(&html).context("index.html has no place for its version")?,
        settings,
    })
}

/// Returns the version of this checkout.
pub(super) fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Returns the commit of this checkout, with `-dirty` if there are uncommitted changes.
pub(super) fn commit() -> String {
    let mut git = Command::new("git");
    git.current_dir(workspace::root())
        .args(["describe", "--always", "--dirty", "--abbrev=12"])
        .args(["--exclude", "*"]);
    let output = git.output().ok().filter(|output| output.status.success());
    let commit = output.and_then(|output| String::from_utf8(output.stdout).ok());
    commit.map_or_else(|| "unknown".into(), |commit| commit.trim().into())
}

/// Inserts version and commit into the head, from where the page reads them.
fn marked(html: &str) -> Option<String> {
    let (before, after) = html.split_once(CHARSET)?;
    let (version, commit) = (version(), commit());
    let mark = format!("\n<meta name=\"version\" id=\"version\" content=\"{version} {commit}\">");
    Some([before, CHARSET, &mark, after].concat())
}

/// Formats JSON for a `<script>`: no text in it can end the element.
fn json(settings: &Map<String, Value>) -> Result<String> {
    Ok(serde_json::to_string_pretty(settings)?.replace("</", "<\\/"))
}

/// Splits `html` before, between and after the two marks; the marks stay in the outer parts.
fn around<'a>(html: &'a str, [from, to]: [&str; 2]) -> Option<[&'a str; 3]> {
    let start = html.find(from)? + from.len();
    let end = start + html.get(start..)?.find(to)?;
    Some([html.get(..start)?, html.get(start..end)?, html.get(end..)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_places_for_settings_and_version() {
        let html = include_str!("../../../index.html");
        assert!(around(html, SETTINGS).is_some());
        let marked = marked(html).unwrap();
        assert!(marked.contains(&format!("content=\"{} ", version())));
    }

    #[test]
    fn settings_cannot_end_their_element() {
        let mut settings = Map::new();
        settings.insert("home".into(), "</script><script>".into());
        let json = json(&settings).unwrap();
        assert!(!json.contains("</"), "{json}");
        let read: Map<String, Value> = serde_json::from_str(&json).unwrap();
        assert_eq!(read, settings);
    }
}
