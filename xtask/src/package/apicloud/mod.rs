//! The widget of an APICloud app: the page as `html/orchard.html`, with all that it needs in
//! `static/orchard/`.
//!
//! It is opened from a `file:` URL, where browsers load no module scripts and allow no `fetch` of
//! files. So it starts with a classic script, and each WebAssembly module is base64 text in a
//! script.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::index::{self, Index};
use super::options::Package;
use super::zip;
use crate::stamp::files;
use crate::step::{note, step};
use crate::tools::{self, cache};
use crate::{process, workspace};

/// Names of the widget, its zip, and the folders in it.
pub(super) const WIDGET: &str = "widget";
const ZIP: &str = "orchard-widget.zip";
const PAGES: &str = "html";
const PAGE: &str = "orchard.html";
const STATIC: &str = "static/orchard";

/// Writes the widget and its zip into `folder`.
pub(super) fn package(options: &Package, folder: &Path) -> Result<()> {
    let index = index::index(options, &[("host", "apicloud")])?;
    let widget = folder.join(WIDGET);
    step("the widget: putting it together", || fill(&widget, &index))?;
    zip::write(&widget, &folder.join(ZIP))?;
    for key in ["socket_server", "api"] {
        if !index.settings.contains_key(key) {
            note(format_args!(
                "there is no `{key}` in the settings: on a device the page has no server of its own. Name it by \
                 --settings, or in the pageParam of the app's openWin"
            ));
        }
    }
    Ok(())
}

fn fill(widget: &Path, index: &Index) -> Result<()> {
    let rest = widget.join(STATIC);
    let pages = widget.join(PAGES);
    cache::make(&rest.join("assets"))?;
    cache::make(&pages)?;
    let dist = workspace::dist();
    let mut start = None;
    for path in files(&dist)? {
        let name = path.strip_prefix(&dist)?;
        let to = rest.join(name);
        match kind(&name.to_string_lossy()) {
            Kind::Left => {}
            Kind::Module => embed(&path, &to)?,
            Kind::Start => {
                rebuild(&path, &to)?;
                start = Some(name.to_string_lossy().into_owned());
            }
            Kind::File => {
                if let Some(folder) = to.parent() {
                    cache::make(folder)?;
                }
                std::fs::copy(&path, &to)
                    .with_context(|| format!("could not copy {}", path.display()))?;
            }
        }
    }
    let start = start.context("the page in dist/ has no start-….js")?;
    write(&pages.join(PAGE), &document(&index.html, &start)?)?;
    let config = include_str!("config.xml")
        .replace("{version}", index::version())
        .replace("{commit}", &index::commit());
    write(&widget.join("config.xml"), &config)
}

/// How a file of the page is packaged.
#[derive(Debug, Eq, PartialEq)]
enum Kind {
    File,
    /// Left out: compressed copies, and files that only a server needs.
    Left,
    Module,
    Start,
}

fn kind(name: &str) -> Kind {
    match name.rsplit_once('.') {
        Some((_, "br" | "gz" | "html" | "webmanifest")) => Kind::Left,
        Some((_, "wasm")) => Kind::Module,
        Some((start, "js")) if start.starts_with("start-") => Kind::Start,
        _ if name.ends_with("assets/start.js") => Kind::Left,
        _ => Kind::File,
    }
}

/// Writes a module as a script, at its path with `.js` appended.
fn embed(module: &Path, to: &Path) -> Result<()> {
    let bytes =
        std::fs::read(module).with_context(|| format!("could not read {}", module.display()))?;
    let mut name = to
        .file_name()
        .context("a module without a name")?
        .to_owned();
    name.push(".js");
    let script = format!(
        "orchardModules[{:?}]=\"{}\";\n",
        name.to_string_lossy(),
        BASE64_STANDARD.encode(bytes)
    );
    write(&to.with_file_name(name), &script)
}

/// Bundles the start script as a classic script that loads its modules from scripts.
fn rebuild(start: &Path, to: &Path) -> Result<()> {
    let mut command = tools::minifier()?;
    let local = workspace::root().join("xtask/src/package/apicloud/local.js");
    command
        .args(["--bundle", "--format=iife", "--target=es2020"])
        .arg("--define:fetch=load")
        .arg("--define:import.meta.url=here")
        .arg(format!("--inject:{}", local.display()))
        .arg(format!("--outfile={}", to.display()))
        .arg(start);
    process::run(&mut command)
}

/// Adapts the document to its place beside the app's other pages.
fn document(html: &str, start: &str) -> Result<String> {
    let charset = "<meta charset=\"utf-8\">";
    let base = format!("{charset}\n<base href=\"../{STATIC}/\">");
    let module = format!("<script type=\"module\" async src=\"./{start}\"></script>");
    let plain = format!("<script defer src=\"./{start}\"></script>");
    for part in [charset, &module] {
        ensure!(html.contains(part), "the page in dist/ has no {part}");
    }
    let html = html
        .replacen(charset, &base, 1)
        .replacen(&module, &plain, 1);
    // With this base an empty `href` would no longer be the page itself.
    let again = format!("href=\"../../{PAGES}/{PAGE}\"");
    let html = html.replace("href=\"\"", &again);
    // A page from a `file:` URL can load neither, and needs neither.
    let html = without(&html, "<link rel=\"manifest\"");
    Ok(without(&html, "<link rel=\"preload\""))
}

/// Removes the first tag with this beginning.
fn without(html: &str, beginning: &str) -> String {
    let Some((before, rest)) = html.split_once(beginning) else {
        return html.to_owned();
    };
    let after = rest.split_once('>').map_or("", |(_, after)| after);
    [before, after].concat()
}

fn write(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).with_context(|| format!("could not write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_of_the_page_has_its_place() {
        assert_eq!(kind("early-1.wasm"), Kind::Module);
        assert_eq!(kind("early-1.wasm.br"), Kind::Left);
        assert_eq!(kind("start-1.js"), Kind::Start);
        assert_eq!(kind("assets/start.js"), Kind::Left);
        assert_eq!(kind("index.html"), Kind::Left);
        assert_eq!(kind("assets/music/orchard.mp3"), Kind::File);
    }

    #[test]
    fn the_document_starts_with_a_classic_script() {
        let html = "<meta charset=\"utf-8\">\n<link rel=\"manifest\" href=\"m\">\n\
            <script type=\"module\" async src=\"./start-1.js\"></script>\n\
            <link rel=\"preload\" href=\"./early-1.wasm\" as=\"fetch\"></head>\n<a href=\"\">\n";
        assert_eq!(
            document(html, "start-1.js").unwrap(),
            "<meta charset=\"utf-8\">\n<base href=\"../static/orchard/\">\n\
             \n<script defer src=\"./start-1.js\"></script>\n</head>\n\
             <a href=\"../../html/orchard.html\">\n"
        );
        assert!(document(html, "start-2.js").is_err());
    }
}
