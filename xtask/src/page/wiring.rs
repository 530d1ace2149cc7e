//! The script and the module that `index.html` loads.

use std::path::Path;

use anyhow::{Context, Result};

/// The elements that trunk adds to the page, as Trunk.toml defines them.
const SCRIPT: [&str; 2] = ["<script id=\"start\"", "</script>"];
const PRELOAD: [&str; 2] = ["<link id=\"early\"", ">"];

/// Makes `dist/index.html` load `script` and preload the module `early`; removes the files that it
/// loaded before.
pub(super) fn rewire(dist: &Path, script: &str, early: &str) -> Result<()> {
    let page = dist.join("index.html");
    let html = std::fs::read_to_string(&page)
        .with_context(|| format!("could not read {}", page.display()))?;
    let (html, old) = rewired(&html, script, early)
        .context("trunk left a page without its script: see pattern_script in Trunk.toml")?;
    std::fs::write(&page, html).with_context(|| format!("could not write {}", page.display()))?;
    for name in old {
        let file = dist.join(&name);
        std::fs::remove_file(&file)
            .with_context(|| format!("could not remove {}", file.display()))?;
    }
    Ok(())
}

/// Returns the new document, and the files that the old one loaded.
fn rewired(html: &str, script: &str, early: &str) -> Option<(String, Vec<String>)> {
    let old = [
        attribute(between(html, SCRIPT)?, "data-js")?,
        attribute(between(html, SCRIPT)?, "data-wasm")?,
    ];
    let old = old.map(|name| name.trim_start_matches("./").to_owned());
    let html = html.replace(
        between(html, SCRIPT)?,
        // `async`: the script waits neither for the style sheets nor for the first paint after
        // them.
        &format!("<script type=\"module\" async src=\"./{script}\"></script>"),
    );
    let html = html.replace(
        between(&html, PRELOAD)?,
        &format!(
            "<link rel=\"preload\" href=\"./{early}\" as=\"fetch\" type=\"application/wasm\" crossorigin>"
        ),
    );
    Some((html, old.into()))
}

/// Returns the first part of `html` with this beginning and end.
fn between<'a>(html: &'a str, [beginning, end]: [&str; 2]) -> Option<&'a str> {
    let from = html.find(beginning)?;
    let rest = html.get(from..)?;
    rest.get(..rest.find(end)? + end.len())
}

fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = element.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_loads_the_new_and_not_the_old() {
        let html = "<head><script id=\"start\" type=\"module\" src=\"./assets/start.js\" data-js=\"./a.js\" \
            data-wasm=\"./a_bg.wasm\"></script>\n<link id=\"early\" rel=\"preload\" href=\"./a_bg.wasm\"></head>";
        let (html, old) = rewired(html, "start-1.js", "early-2.wasm").unwrap();
        assert_eq!(
            html,
            "<head><script type=\"module\" async src=\"./start-1.js\"></script>\n\
             <link rel=\"preload\" href=\"./early-2.wasm\" as=\"fetch\" type=\"application/wasm\" crossorigin></head>"
        );
        assert_eq!(old, ["a.js", "a_bg.wasm"]);
        assert_eq!(rewired(&html, "x.js", "x.wasm"), None);
    }

    #[test]
    fn trunk_s_output_has_the_expected_marks() {
        let settings = include_str!("../../../Trunk.toml");
        assert!(settings.contains(SCRIPT[0]) && settings.contains(PRELOAD[0]));
    }
}
