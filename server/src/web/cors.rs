//! Who may call from pages of other origins. Nobody, unless the settings name them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use orchard_contract::endpoints::SOCKET_PATH;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::logging::Outside;

/// How long a browser may remember what it was allowed: two hours is what Chromium takes at most.
const REMEMBERED: Duration = Duration::from_secs(2 * 60 * 60);

/// Lets pages of `origins` call, and keeps all other origins' from opening Socket.IO connections. Without origins the
/// router stays as it is.
pub(super) fn open(router: Router, origins: &[HeaderValue]) -> Router {
    if origins.is_empty() {
        return router;
    }
    let everybody = origins.iter().any(|origin| origin == "*");
    let allowed = if everybody {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().cloned())
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
    let router = if everybody {
        router
    } else {
        let origins: Arc<[HeaderValue]> = origins.into();
        router.layer(middleware::from_fn_with_state(origins, guard))
    };
    router.layer(cors)
}

/// A browser holds a WebSocket to no rule of CORS: the server has to look at where the page came from.
async fn guard(
    State(origins): State<Arc<[HeaderValue]>>,
    request: Request,
    next: Next,
) -> Response {
    let path = SOCKET_PATH.trim_end_matches('/');
    let socket = request.uri().path().starts_with(path);
    match request.headers().get(header::ORIGIN) {
        Some(origin) if socket && !is_allowed(origin, &origins, request.headers()) => {
            let origin = String::from_utf8_lossy(origin.as_bytes());
            let origin = Outside(&origin);
            tracing::warn!(%origin, "a page of this origin may not connect");
            let why = "pages of this origin may not connect here: name it with --cors-origin\n";
            (StatusCode::FORBIDDEN, why).into_response()
        }
        _ => next.run(request).await,
    }
}

/// Whether it is named, or that of the page served here: browsers send an origin with every WebSocket.
fn is_allowed(origin: &HeaderValue, origins: &[HeaderValue], headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).map(HeaderValue::as_bytes);
    let authority = ["http://", "https://"]
        .iter()
        .find_map(|scheme| origin.as_bytes().strip_prefix(scheme.as_bytes()));
    origins.contains(origin) || authority.is_some() && authority == host
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::is_allowed;

    #[test]
    fn the_page_s_own_origin_needs_no_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("game.example:5000"));
        let named = [HeaderValue::from_static("https://cdn.example")];
        for (origin, allowed) in [
            ("https://cdn.example", true),
            ("http://game.example:5000", true),
            ("https://game.example:5000", true),
            ("https://game.example", false),
            ("ftp://game.example:5000", false),
            ("https://cdn.example:8443", false),
            ("http://cdn.example", false),
            ("null", false),
        ] {
            let origin = HeaderValue::from_static(origin);
            assert_eq!(is_allowed(&origin, &named, &headers), allowed, "{origin:?}");
        }
        let without_host = HeaderMap::new();
        let null = HeaderValue::from_static("null");
        assert!(!is_allowed(&null, &named, &without_host));
        assert!(is_allowed(&null, std::slice::from_ref(&null), &headers));
    }
}
