//! Resolves the user's URL to the address of the transport.

use web_sys::Url;

use crate::error::OpenError;
use crate::sys::property::{property, text};

/// A server, as the JavaScript client's `io(url)` interprets it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Server {
    /// `wss://host:port`, without a trailing slash.
    pub(crate) origin: String,
    pub(crate) hostname: String,
    /// The path of the URL: the namespace.
    pub(crate) namespace: String,
    /// The query of the URL, decoded.
    pub(crate) query: Vec<(String, String)>,
}

/// Parses `url` relative to the page: empty for its own server, `/ns`, `//host`, `host:port`, or
/// absolute.
pub(crate) fn parse(url: &str) -> Result<Server, OpenError> {
    let absolute = absolute(url.trim_ascii())?;
    let invalid = || OpenError::Url(url.into());
    let parsed = Url::new(&absolute).map_err(|_| invalid())?;
    let scheme = match &*text(&parsed, "protocol") {
        "http:" | "ws:" => "ws:",
        "https:" | "wss:" => "wss:",
        _ => return Err(invalid()),
    };
    Ok(Server {
        origin: joined(&[scheme, "//", &text(&parsed, "host")]),
        hostname: text(&parsed, "hostname"),
        namespace: path(&absolute).into(),
        query: pairs(&text(&parsed, "search")),
    })
}

/// Returns the address of the requests, without their query.
pub(crate) fn endpoint(server: &Server, path: &str, slash: bool) -> String {
    let path = trim_slashes(path);
    let lead = if path.is_empty() { "" } else { "/" };
    let slash = if slash { "/" } else { "" };
    joined(&[&server.origin, lead, path, slash])
}

/// Returns the address to open a WebSocket at. The user's query comes first. If the URL and the
/// options give the same parameter, the option takes precedence, and the protocol's own parameters
/// take precedence over both.
pub(crate) fn websocket(server: &Server, endpoint: &str, query: &[(String, String)]) -> String {
    let mut url = joined(&[endpoint, "?"]);
    let overridden = |name: &str| query.iter().any(|(option, _)| option == name);
    let from_url = server.query.iter().filter(|(name, _)| !overridden(name));
    for (name, value) in from_url.chain(query) {
        if !["EIO", "transport", "sid"].contains(&&**name) {
            url.push_str(&joined(&[&encode(name), "=", &encode(value), "&"]));
        }
    }
    url.push_str("EIO=4&transport=websocket");
    url
}

pub(crate) fn trim_slashes(mut path: &str) -> &str {
    while let Some(rest) = path.strip_prefix("/") {
        path = rest;
    }
    while let Some(rest) = path.strip_suffix("/") {
        path = rest;
    }
    path
}

/// Concatenates `parts`. `format!` would link more code than all of this file.
pub(crate) fn joined(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// Returns the path as it was written: `Url` would escape it, and a server compares namespaces
/// literally.
fn path(absolute: &str) -> &str {
    let (_, rest) = split_scheme(absolute).unwrap_or(("", absolute));
    let (rest, _) = cut(rest, b'?');
    let (rest, _) = cut(rest, b'#');
    let host = cut(rest, b'/').0.len();
    rest.get(host..)
        .filter(|path| !path.is_empty())
        .unwrap_or("/")
}

fn pairs(search: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = search;
    while let Some(behind) = rest.strip_prefix("?") {
        rest = behind;
    }
    while !rest.is_empty() {
        let (pair, behind) = cut(rest, b'&');
        rest = behind;
        if !pair.is_empty() {
            let (name, value) = cut(pair, b'=');
            pairs.push((decode(name), decode(value)));
        }
    }
    pairs
}

/// Splits the text at the first occurrence of this ASCII character. Without one, the second part is
/// empty.
fn cut(text: &str, ascii: u8) -> (&str, &str) {
    let at = text.bytes().position(|byte| byte == ascii);
    let at = at.unwrap_or(text.len());
    let behind = text.get(at + 1..).unwrap_or_default();
    (text.get(..at).unwrap_or(text), behind)
}

fn split_scheme(url: &str) -> Option<(&str, &str)> {
    let at = url
        .as_bytes()
        .windows(3)
        .position(|three| three == b"://")?;
    Some((url.get(..at)?, url.get(at + 3..)?))
}

fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

fn decode(text: &str) -> String {
    js_sys::decode_uri_component(text).map_or_else(|_| text.into(), Into::into)
}

fn absolute(url: &str) -> Result<String, OpenError> {
    let scheme = split_scheme(url).map(|(scheme, _)| scheme);
    if let Some(scheme) = scheme {
        let known = |known: &&str| scheme.eq_ignore_ascii_case(known);
        if ["http", "https", "ws", "wss"].iter().any(known) {
            return Ok(url.into());
        }
        // Otherwise the `://` belongs to the path or the query.
        if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(OpenError::Url(url.into()));
        }
    }
    let names_host = url.starts_with("//") || !url.is_empty() && !url.starts_with("/");
    let Some(own) = own_server() else {
        return Err(match names_host {
            true => OpenError::Url(url.into()),
            false => OpenError::NoHost,
        });
    };
    let (scheme, _) = split_scheme(&own).unwrap_or_default();
    Ok(match names_host {
        true if url.starts_with("//") => joined(&[scheme, ":", url]),
        true => joined(&[scheme, "://", url]),
        false => joined(&[&own, url]),
    })
}

/// Returns the server that the page was loaded from, as `http(s)://host:port`. A page from a file,
/// from within an app or of `data:` has none, and neither has a document without an address that
/// such a page created. In a worker, the same properties are read.
fn own_server() -> Option<String> {
    let global = js_sys::global();
    // The address of a document such as `about:srcdoc` names no server, while its origin is that of
    // the page that created it.
    [property(&global, "location"), global.into()]
        .iter()
        .map(|place| text(place, "origin"))
        .find(|origin| origin.starts_with("http://") || origin.starts_with("https://"))
}
