use std::path::Path;

use anyhow::Result;

use crate::{process, tools};

/// Minifies a script or a style sheet.
pub(super) fn file(from: &Path, to: &Path) -> Result<()> {
    let mut minifier = tools::minifier()?;
    process::run(
        minifier
            .arg(format!("--outfile={}", to.display()))
            .arg(from),
    )
}
