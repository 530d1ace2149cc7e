//! Minifies the style sheets and scripts that trunk copies as they are written.

use std::path::Path;

use anyhow::Result;

use crate::{process, stamp, tools};

/// The oldest browsers of docs/browsers.md: newer syntax than theirs is not introduced.
const TARGET: &str = "--target=chrome96,firefox98,safari15.4";

/// Minifies the files at the top of `dist`. Their names stay: trunk derives them from the content.
pub(super) fn minify(dist: &Path) -> Result<()> {
    let files = stamp::files(dist)?;
    let files = files.iter().filter(|file| {
        let kind = file.extension().and_then(|extension| extension.to_str());
        file.parent() == Some(dist) && matches!(kind, Some("css" | "js"))
    });
    let mut command = tools::minifier()?;
    command
        .args(["--allow-overwrite", TARGET])
        .arg(format!("--outdir={}", dist.display()))
        .args(files);
    process::run(&mut command)
}
