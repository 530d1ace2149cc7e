//! From what the user names to the address of the transport (rows A2–A9, K17).

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Location, Url};

use crate::builder::OpenError;

/// A server, as the reference's `io(url)` reads it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Server {
    /// `wss://host:port`, without a trailing slash.
    pub(crate) origin: String,
    pub(crate) hostname: String,
    /// The path of the URL: the namespace (A6).
    pub(crate) namespace: String,
    /// The query of the URL, decoded.
    pub(crate) query: Vec<(String, String)>,
}

/// Reads `url` relative to the page: empty for its own server, `/ns`, `//host`, `host:port`, or absolute.
pub(crate) fn parse(url: &str) -> Result<Server, OpenError> {
    let absolute = absolute(url.trim())?;
    let invalid = || OpenError::Url(url.into());
    let parsed = Url::new(&absolute).map_err(|_| invalid())?;
    let scheme = match &*parsed.protocol() {
        "http:" | "ws:" => "ws:",
        "https:" | "wss:" => "wss:",
        _ => return Err(invalid()),
    };
    Ok(Server {
        origin: format!("{scheme}//{}", parsed.host()),
        hostname: parsed.hostname(),
        namespace: path(&absolute).into(),
        query: pairs(&parsed.search()),
    })
}

/// Where the requests go, up to their query (B3, I8).
pub(crate) fn endpoint(server: &Server, path: &str, slash: bool) -> String {
    let path = path.trim_matches('/');
    let lead = if path.is_empty() { "" } else { "/" };
    let slash = if slash { "/" } else { "" };
    format!("{}{lead}{path}{slash}", server.origin)
}

/// The address that a WebSocket is opened at. The user's query comes first (I6); of a clash between the URL and
/// the options, the option wins (W15), and what the protocol itself sets wins over both.
pub(crate) fn websocket(server: &Server, endpoint: &str, query: &[(String, String)]) -> String {
    let mut url = format!("{endpoint}?");
    let overridden = |name: &str| query.iter().any(|(option, _)| option == name);
    let from_url = server.query.iter().filter(|(name, _)| !overridden(name));
    for (name, value) in from_url.chain(query) {
        if !["EIO", "transport", "sid"].contains(&&**name) {
            url.push_str(&format!("{}={}&", encode(name), encode(value)));
        }
    }
    url.push_str("EIO=4&transport=websocket");
    url
}

/// The path as it was written: `Url` would escape it, and a server compares namespaces by the letter.
fn path(absolute: &str) -> &str {
    let rest = absolute
        .split_once("://")
        .map_or(absolute, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
}

fn pairs(search: &str) -> Vec<(String, String)> {
    let pairs = search.trim_start_matches('?').split('&');
    pairs
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

fn decode(text: &str) -> String {
    js_sys::decode_uri_component(text).map_or_else(|_| text.into(), Into::into)
}

fn absolute(url: &str) -> Result<String, OpenError> {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    if ["http://", "https://", "ws://", "wss://"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
    {
        return Ok(url.into());
    }
    let is_scheme = |text: &str| text.chars().all(|char| char.is_ascii_alphanumeric());
    if url
        .split_once("://")
        .is_some_and(|(scheme, _)| is_scheme(scheme))
    {
        return Err(OpenError::Url(url.into()));
    }
    // A worker has one as well, and no window (L7).
    let location = js_sys::Reflect::get(&js_sys::global(), &"location".into()).unwrap_or_default();
    let location: Location = location.unchecked_into();
    let part = |read: fn(&Location) -> Result<String, JsValue>| read(&location).unwrap_or_default();
    let (protocol, host) = (part(Location::protocol), part(Location::host));
    let protocol = if protocol.starts_with("http") {
        protocol
    } else {
        "https:".into()
    };
    if url.starts_with("//") {
        Ok(format!("{protocol}{url}"))
    } else if !url.is_empty() && !url.starts_with('/') {
        Ok(format!("{protocol}//{url}"))
    } else if host.is_empty() {
        // A page from a file has no server of its own.
        Err(OpenError::NoHost)
    } else {
        Ok(format!("{protocol}//{host}{url}"))
    }
}
