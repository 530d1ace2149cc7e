//! The page that this one replaces, built for the comparison of size and speed: `benches/vue` with
//! its libraries and our pictures.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::{Context, minify};
use crate::page::compress;
use crate::tools::cache;
use crate::{stamp, workspace};

/// The libraries: package, file, and the name under which the page loads it.
const LIBRARIES: [(&str, &str, &str); 3] = [
    ("vue", "dist/vue.min.js", "vue.js"),
    ("axios", "dist/axios.min.js", "axios.js"),
    (
        "socket.io-client-3",
        "dist/socket.io.min.js",
        "socket.io.js",
    ),
];

/// The pictures that the page shows. It uses ours, so that pictures make no difference.
const PICTURES: [&str; 8] = [
    "bg2",
    "board_bg2",
    "board_bg3",
    "btn3",
    "btn5",
    "btn6",
    "player",
    "user_back",
];

/// Returns names and versions of the page's libraries.
pub(super) fn vue_peer(context: &Context) -> Result<(String, String)> {
    let mut names = Vec::new();
    let mut versions = Vec::new();
    for (package, ..) in LIBRARIES {
        let (name, version) = context.peer(package)?;
        names.push(name);
        versions.push(version);
    }
    Ok((names.join(" + "), versions.join(" + ")))
}

/// Builds the page, minified and with compressed copies beside its files like ours, and returns its
/// folder.
pub(super) fn vue(context: &Context) -> Result<PathBuf> {
    let site = workspace::target()?.join("bench/vue");
    cache::remove(&site)?;
    let ours = workspace::root().join("benches/vue");
    for file in stamp::files(&ours)? {
        let to = site.join(file.strip_prefix(&ours).unwrap_or(&file));
        make_for(&to)?;
        if file.extension().is_some_and(|kind| kind == "html") {
            copy(&file, &to)?;
        } else {
            minify::file(&file, &to)?;
        }
    }
    for (package, file, name) in LIBRARIES {
        let script = site.join("static/js").join(name);
        copy(&context.modules()?.join(package).join(file), &script)?;
    }
    for picture in PICTURES {
        let picture = format!("{picture}.svg");
        let to = site.join("static/images").join(&picture);
        make_for(&to)?;
        copy(&workspace::root().join("assets").join(&picture), &to)?;
    }
    compress::compress(&site)?;
    Ok(site)
}

/// Copies a folder recursively.
pub(super) fn copy_all(from: &Path, to: &Path) -> Result<()> {
    for file in stamp::files(from)? {
        let to = to.join(file.strip_prefix(from).unwrap_or(&file));
        make_for(&to)?;
        copy(&file, &to)?;
    }
    Ok(())
}

fn make_for(file: &Path) -> Result<()> {
    file.parent().map_or(Ok(()), cache::make)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::copy(from, to).with_context(|| format!("could not copy {}", from.display()))?;
    Ok(())
}
