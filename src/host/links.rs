//! URLs from outside: which of them the page follows, and the names of their windows.

/// The destination of a button of the footer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    /// The name of the window in a web view.
    pub(crate) window: String,
    pub(crate) url: String,
}

impl Destination {
    /// Parses a setting: a URL, or a window such as `shop`, whose page is `shop.html`, as for all
    /// windows of the game. A URL opens in a window named `key`.
    pub(crate) fn of_setting(key: &str, value: &str) -> Option<Self> {
        let value = value.trim();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if !value.is_empty() && value.chars().all(is_name) {
            return Some(Self {
                window: value.into(),
                url: [value, ".html"].concat(),
            });
        }
        is_followed(value).then(|| Self {
            window: key.into(),
            url: value.into(),
        })
    }
}

/// Returns whether the page follows `url`: by HTTP or relative, but nothing that runs as a script.
pub(crate) fn is_followed(url: &str) -> bool {
    // Browsers remove control characters when they parse a URL, so `java\nscript:` would run.
    if url.is_empty() || url.chars().any(|c| c.is_control()) {
        return false;
    }
    let head = url.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    match head.split_once(':') {
        Some((scheme, _)) => {
            let scheme = scheme.trim();
            scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
        }
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_and_relative_urls_are_followed() {
        for url in [
            "https://game.example/shop",
            "HTTP://game.example",
            "//game.example/a.png",
            "/shop?from=a:b",
            "shop.html#x:y",
            "../a b.png",
            "?x=javascript:1",
        ] {
            assert!(is_followed(url), "{url}");
        }
    }

    #[test]
    fn urls_of_other_schemes_are_not_followed() {
        for url in [
            "",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,x",
            "data:image/svg+xml,x",
            "blob:https://game.example/1",
            "file:///etc/passwd",
            "vbscript:x",
        ] {
            assert!(!is_followed(url), "{url:?}");
        }
    }

    #[test]
    fn a_window_has_its_page_and_a_url_the_window_of_its_setting() {
        let place = |value| Destination::of_setting("shop", value).map(|it| (it.window, it.url));
        assert_eq!(
            place(" market "),
            Some(("market".into(), "market.html".into()))
        );
        assert_eq!(
            place("https://game.example/shop"),
            Some(("shop".into(), "https://game.example/shop".into()))
        );
        assert_eq!(place("./market"), Some(("shop".into(), "./market".into())));
        assert_eq!(place("javascript:alert(1)"), None);
        assert_eq!(place(" "), None);
    }
}
