use leptos::prelude::window;
use web_sys::Url;

use super::finding::{Diagnosis, Finding};

/// Where a server is asked.
#[derive(Debug)]
pub(super) struct Address {
    /// What is asked for.
    pub(super) url: String,
    /// The same as a person would name it.
    shown: String,
    pub(super) origin: String,
    page: String,
}

impl Address {
    /// Of the Socket.IO server, as the settings name it.
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
        // What a browser has kept from an earlier answer tells nothing of today.
        let url = [&shown, "?EIO=4&transport=polling"].concat();
        Some(Self::new(url, shown, &base))
    }

    /// Of the JSON-RPC.
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

    /// Whether it is another origin than the page's, so that only the settings can have named it.
    pub(super) fn is_far(&self) -> bool {
        self.origin != self.page
    }

    /// Whether a browser won't even try.
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

/// What comes from the machine itself is as good as encrypted to a browser.
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
    fn a_page_by_https_connects_to_nothing_by_http_but_on_its_own_machine() {
        let page = "https://cdn.example";
        assert!(is_insecure(page, "http://game.example:5000"));
        assert!(is_insecure(page, "http://localhost.example"));
        assert!(!is_insecure(page, "https://game.example"));
        assert!(!is_insecure(page, "http://localhost:5000"));
        assert!(!is_insecure(page, "http://[::1]:5000"));
        assert!(!is_insecure("http://cdn.example", "http://game.example"));
    }
}
