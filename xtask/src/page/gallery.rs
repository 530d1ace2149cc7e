//! The gallery: every component in all its states, with the style sheets and pictures of the page.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::step::step;
use crate::tools::node::Packages;
use crate::tools::{self, cache};
use crate::workspace::{self, PAGE, WASM};
use crate::{process, stamp};

/// The name of wasm-bindgen's output.
const NAME: &str = "gallery";

/// The placeholder in `frame.html` for the style sheets, which keep their order from `index.html`.
const STYLES: &str = "<!-- styles -->";

/// Files of the pictures' font: the subsets that the page's texts need.
const FONTS: [&str; 4] = [
    "noto-sans-sc-chinese-simplified-400-normal.woff2",
    "noto-sans-sc-chinese-simplified-700-normal.woff2",
    "noto-sans-sc-latin-400-normal.woff2",
    "noto-sans-sc-latin-700-normal.woff2",
];

/// Builds the gallery, and returns its folder.
pub(crate) fn build() -> Result<PathBuf> {
    let modules = Packages::Page.set_up()?;
    tools::set_up_wasm_target()?;
    let bindgen = tools::wasm_bindgen()?.set_up()?.join("wasm-bindgen");
    let dist = workspace::target()?.join(NAME);
    step("the gallery: building it", || {
        let mut cargo = workspace::cargo("build");
        cargo.args(["--target", WASM, "--package", PAGE, "--features", NAME]);
        process::run(&mut cargo)?;
        cache::remove(&dist)?;
        let built = workspace::target()?.join(WASM).join("debug");
        let mut bindgen = Command::new(bindgen);
        bindgen.args(["--target", "web", "--no-typescript", "--out-name", NAME]);
        bindgen.arg("--out-dir").arg(&dist);
        process::run(bindgen.arg(built.join(format!("{PAGE}.wasm"))))?;
        lay_out(&dist, &modules)
    })?;
    Ok(dist)
}

/// Copies the page's style sheets, its pictures, and the gallery's documents into `dist`.
fn lay_out(dist: &Path, modules: &Path) -> Result<()> {
    let root = workspace::root();
    copy(&root.join("assets"), &dist.join("assets"))?;
    copy(&root.join("style"), dist)?;
    copy(&root.join("tests/gallery/page"), dist)?;
    let fonts = modules.join("@fontsource/noto-sans-sc/files");
    for font in FONTS {
        std::fs::copy(fonts.join(font), dist.join(font))
            .with_context(|| format!("could not copy {font}"))?;
    }
    let read = |path: &Path| {
        std::fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
    };
    let frame = dist.join("frame.html");
    let styles = links(&read(&root.join("index.html"))?);
    let html = read(&frame)?.replace(STYLES, &styles);
    std::fs::write(&frame, html).with_context(|| format!("could not write {}", frame.display()))
}

/// Returns links to all style sheets that `index.html` refers to, each once.
fn links(index: &str) -> String {
    let mut links = String::new();
    for (_, rest) in index
        .match_indices("style/")
        .map(|(at, _)| index.split_at(at))
    {
        let Some((name, _)) = rest
            .trim_start_matches("style/")
            .split_once(".css")
            .filter(|(name, _)| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
        else {
            continue;
        };
        let link = format!("<link rel=\"stylesheet\" href=\"{name}.css\">\n");
        if !links.contains(&link) {
            links += &link;
        }
    }
    links
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for file in stamp::files(from)? {
        let target = to.join(file.strip_prefix(from).unwrap_or(&file));
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::copy(&file, &target)
            .with_context(|| format!("could not copy {}", file.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_sheets_are_linked_once_each_in_order() {
        let index = r#"<link data-trunk rel="css" href="style/main.css"><!-- in style/ -->
            <link data-trunk rel="css" href="style/later.css"> <a href="style/main.css">"#;
        assert_eq!(
            links(index),
            "<link rel=\"stylesheet\" href=\"main.css\">\n<link rel=\"stylesheet\" href=\"later.css\">\n"
        );
    }
}
