//! Host and port of a URL, as `Host` and `Origin` contain them.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header, uri};

/// A host with or without a port, such as `game.example:5000`.
#[derive(Clone, Debug)]
pub(crate) struct Authority(uri::Authority);

impl Authority {
    /// Parses the text. Returns `None` if it is not a host, is a list of several, or contains user
    /// information.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let authority: uri::Authority = text.parse().ok()?;
        let bare = !text.contains(['@', '*']) && !authority.host().is_empty();
        bare.then_some(Self(authority))
    }

    /// Returns the host of a request: that of its target (RFC 9112, section 3.2.2), which browsers
    /// leave out, or else of `Host`.
    pub(super) fn of_request(request: &Request) -> Option<Self> {
        match request.uri().authority() {
            Some(authority) => Self::parse(authority.as_str()),
            None => Self::of_headers(request.headers()),
        }
    }

    /// Returns the host in the `Host` header.
    pub(super) fn of_headers(headers: &HeaderMap) -> Option<Self> {
        Self::parse(headers.get(header::HOST)?.to_str().ok()?)
    }

    /// Returns the host of an `Origin`, if the page was loaded by HTTP or HTTPS.
    pub(super) fn of_origin(origin: &HeaderValue) -> Option<Self> {
        let (scheme, authority) = origin.to_str().ok()?.split_once("://")?;
        let http = ["http", "https"].contains(&scheme);
        http.then(|| Self::parse(authority))?
    }

    /// Returns whether the host is this machine and no other: `localhost`, a name below it, or a
    /// loopback address, as browsers define it (Secure Contexts, section 3.1).
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.host();
        let name = host.to_ascii_lowercase();
        match host.parse::<IpAddr>() {
            Ok(address) => address.to_canonical().is_loopback(),
            Err(_) => name == "localhost" || name.ends_with(".localhost"),
        }
    }

    /// Returns whether `self`, from an option, matches `asked`. Without a port it matches every
    /// port.
    pub(super) fn means(&self, asked: &Self) -> bool {
        let port = self.0.port_u16();
        self.host().eq_ignore_ascii_case(asked.host())
            && port.is_none_or(|port| asked.0.port_u16() == Some(port))
    }

    fn host(&self) -> &str {
        self.0.host().trim_matches(['[', ']'])
    }
}

/// Compares host and port; the host is case-insensitive.
impl PartialEq for Authority {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::Authority;

    #[test]
    fn loopback_hosts_are_recognized() {
        for (text, loopback) in [
            ("localhost", true),
            ("LocalHost:8080", true),
            ("orchard.localhost:8080", true),
            ("127.0.0.1", true),
            ("127.1.2.3:80", true),
            ("[::1]:5000", true),
            ("[::ffff:127.0.0.1]", true),
            ("localhost.example", false),
            ("notlocalhost", false),
            ("127.0.0.1.example", false),
            ("0.0.0.0:5000", false),
            ("192.0.2.1", false),
            ("[2001:db8::1]", false),
        ] {
            let found = Authority::parse(text).unwrap();
            assert_eq!(found.is_loopback(), loopback, "{text}");
        }
    }

    #[test]
    fn invalid_hosts_are_refused() {
        for text in ["", ":80", "localhost@evil.example", "a b", "a/b"] {
            assert!(Authority::parse(text).is_none(), "{text}");
        }
        for origin in ["null", "file://", "tauri://localhost", "ftp://localhost"] {
            let origin = HeaderValue::from_static(origin);
            assert!(Authority::of_origin(&origin).is_none(), "{origin:?}");
        }
    }

    #[test]
    fn a_name_without_a_port_matches_every_port() {
        let means = |name: &str, requested: &str| {
            let parse = |text| Authority::parse(text).unwrap();
            parse(name).means(&parse(requested))
        };
        assert!(means("game.example", "game.example"));
        assert!(means("game.example", "Game.Example:5000"));
        assert!(means("game.example:5000", "game.example:5000"));
        assert!(means("[::1]", "[::1]:5000"));
        assert!(!means("game.example:5000", "game.example"));
        assert!(!means("game.example", "www.game.example"));
    }
}
