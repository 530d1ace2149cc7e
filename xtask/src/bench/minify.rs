use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::{process, tools};

/// Minifies a script or a style sheet.
pub(super) fn file(from: &Path, to: &Path) -> Result<()> {
    let mut esbuild: Command = tools::esbuild().command()?;
    esbuild.args(["--minify", "--log-level=warning", "--legal-comments=none"]);
    process::run(esbuild.arg(format!("--outfile={}", to.display())).arg(from))
}
