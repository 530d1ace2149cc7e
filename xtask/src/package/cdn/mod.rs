//! The package for a CDN, or for any other static file server.
//!
//! The folder `site` is published. Beside it are configurations of common servers with its headers.

mod forms;
mod served;

use std::path::Path;

use anyhow::{Context, Result};
use orchard_hosting::Policy;

use super::index::{self, Index};
use super::options::Package;
use super::settings;
use crate::step::note;
use crate::tools::cache;
use crate::{stamp, workspace};
use served::Served;

/// Writes the site and the servers' configurations into `folder`.
pub(super) fn package(options: &Package, folder: &Path) -> Result<()> {
    let Index { html, settings } = index::index(options, &[])?;
    let path = options.path.as_deref().unwrap_or("/");
    let site = folder.join("site");
    let page = site.join(path.trim_matches('/'));
    copy(&workspace::dist(), &page)?;
    write(&page.join("index.html"), &html)?;

    let policy = Policy {
        connect: settings::origins(&settings),
        ..Policy::default()
    };
    let served = Served::list(&site, path, &policy)?;
    // Netlify and Cloudflare Pages look for the file in the root of the published folder.
    write(&site.join("_headers"), &forms::headers_file(&served))?;
    write(&folder.join("nginx.conf"), &forms::nginx(&served))?;
    write(&folder.join("Caddyfile"), &forms::caddy(&served))?;
    write(&folder.join("headers.json"), &forms::json(&served)?)?;
    for origin in &policy.connect {
        note(format_args!(
            "{origin} must let pages of the site's origin call: --cors-origin, if it is the default server"
        ));
    }
    Ok(())
}

/// Copies the content of the folder `from` into `to`.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for file in stamp::files(from)? {
        let to = to.join(file.strip_prefix(from)?);
        cache::make(to.parent().context("a file is in a folder")?)?;
        std::fs::copy(&file, &to).with_context(|| format!("could not copy {}", file.display()))?;
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).with_context(|| format!("could not write {}", file.display()))
}
