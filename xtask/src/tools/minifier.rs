use std::process::Command;

use anyhow::Result;

use super::esbuild;

/// Returns the command that minifies scripts and style sheets.
pub(crate) fn minifier() -> Result<Command> {
    let mut esbuild = esbuild().command()?;
    esbuild.args(["--minify", "--log-level=warning", "--legal-comments=none"]);
    Ok(esbuild)
}
