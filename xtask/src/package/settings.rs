//! Validates the settings of a package.

use anyhow::{Context, Result, bail, ensure};
use orchard_contract::settings::{ALL, API, Kind, SOCKET_SERVER};
use serde_json::{Map, Value};

/// Applies the settings of the command line, which override the others, and validates all of them.
pub(super) fn complete(settings: &mut Map<String, Value>, set: &[(String, String)]) -> Result<()> {
    for (key, value) in set {
        let value = match (kind(key)?, value.as_str()) {
            (Kind::Switch, "true") => Value::Bool(true),
            (Kind::Switch, "false") => Value::Bool(false),
            _ => Value::String(value.clone()),
        };
        settings.insert(key.clone(), value);
    }
    settings
        .iter()
        .try_for_each(|(key, value)| check(key, value))
}

/// Returns the origins other than its own that a page with these settings connects to.
pub(super) fn origins(settings: &Map<String, Value>) -> Vec<String> {
    let named = [SOCKET_SERVER.key, API.key].map(|key| settings.get(key));
    let mut origins = Vec::new();
    for named in named.into_iter().flatten().filter_map(Value::as_str) {
        let origin = origin_of(named).map(|(origin, _)| origin);
        if let Some(origin) = origin.filter(|origin| !origins.contains(origin)) {
            origins.push(origin);
        }
    }
    origins
}

fn kind(key: &str) -> Result<Kind> {
    let known = ALL.into_iter().find(|(name, _)| *name == key);
    known.map(|(_, kind)| kind).with_context(|| {
        let names = ALL.map(|(name, _)| name).join(", ");
        format!("there is no setting `{key}`, but: {names}")
    })
}

fn check(key: &str, value: &Value) -> Result<()> {
    let kind = kind(key)?;
    let (Value::String(text), false) = (value, kind == Kind::Switch) else {
        ensure!(
            kind == Kind::Switch && value.is_boolean(),
            "the setting `{key}` is {}, not {value}",
            if kind == Kind::Switch {
                "true or false"
            } else {
                "text"
            }
        );
        return Ok(());
    };
    match kind {
        Kind::Path => ensure!(
            text.starts_with('/'),
            "the setting `{key}` begins with a slash, unlike `{text}`"
        ),
        Kind::Origin => ensure!(
            origin_of(text).is_some_and(|(_, rest)| rest.is_empty() || rest == "/"),
            "the setting `{key}` is an origin such as https://game.example:5000, not `{text}`"
        ),
        Kind::Address if text.contains("://") => ensure!(
            origin_of(text).is_some(),
            "the setting `{key}` is an HTTP address or a path, not `{text}`"
        ),
        Kind::Address => ensure!(!text.is_empty(), "the setting `{key}` is empty"),
        Kind::Switch => bail!("the setting `{key}` is true or false"),
        Kind::Text => {}
    }
    Ok(())
}

/// Splits an HTTP or WebSocket URL into its origin, as HTTP, and the rest. Returns `None` if a
/// content security policy could not name the origin.
fn origin_of(address: &str) -> Option<(String, &str)> {
    let (scheme, rest) = address.split_once("://")?;
    let scheme = match scheme {
        "http" | "ws" => "http",
        "https" | "wss" => "https",
        _ => return None,
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, behind) = rest.split_at_checked(end)?;
    let fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    (!host.is_empty() && host.bytes().all(fit)).then(|| (format!("{scheme}://{host}"), behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete_with(pairs: &[(&str, &str)]) -> Result<Map<String, Value>> {
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let mut settings = Map::new();
        complete(&mut settings, &pairs)?;
        Ok(settings)
    }

    #[test]
    fn servers_are_named_once_each_and_as_http() {
        let settings = complete_with(&[
            ("socket_server", "wss://game.example:5000"),
            ("api", "https://game.example:5000/api"),
            ("chat", "false"),
        ])
        .unwrap();
        assert_eq!(origins(&settings), ["https://game.example:5000"]);
        assert_eq!(settings["chat"], false);
        let near = complete_with(&[("api", "/api")]).unwrap();
        assert!(origins(&near).is_empty());
    }

    #[test]
    fn the_error_names_an_invalid_setting() {
        for (key, value) in [
            ("socket_servers", "https://game.example"),
            ("socket_server", "game.example:5000"),
            ("socket_server", "https://game.example/path"),
            ("socket_server", "https://a;script-src *"),
            ("socket_server", "ftp://game.example"),
            ("api", "ftp://game.example/api"),
            ("api", ""),
            ("chat", "perhaps"),
            ("socket_namespace", "mofang"),
        ] {
            let error = complete_with(&[(key, value)]).unwrap_err().to_string();
            assert!(error.contains(&format!("`{key}`")), "{value}: {error}");
        }
    }
}
