//! Headers that make browsers careful with what is served.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::config::Config;

/// On every response that doesn't say otherwise.
const SECURITY: [(HeaderName, &str); 2] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
];

/// What the page may do, where it may connect, and who may frame it, apart.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    media-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'";

pub(super) fn secure(router: Router, config: &Config) -> Router {
    let security = SECURITY.map(|(name, value)| (name, HeaderValue::from_static(value)));
    let policy = config.content_security_policy.clone().or_else(|| {
        // The origins in it were found to be fit for it when the command line was read.
        HeaderValue::try_from(policy(config)).ok()
    });
    let policy = policy.filter(|policy| !policy.is_empty());
    security
        .into_iter()
        .chain(policy.map(|policy| (header::CONTENT_SECURITY_POLICY, policy)))
        .fold(router, |router, (name, value)| {
            router.layer(SetResponseHeaderLayer::if_not_present(name, value))
        })
}

/// The policy for content.
fn policy(config: &Config) -> String {
    let origins = &config.connect_origins;
    // For a browser, `https:` does not speak for `wss:`.
    let sockets = origins.iter().filter_map(|origin| {
        let rest = origin.strip_prefix("http")?;
        Some(["ws", rest].concat())
    });
    let connect: Vec<_> = origins.iter().cloned().chain(sockets).collect();
    [
        POLICY.to_owned(),
        // A portrait may come from anywhere: a picture can do nothing.
        directive("img-src 'self' data: https:", origins),
        directive("connect-src 'self'", &connect),
        directive("frame-ancestors 'self'", &config.frame_ancestors),
    ]
    .join("; ")
}

fn directive(start: &str, origins: &[String]) -> String {
    origins
        .iter()
        .fold(start.to_owned(), |text, origin| text + " " + origin)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::policy;
    use crate::config::Cli;

    fn policy_of(flags: &[&str]) -> String {
        let arguments = ["orchard-server"].iter().chain(flags);
        policy(&Cli::try_parse_from(arguments).unwrap().config)
    }

    #[test]
    fn the_policy_is_the_one_in_the_documentation() {
        let hosting = include_str!("../../../docs/hosting.md");
        assert!(hosting.contains(&policy_of(&[])), "{}", policy_of(&[]));
    }

    #[test]
    fn nothing_inline_is_allowed_and_nothing_is_evaluated() {
        let policy = policy_of(&[]);
        assert!(!policy.contains("'unsafe-inline'"), "{policy}");
        assert!(!policy.contains("'unsafe-eval'"), "{policy}");
    }

    #[test]
    fn another_server_is_named_with_its_sockets() {
        let policy = policy_of(&["--connect-origin", "https://game.example:5000"]);
        let connect = "connect-src 'self' https://game.example:5000 wss://game.example:5000;";
        assert!(policy.contains(connect), "{policy}");
        assert!(
            policy.contains("https: https://game.example:5000;"),
            "{policy}"
        );
    }

    #[test]
    fn who_may_frame_the_page_is_added() {
        let policy = policy_of(&["--frame-ancestor", "https://portal.example"]);
        assert!(policy.ends_with("frame-ancestors 'self' https://portal.example"));
    }
}
