//! Access by page origin. A browser sends the origin of a page, and the page can't change it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use orchard_contract::endpoints::SOCKET_PATH;
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::authority::Authority;
use crate::config::Config;
use crate::logging::Outside;

/// The time for which a browser may cache a preflight response: two hours is the most that Chromium
/// uses.
const REMEMBERED: Duration = Duration::from_secs(2 * 60 * 60);

/// The origins whose pages are allowed.
#[derive(Clone, Debug)]
struct Origins {
    named: Vec<HeaderValue>,
    everybody: bool,
    /// Whether pages of other servers on this machine are allowed. Only the user of the machine
    /// reaches those, and a page under development is served by one.
    neighbours: bool,
}

impl Origins {
    fn new(config: &Config) -> Self {
        let named = config.cors_origins.clone();
        let loopback = config.listen.ip().to_canonical().is_loopback();
        Self {
            everybody: named.iter().any(|origin| origin == "*"),
            neighbours: loopback && named.is_empty(),
            named,
        }
    }

    /// Returns whether pages of this origin may read responses. For the page served here, the
    /// browser always allows it.
    fn may_read(&self, origin: &HeaderValue, host: Option<&Authority>) -> bool {
        // Check the host, too: a proxy may forward requests from outside, and someone else's name
        // may resolve to this address.
        let of_neighbours = || {
            let page = Authority::of_origin(origin);
            [page.as_ref(), host]
                .into_iter()
                .all(|it| it.is_some_and(Authority::is_loopback))
        };
        self.everybody || self.named.contains(origin) || self.neighbours && of_neighbours()
    }

    /// Returns whether pages of this origin may open connections: those that may read, and the page
    /// served here.
    fn may_connect(&self, origin: &HeaderValue, host: Option<&Authority>) -> bool {
        let page = Authority::of_origin(origin);
        self.may_read(origin, host) || page.is_some() && page.as_ref() == host
    }
}

/// Admits pages of the configured origins, and rejects all others.
pub(super) fn check(router: Router, config: &Config) -> Router {
    let origins = Arc::new(Origins::new(config));
    let guarded = router.layer(middleware::from_fn_with_state(Arc::clone(&origins), guard));
    let allowed = if origins.everybody {
        AllowOrigin::any()
    } else {
        AllowOrigin::predicate(move |origin, head| {
            origins.may_read(origin, Authority::of_headers(&head.headers).as_ref())
        })
    };
    let cors = CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::ACCEPT_LANGUAGE,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
        ])
        .max_age(REMEMBERED);
    guarded.layer(cors)
}

/// Checks the origin of a request. Browsers don't apply CORS to a WebSocket, so the server has to
/// do it.
async fn guard(State(origins): State<Arc<Origins>>, request: Request, next: Next) -> Response {
    let path = SOCKET_PATH.trim_end_matches('/');
    let socket = request.uri().path().starts_with(path);
    // A request without an origin does not come from a page.
    match request.headers().get(header::ORIGIN) {
        Some(origin) if socket => {
            let host = Authority::of_request(&request);
            if origins.may_connect(origin, host.as_ref()) {
                return next.run(request).await;
            }
            let origin = String::from_utf8_lossy(origin.as_bytes());
            let origin = Outside(&origin);
            tracing::warn!(%origin, "a page of this origin may not connect");
            let why = "pages of this origin may not connect here: name it with --cors-origin\n";
            (StatusCode::FORBIDDEN, why).into_response()
        }
        _ => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use clap::Parser;

    use super::{Authority, Origins};
    use crate::config::Cli;

    const PUBLIC: &str = "192.0.2.1:5000";
    const LOOPBACK: &str = "127.0.0.1:5000";

    fn origins(listen: &str, named: &[&str]) -> Origins {
        let mut arguments = vec!["orchard-server", "--listen", listen];
        arguments.extend(named.iter().flat_map(|origin| ["--cors-origin", origin]));
        Origins::new(&Cli::parse_from(arguments).config)
    }

    /// Returns whether a page may connect, and whether it may read.
    fn may(origins: &Origins, origin: &str, host: &str) -> (bool, bool) {
        let origin = HeaderValue::from_str(origin).unwrap();
        let host = Authority::parse(host);
        (
            origins.may_connect(&origin, host.as_ref()),
            origins.may_read(&origin, host.as_ref()),
        )
    }

    #[test]
    fn the_page_s_own_origin_and_the_listed_ones_are_allowed() {
        let origins = origins(PUBLIC, &["https://cdn.example"]);
        for (origin, expected) in [
            ("https://cdn.example", (true, true)),
            ("http://game.example:5000", (true, false)),
            ("https://game.example:5000", (true, false)),
            ("https://game.example", (false, false)),
            ("ftp://game.example:5000", (false, false)),
            ("https://cdn.example:8443", (false, false)),
            ("http://cdn.example", (false, false)),
            ("http://127.0.0.1:8080", (false, false)),
            ("tauri://localhost", (false, false)),
            ("null", (false, false)),
        ] {
            let found = may(&origins, origin, "game.example:5000");
            assert_eq!(found, expected, "{origin}");
            let found = may(&origins, origin, "");
            assert_eq!(found.0, found.1, "without a host there is no own page");
        }
    }

    #[test]
    fn without_options_no_other_origin_is_allowed() {
        let origins = origins(PUBLIC, &[]);
        for origin in [
            "https://evil.example",
            "null",
            "file://",
            "http://localhost",
        ] {
            let found = may(&origins, origin, "game.example:5000");
            assert_eq!(found, (false, false), "{origin}");
        }
    }

    #[test]
    fn on_loopback_other_local_servers_are_allowed() {
        let origins = origins(LOOPBACK, &[]);
        for (origin, host, expected) in [
            // As `trunk serve` sends it.
            ("http://127.0.0.1:8080", "127.0.0.1", (true, true)),
            ("http://localhost:8080", LOOPBACK, (true, true)),
            ("http://[::1]:8080", "localhost:5000", (true, true)),
            ("https://evil.example", LOOPBACK, (false, false)),
            ("tauri://localhost", LOOPBACK, (false, false)),
            ("null", LOOPBACK, (false, false)),
            // Through a proxy that keeps the `Host` header.
            ("http://localhost:8080", "game.example", (false, false)),
            ("https://game.example", "game.example", (true, false)),
        ] {
            assert_eq!(may(&origins, origin, host), expected, "{origin} {host}");
        }
    }

    #[test]
    fn listing_origins_excludes_all_others() {
        for (named, expected) in [
            (&["https://cdn.example"][..], (false, false)),
            (&["http://127.0.0.1:8080"], (true, true)),
            (&["*"], (true, true)),
        ] {
            let origins = origins(LOOPBACK, named);
            let found = may(&origins, "http://127.0.0.1:8080", LOOPBACK);
            assert_eq!(found, expected, "{named:?}");
        }
        let origins = origins("[::1]:5000", &["null", "file://"]);
        assert_eq!(may(&origins, "null", "[::1]:5000"), (true, true));
    }
}
