//! The settings of the page, including the server that it connects to.
//!
//! The page validates its settings and reports problems. This module reads them from a file,
//! completes them, and extracts the URLs that the page must be able to connect to.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use orchard_contract::settings::{API, SOCKET_SERVER, Setting, TARGETS};
use serde_json::{Map, Value};
use thiserror::Error;
use url::{ParseError, Url};

/// The address on which the default server listens without options.
const DEFAULT_SERVER: &str = "http://127.0.0.1:5000";

/// The file for all users of the machine.
const SYSTEM_FILE: &str = "/etc/orchard/settings.json";

/// The file for one user, relative to the user's configuration folder.
const USER_FILE: &str = "game.mofang.orchard/settings.json";

/// A file of settings could not be read.
#[derive(Debug, Error)]
#[error("could not read the settings in {}: {source}", .file.display())]
pub(crate) struct ReadError {
    file: PathBuf,
    source: std::io::Error,
}

/// Reads the file `named`, or else the first default file that exists. Returns `None` if there is
/// neither.
///
/// # Errors
/// Returns an error if `named` does not exist, or if a file exists but can't be read.
pub(crate) fn read(named: Option<&Path>) -> Result<Option<String>, ReadError> {
    if let Some(file) = named {
        return std::fs::read_to_string(file)
            .map(Some)
            .map_err(|source| ReadError {
                file: file.to_owned(),
                source,
            });
    }
    let user = dirs::config_dir().map(|folder| folder.join(USER_FILE));
    for file in user.into_iter().chain([PathBuf::from(SYSTEM_FILE)]) {
        match std::fs::read_to_string(&file) {
            Ok(text) => return Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(source) => return Err(ReadError { file, source }),
        }
    }
    Ok(None)
}

/// The completed settings of the page.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The text of the block in `index.html`. Invalid JSON is kept as it is, so that the page
    /// reports it.
    pub(crate) text: String,
    /// The URL of the JSON-RPC; `None` if it is not valid.
    pub(crate) api: Option<Url>,
    /// The URL of the Socket.IO server; `None` if it is not valid.
    pub(crate) socket_server: Option<Url>,
}

impl Settings {
    /// Merges the settings that the page was built with and `changes`, which take precedence, and
    /// completes them.
    pub(crate) fn new(built_in: &str, changes: Option<&str>) -> Self {
        match merged(built_in, changes) {
            Ok(mut values) => {
                complete(&mut values);
                Self {
                    api: server_url(&values, API.key),
                    socket_server: server_url(&values, SOCKET_SERVER.key),
                    text: Value::Object(values).to_string(),
                }
            }
            Err(invalid) => Self {
                text: invalid.to_owned(),
                api: None,
                socket_server: None,
            },
        }
    }
}

/// Merges two JSON objects. Values of `changes` take precedence.
///
/// # Errors
/// Returns the text that is not a JSON object.
fn merged<'a>(built_in: &'a str, changes: Option<&'a str>) -> Result<Map<String, Value>, &'a str> {
    let mut values = parse(built_in)?;
    if let Some(changes) = changes {
        values.extend(parse(changes)?);
    }
    Ok(values)
}

/// Parses a JSON object. An empty text is an empty object.
fn parse(text: &str) -> Result<Map<String, Value>, &str> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_str(text).map_err(|_| text)
}

/// Sets the URLs of both servers, and removes the destinations that don't exist in this program.
///
/// A page on the web resolves relative URLs against its own origin. The window has no server of its
/// own, so they are resolved here.
fn complete(values: &mut Map<String, Value>) {
    let non_empty = |key| {
        let text = values.get(key).and_then(Value::as_str);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let api = non_empty(API.key);
    let server = non_empty(SOCKET_SERVER.key)
        .or_else(|| http_url(api.as_deref()?, "/"))
        .unwrap_or_else(|| DEFAULT_SERVER.to_owned());
    let api = match api {
        Some(api) if !is_relative(&api) => Some(api),
        path => http_url(&server, path.as_deref().unwrap_or(API.default)),
    };
    values.insert(SOCKET_SERVER.key.into(), server.into());
    if let Some(api) = api {
        values.insert(API.key.into(), api.into());
    }
    for Setting { key, .. } in TARGETS {
        // The program contains no other page. Without the setting, the button says that it is not
        // open yet.
        if values
            .get(key)
            .and_then(Value::as_str)
            .is_some_and(is_relative)
        {
            values.remove(key);
        }
    }
}

fn is_relative(url: &str) -> bool {
    Url::parse(url) == Err(ParseError::RelativeUrlWithoutBase)
}

/// Returns the HTTP URL of `path` on the server of `url`, without a slash at its end.
fn http_url(url: &str, path: &str) -> Option<String> {
    let mut url = Url::parse(url).ok()?.join(path).ok()?;
    let scheme = if is_secure(&url) { "https" } else { "http" };
    url.set_scheme(scheme).ok()?;
    let text = url.as_str();
    Some(text.strip_suffix('/').unwrap_or(text).to_owned())
}

/// Returns whether the scheme of `url` is encrypted.
pub(crate) fn is_secure(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "wss")
}

/// Returns the HTTP or WebSocket URL in the setting `key`.
fn server_url(values: &Map<String, Value>, key: &str) -> Option<Url> {
    let url = Url::parse(values.get(key)?.as_str()?).ok()?;
    let known = matches!(url.scheme(), "http" | "https" | "ws" | "wss");
    (known && url.has_host()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn values(built_in: &str, changes: Option<&str>) -> Value {
        serde_json::from_str(&Settings::new(built_in, changes).text).unwrap()
    }

    #[test]
    fn without_settings_the_default_server_is_used() {
        let expected =
            json!({ "api": "http://127.0.0.1:5000/api", "socket_server": "http://127.0.0.1:5000" });
        assert_eq!(values("", None), expected);
        assert_eq!(values(" {\n} ", Some("{}")), expected);
    }

    #[test]
    fn the_file_takes_precedence_over_the_built_in_settings() {
        let built_in = r#"{ "chat": false, "socket_server": "https://a.example" }"#;
        let changes = r#"{ "socket_server": "https://b.example:5000" }"#;
        let expected = json!({
            "api": "https://b.example:5000/api",
            "chat": false,
            "socket_server": "https://b.example:5000",
        });
        assert_eq!(values(built_in, Some(changes)), expected);
    }

    #[test]
    fn the_url_of_one_server_determines_that_of_the_other() {
        let socket = values("", Some(r#"{ "socket_server": "wss://a.example/x" }"#));
        assert_eq!(socket["api"], "https://a.example/api");
        let api = values("", Some(r#"{ "api": "http://a.example:81/v1/rpc" }"#));
        assert_eq!(api["socket_server"], "http://a.example:81");
    }

    #[test]
    fn a_path_is_resolved_against_the_server() {
        let both = values(
            "",
            Some(r#"{ "socket_server": "https://a.example", "api": "/v1/rpc" }"#),
        );
        assert_eq!(both["api"], "https://a.example/v1/rpc");
        let path = values("", Some(r#"{ "api": "/v1/rpc" }"#));
        assert_eq!(path["api"], "http://127.0.0.1:5000/v1/rpc");
        assert_eq!(path["socket_server"], "http://127.0.0.1:5000");
    }

    #[test]
    fn a_relative_destination_is_removed() {
        let changes =
            r#"{ "bag": "bag", "friends": "./friends", "shop": "https://a.example/shop" }"#;
        let values = values("", Some(changes));
        assert_eq!(values.get("bag"), None);
        assert_eq!(values.get("friends"), None);
        assert_eq!(values["shop"], "https://a.example/shop");
    }

    #[test]
    fn a_value_that_is_not_text_is_kept_for_the_page_to_report() {
        assert_eq!(values("", Some(r#"{ "shop": 1 }"#))["shop"], 1);
    }

    #[test]
    fn invalid_json_is_kept_for_the_page_to_report_and_allows_no_server() {
        let settings = Settings::new("{}", Some("{ socket_server: 1 }"));
        assert_eq!(settings.text, "{ socket_server: 1 }");
        assert!(settings.api.is_none() && settings.socket_server.is_none());
    }

    #[test]
    fn an_invalid_url_allows_no_server() {
        for server in ["nonsense", "file:///etc/passwd", "javascript:alert(1)"] {
            let changes = json!({ "socket_server": server, "api": server }).to_string();
            let settings = Settings::new("", Some(&changes));
            assert!(settings.api.is_none(), "{server}");
            assert!(settings.socket_server.is_none(), "{server}");
        }
    }

    #[test]
    fn a_named_file_must_exist() {
        let error = read(Some(Path::new("no/such.json"))).unwrap_err();
        assert!(error.to_string().contains("no/such.json"), "{error}");
    }
}
