//! The embedded page, with the current settings in its `index.html`.

use std::borrow::Cow;
use std::ops::Range;

use tauri::utils::assets::{AssetKey, AssetsIter, CspHash};
use tauri::{App, Assets, Context, Wry};
use thiserror::Error;

use crate::settings::Settings;

const INDEX: &str = "/index.html";

/// The embedded page is incomplete.
#[derive(Debug, Error)]
pub(crate) enum PageError {
    /// The page has no `index.html`.
    #[error(
        "the page embedded in this program has no index.html: build the program again with \
         `cargo xtask package tauri`"
    )]
    NoIndex,
    /// `index.html` has no element `#settings`.
    #[error(
        "the index.html embedded in this program has no block of settings: build the program \
         again with `cargo xtask package tauri`"
    )]
    NoSettings,
}

/// Writes the settings into the page: those that it was built with, overridden by `changes`.
pub(crate) fn configure(
    context: &mut Context,
    changes: Option<&str>,
) -> Result<Settings, PageError> {
    let index = context.assets().get(&INDEX.into());
    let index = index.ok_or(PageError::NoIndex)?;
    let index = String::from_utf8_lossy(&index).into_owned();
    let block = block(&index).ok_or(PageError::NoSettings)?;
    let built_in = index.get(block.clone()).unwrap_or_default();
    let settings = Settings::new(built_in, changes);
    let index = replaced(&index, block, &settings.text);
    let files = context.set_assets(Box::new(Page::default()));
    context.set_assets(Box::new(Page {
        index: index.into_bytes(),
        files: Some(files),
    }));
    Ok(settings)
}

/// Returns the range of the settings in `index`.
fn block(index: &str) -> Option<Range<usize>> {
    let tag = index.find("id=\"settings\"")?;
    let start = tag + index.get(tag..)?.find('>')? + 1;
    let end = start + index.get(start..)?.find("</script>")?;
    Some(start..end)
}

/// Returns `index` with `settings` in place of `block`.
fn replaced(index: &str, block: Range<usize>, settings: &str) -> String {
    // In JSON a `<` occurs only in strings. Unescaped, it could end the element.
    let settings = settings.replace('<', "\\u003c");
    let mut index = index.to_owned();
    index.replace_range(block, &settings);
    index
}

/// The files of the page. Its `index.html` is generated at the start.
#[derive(Default)]
struct Page {
    index: Vec<u8>,
    files: Option<Box<dyn Assets<Wry>>>,
}

impl Assets<Wry> for Page {
    fn setup(&self, app: &App<Wry>) {
        if let Some(files) = &self.files {
            files.setup(app);
        }
    }

    fn get(&self, key: &AssetKey) -> Option<Cow<'_, [u8]>> {
        if key.as_ref() == INDEX {
            return Some(Cow::Borrowed(&self.index));
        }
        self.files.as_ref()?.get(key)
    }

    fn iter(&self) -> Box<AssetsIter<'_>> {
        match &self.files {
            Some(files) => files.iter(),
            None => Box::new(std::iter::empty()),
        }
    }

    fn csp_hashes(&self, _: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
        // The page has no inline scripts or styles.
        Box::new(std::iter::empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: &str =
        "<p>a</p><script type=\"application/json\" id=\"settings\">\n{ }\n</script><p>b</p>";

    #[test]
    fn only_the_settings_are_replaced() {
        let block = block(HTML).unwrap();
        assert_eq!(HTML.get(block.clone()), Some("\n{ }\n"));
        assert_eq!(
            replaced(HTML, block, "{\"a\":1}"),
            "<p>a</p><script type=\"application/json\" id=\"settings\">{\"a\":1}</script><p>b</p>"
        );
    }

    #[test]
    fn settings_cannot_end_their_element() {
        let text = replaced(HTML, block(HTML).unwrap(), r#"{"a":"</script><b>"}"#);
        assert!(
            text.contains(r#"{"a":"\u003c/script>\u003cb>"}</script>"#),
            "{text}"
        );
    }

    #[test]
    fn a_page_without_settings_has_no_block() {
        assert_eq!(block("<p>a</p>"), None);
        assert_eq!(block("<script id=\"settings\">"), None);
    }

    /// The page that is embedded in the build under test.
    #[test]
    fn the_embedded_page_accepts_settings() {
        let mut context = tauri::generate_context!();
        let changes = r#"{ "socket_server": "https://game.example" }"#;
        configure(&mut context, Some(changes)).unwrap();
        let index = context.assets().get(&INDEX.into()).unwrap();
        let index = String::from_utf8_lossy(&index);
        let block = index.get(block(&index).unwrap()).unwrap();
        let settings: serde_json::Value = serde_json::from_str(block).unwrap();
        assert_eq!(settings["api"], "https://game.example/api");
    }
}
