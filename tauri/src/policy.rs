//! The content security policy of the page.

use url::Url;

use crate::settings::{Settings, is_secure};

/// The directives that do not depend on the settings.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The origin through which the page calls Tauri's commands.
const IPC: &str = "ipc://localhost";

/// Returns the content security policy of a page with these settings. It may connect to the servers
/// that they name, and to no other.
pub(crate) fn policy(settings: &Settings) -> String {
    let api = settings.api.as_ref().and_then(|url| origin(url, "http"));
    let socket = settings
        .socket_server
        .as_ref()
        .and_then(|url| origin(url, "ws"));
    let mut policy = format!("{POLICY}; connect-src 'self' {IPC}");
    for origin in api.iter().chain(&socket) {
        policy = policy + " " + origin;
    }
    // Portraits may come from any origin, since a picture can't run code.
    policy += "; img-src 'self' data: https:";
    if let Some(origin) = &api {
        policy = policy + " " + origin;
    }
    policy
}

/// Returns the origin of `url` with `scheme`, or with its encrypted form if `url` is encrypted.
fn origin(url: &Url, scheme: &str) -> Option<String> {
    let mut url = url.clone();
    let secure = if is_secure(&url) { "s" } else { "" };
    url.set_scheme(&[scheme, secure].concat()).ok()?;
    Some(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy_of(changes: &str) -> String {
        policy(&Settings::new("", Some(changes)))
    }

    fn directive<'a>(policy: &'a str, name: &str) -> &'a str {
        let mut directives = policy.split("; ");
        directives.find(|it| it.starts_with(name)).unwrap()
    }

    #[test]
    fn only_the_configured_servers_are_allowed() {
        let policy = policy_of(
            r#"{
                "socket_server": "https://live.example:5000",
                "api": "https://api.example/v1/rpc"
            }"#,
        );
        assert_eq!(
            directive(&policy, "connect-src"),
            "connect-src 'self' ipc://localhost https://api.example wss://live.example:5000"
        );
    }

    #[test]
    fn unencrypted_servers_are_allowed_without_encryption() {
        let policy = policy_of(r#"{ "socket_server": "http://127.0.0.1:5001" }"#);
        assert_eq!(
            directive(&policy, "connect-src"),
            "connect-src 'self' ipc://localhost http://127.0.0.1:5001 ws://127.0.0.1:5001"
        );
        assert!(directive(&policy, "img-src").ends_with(" http://127.0.0.1:5001"));
    }

    #[test]
    fn settings_add_only_origins_to_the_policy() {
        let policy = policy_of(
            r#"{ "socket_server": "https://a.example/; script-src *", "api": "x; script-src *" }"#,
        );
        assert_eq!(policy.matches("script-src").count(), 1, "{policy}");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"));
    }

    #[test]
    fn inline_code_and_eval_are_forbidden() {
        let policy = policy_of("{}");
        assert!(!policy.contains("'unsafe-inline'"), "{policy}");
        assert!(!policy.contains("'unsafe-eval'"), "{policy}");
    }
}
