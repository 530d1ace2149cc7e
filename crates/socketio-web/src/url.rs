//! From what the user names to the address of the transport (rows A2–A9, K17).

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
    /// The query of the URL, without `?`.
    pub(crate) query: String,
}

/// Reads `url` relative to the page: empty for its own server, `/ns`, `//host`, `host:port`, or absolute.
pub(crate) fn parse(url: &str) -> Result<Server, OpenError> {
    let absolute = absolute(url)?;
    let invalid = || OpenError::Url(url.into());
    let parsed = Url::new(&absolute).map_err(|_| invalid())?;
    let scheme = match &*parsed.protocol() {
        "http:" | "ws:" => "ws:",
        "https:" | "wss:" => "wss:",
        _ => return Err(invalid()),
    };
    let query = parsed.search();
    Ok(Server {
        origin: format!("{scheme}//{}", parsed.host()),
        hostname: parsed.hostname(),
        namespace: parsed.pathname(),
        query: query.strip_prefix('?').unwrap_or(&query).into(),
    })
}

/// The address that a WebSocket is opened at. The user's query comes first (I6); of a clash between the URL and
/// the options, the option wins (W15).
pub(crate) fn websocket(server: &Server, path: &str, query: &[(String, String)]) -> String {
    let path = path.trim_matches('/');
    let mut url = format!("{}/{path}/?", server.origin);
    if path.is_empty() {
        url = format!("{}/?", server.origin);
    }
    let overridden = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or(pair);
        !query.iter().any(|(option, _)| encode(option) == name)
    };
    for pair in server
        .query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .filter(overridden)
    {
        url.push_str(pair);
        url.push('&');
    }
    for (name, value) in query {
        url.push_str(&format!("{}={}&", encode(name), encode(value)));
    }
    url.push_str("EIO=4&transport=websocket");
    url
}

fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

fn absolute(url: &str) -> Result<String, OpenError> {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    if ["http://", "https://", "ws://", "wss://"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
    {
        return Ok(url.into());
    }
    let location = web_sys::window().map(|window| window.location());
    let part = |read: fn(&Location) -> Result<String, wasm_bindgen::JsValue>| {
        location
            .as_ref()
            .and_then(|location| read(location).ok())
            .unwrap_or_default()
    };
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
