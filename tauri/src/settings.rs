//! Which server the window talks to.
//!
//! The page judges its settings, and says what is wrong with them. Here they are only read from a file, completed, and
//! searched for the origins that the page must be able to reach.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use thiserror::Error;
use url::{ParseError, Url};

/// The default server, started as its documentation says.
const DEFAULT_SERVER: &str = "http://127.0.0.1:5000";

/// Where a server has its JSON-RPC, unless the settings say otherwise.
const API_PATH: &str = "/api";

/// The settings that say where a button leads.
const PLACES: [&str; 3] = ["bag", "friends", "shop"];

/// For all users of a machine.
const FOR_ALL: &str = "/etc/orchard/settings.json";

/// In the user's configuration.
const FOR_USER: &str = "game.mofang.orchard/settings.json";

/// A file of settings that could not be read.
#[derive(Debug, Error)]
#[error("could not read the settings in {}: {source}", .file.display())]
pub(crate) struct Unreadable {
    file: PathBuf,
    source: std::io::Error,
}

/// What is in the file of settings: in the one that was named, else in the first that is there.
pub(crate) fn read(named: Option<&Path>) -> Result<Option<String>, Unreadable> {
    if let Some(file) = named {
        return std::fs::read_to_string(file)
            .map(Some)
            .map_err(|source| Unreadable {
                file: file.to_owned(),
                source,
            });
    }
    let user = dirs::config_dir().map(|folder| folder.join(FOR_USER));
    for file in user.into_iter().chain([PathBuf::from(FOR_ALL)]) {
        match std::fs::read_to_string(&file) {
            Ok(text) => return Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(source) => return Err(Unreadable { file, source }),
        }
    }
    Ok(None)
}

/// What the page will find as its settings.
#[derive(Debug)]
pub(crate) struct Settings {
    /// As they stand in `index.html`; what is no JSON stays that, for the page to say so.
    pub(crate) text: String,
    /// Where the JSON-RPC is.
    pub(crate) api: Option<Url>,
    /// Where the Socket.IO server is.
    pub(crate) socket_server: Option<Url>,
}

impl Settings {
    /// Those that the page was built with, and in their place what `changes` say.
    pub(crate) fn new(built_in: &str, changes: Option<&str>) -> Self {
        match merged(built_in, changes) {
            Ok(mut values) => {
                complete(&mut values);
                Self {
                    api: address(&values, "api"),
                    socket_server: address(&values, "socket_server"),
                    text: Value::Object(values).to_string(),
                }
            }
            Err(broken) => Self {
                text: broken.to_owned(),
                api: None,
                socket_server: None,
            },
        }
    }
}

/// All settings, or the text that holds none.
fn merged<'a>(built_in: &'a str, changes: Option<&'a str>) -> Result<Map<String, Value>, &'a str> {
    let mut values = object(built_in)?;
    if let Some(changes) = changes {
        values.extend(object(changes)?);
    }
    Ok(values)
}

fn object(text: &str) -> Result<Map<String, Value>, &str> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_str(text).map_err(|_| text)
}

/// Names both servers where one is named, and drops what leads nowhere. For a page from the web all of this hangs on its own
/// origin; a window has none.
fn complete(values: &mut Map<String, Value>) {
    let named = |key| {
        let text = values.get(key).and_then(Value::as_str);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let api = named("api");
    let server = named("socket_server")
        .or_else(|| beside(api.as_deref()?, "/"))
        .unwrap_or_else(|| DEFAULT_SERVER.to_owned());
    let api = match api {
        Some(api) if !is_relative(&api) => Some(api),
        path => beside(&server, path.as_deref().unwrap_or(API_PATH)),
    };
    values.insert("socket_server".into(), server.into());
    if let Some(api) = api {
        values.insert("api".into(), api.into());
    }
    for place in PLACES {
        // There is no page beside this one. Without the setting, the button says that it is not open.
        if values
            .get(place)
            .and_then(Value::as_str)
            .is_some_and(is_relative)
        {
            values.remove(place);
        }
    }
}

fn is_relative(url: &str) -> bool {
    Url::parse(url) == Err(ParseError::RelativeUrlWithoutBase)
}

/// `path` on the server of `url`, over HTTP.
fn beside(url: &str, path: &str) -> Option<String> {
    let mut url = Url::parse(url).ok()?.join(path).ok()?;
    let scheme = if is_secure(&url) { "https" } else { "http" };
    url.set_scheme(scheme).ok()?;
    let text = url.as_str();
    Some(text.strip_suffix('/').unwrap_or(text).to_owned())
}

/// Whether it is encrypted.
pub(crate) fn is_secure(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "wss")
}

fn address(values: &Map<String, Value>, key: &str) -> Option<Url> {
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
    fn without_settings_the_default_server_is_meant() {
        let expected =
            json!({ "api": "http://127.0.0.1:5000/api", "socket_server": "http://127.0.0.1:5000" });
        assert_eq!(values("", None), expected);
        assert_eq!(values(" {\n} ", Some("{}")), expected);
    }

    #[test]
    fn the_file_goes_before_what_was_built_in() {
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
    fn one_server_speaks_for_both() {
        let socket = values("", Some(r#"{ "socket_server": "wss://a.example/x" }"#));
        assert_eq!(socket["api"], "https://a.example/api");
        let api = values("", Some(r#"{ "api": "http://a.example:81/v1/rpc" }"#));
        assert_eq!(api["socket_server"], "http://a.example:81");
    }

    #[test]
    fn a_path_is_one_of_the_server() {
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
    fn a_button_leads_nowhere_but_onto_the_web() {
        let changes =
            r#"{ "bag": "bag", "friends": "./friends", "shop": "https://a.example/shop" }"#;
        let values = values("", Some(changes));
        assert_eq!(values.get("bag"), None);
        assert_eq!(values.get("friends"), None);
        assert_eq!(values["shop"], "https://a.example/shop");
    }

    #[test]
    fn what_is_no_text_is_left_for_the_page_to_tell() {
        assert_eq!(values("", Some(r#"{ "shop": 1 }"#))["shop"], 1);
    }

    #[test]
    fn what_is_no_json_is_left_for_the_page_to_tell_and_opens_no_way() {
        let settings = Settings::new("{}", Some("{ socket_server: 1 }"));
        assert_eq!(settings.text, "{ socket_server: 1 }");
        assert!(settings.api.is_none() && settings.socket_server.is_none());
    }

    #[test]
    fn what_is_no_address_opens_no_way() {
        for server in ["nonsense", "file:///etc/passwd", "javascript:alert(1)"] {
            let changes = json!({ "socket_server": server, "api": server }).to_string();
            let settings = Settings::new("", Some(&changes));
            assert!(settings.api.is_none(), "{server}");
            assert!(settings.socket_server.is_none(), "{server}");
        }
    }

    #[test]
    fn a_named_file_must_be_there() {
        let error = read(Some(Path::new("no/such.json"))).unwrap_err();
        assert!(error.to_string().contains("no/such.json"), "{error}");
    }
}
