use leptos::prelude::window;
use web_sys::Url;

use super::finding::{Diagnosis, Finding};

/// The address of a server to diagnose.
#[derive(Debug)]
pub(super) struct Address {
    /// The URL to request.
    pub(super) url: String,
    /// The URL to show, without the query.
    shown: String,
    pub(super) origin: String,
    page: String,
}

impl Address {
    /// Returns the address of the Socket.IO server in the settings.
    pub(super) fn of_socket(server: &str, path: &str) -> Option<Self> {
        let server = server.trim();
        let relative = if server.is_empty() || server.contains("//") {
            server.replacen("ws", "http", usize::from(server.starts_with("ws")))
        } else {
            ["//", server].concat()
        };
        let base = resolve(&relative)?;
        let path = path.trim_matches('/');
        let slash = if path.is_empty() { "" } else { "/" };
        let shown = [&base.origin(), "/", path, slash].concat();
        // The probe bypasses the cache: an earlier response says nothing about the server now.
        let url = [&shown, "?EIO=4&transport=polling"].concat();
        Some(Self::new(url, shown, &base))
    }

    /// Returns the address of the JSON-RPC.
    pub(super) fn of_call(api: &str) -> Option<Self> {
        let url = resolve(api)?;
        Some(Self::new(url.href(), url.href(), &url))
    }

    fn new(url: String, shown: String, parsed: &Url) -> Self {
        Self {
            url,
            shown,
            origin: parsed.origin(),
            page: window().location().origin().unwrap_or_default(),
        }
    }

    /// Returns whether the origin differs from the page's, so that the settings must have named it.
    pub(super) fn is_far(&self) -> bool {
        self.origin != self.page
    }

    /// Returns whether the browser blocks the request as mixed content.
    pub(super) fn is_insecure(&self) -> bool {
        is_insecure(&self.page, &self.origin)
    }

    pub(super) fn found(&self, finding: Finding) -> Diagnosis {
        Diagnosis {
            finding,
            at: self.shown.clone(),
            page: self.page.clone(),
        }
    }
}

fn resolve(url: &str) -> Option<Url> {
    let page = window().location().href().ok()?;
    Url::new_with_base(url, &page).ok()
}

/// Returns whether a browser blocks requests from `page` to `server` as mixed content. Browsers
/// treat the local machine as secure.
fn is_insecure(page: &str, server: &str) -> bool {
    let Some(host) = server.strip_prefix("http://") else {
        return false;
    };
    let here = ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .filter_map(|name| host.strip_prefix(name))
        .any(|rest| rest.is_empty() || rest.starts_with(':'));
    page.starts_with("https:") && !here
}

#[cfg(test)]
mod tests {
    use super::is_insecure;

    #[test]
    fn an_https_page_connects_over_http_only_to_its_own_machine() {
        let page = "https://cdn.example";
        assert!(is_insecure(page, "http://game.example:5000"));
        assert!(is_insecure(page, "http://localhost.example"));
        assert!(!is_insecure(page, "https://game.example"));
        assert!(!is_insecure(page, "http://localhost:5000"));
        assert!(!is_insecure(page, "http://[::1]:5000"));
        assert!(!is_insecure("http://cdn.example", "http://game.example"));
    }
}
