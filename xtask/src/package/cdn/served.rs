//! The headers of each file of a site, by the rules of the default server.

use std::path::Path;

use anyhow::{Context, Result};
use orchard_hosting::{Policy, SECURITY, cache_control, media_type};

use crate::stamp;

/// Extensions of compressed copies, which are not served under their own names.
const COPIES: [&str; 2] = ["br", "gz"];

/// A site, and the headers of its files.
#[derive(Debug)]
pub(super) struct Served {
    /// The path of the page: `/`, or `/games/orchard/`.
    pub(super) path: String,
    /// Names and values of the headers of every response.
    pub(super) always: Vec<(&'static str, String)>,
    pub(super) files: Vec<File>,
}

/// A file of the site.
#[derive(Debug)]
pub(super) struct File {
    /// Relative to the site's root, with a leading slash.
    pub(super) path: String,
    pub(super) cache_control: &'static str,
    pub(super) media_type: &'static str,
}

impl Served {
    /// Lists the files in `site`.
    pub(super) fn list(site: &Path, path: &str, policy: &Policy) -> Result<Self> {
        let security = SECURITY.map(|(name, value)| (name, value.to_owned()));
        let policy = ("Content-Security-Policy", policy.to_string());
        let mut files = Vec::new();
        for file in stamp::files(site)? {
            let extension = file.extension().unwrap_or_default().to_string_lossy();
            if COPIES.contains(&extension.as_ref()) {
                continue;
            }
            let inside = file.strip_prefix(site).unwrap_or(&file);
            let parts = inside.iter().map(|part| part.to_string_lossy());
            let path: String = parts.flat_map(|part| ["/".into(), part]).collect();
            files.push(File {
                cache_control: cache_control(&path),
                media_type: media_type(&extension).with_context(|| {
                    format!("orchard-hosting knows no type for files such as {path}")
                })?,
                path,
            });
        }
        Ok(Self {
            path: path.to_owned(),
            always: std::iter::once(policy).chain(security).collect(),
            files,
        })
    }

    /// Returns the media types and their extensions, each once.
    pub(super) fn media_types(&self) -> Vec<(&'static str, &str)> {
        let mut types: Vec<_> = self
            .files
            .iter()
            .filter_map(|file| Some((file.media_type, file.path.rsplit_once('.')?.1)))
            .collect();
        types.sort_unstable();
        types.dedup();
        types
    }
}
