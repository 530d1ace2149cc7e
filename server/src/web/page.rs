//! The files of the built page, with their precompressed copies where the build made them.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use orchard_contract::endpoints::{API_PATH, SOCKET_PATH};
use orchard_hosting::cache_control;
use tower_http::services::{ServeDir, ServeFile};

pub(super) fn router(dist: &Path) -> Router {
    let index = ServeFile::new(dist.join("index.html"))
        .precompressed_br()
        .precompressed_gzip();
    let fallback = any(move |request: Request| navigate(index.clone(), request));
    let files = ServeDir::new(dist)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(fallback);
    Router::new()
        .fallback_service(files)
        .layer(middleware::from_fn(cache))
}

/// Serves `index.html` for a navigation to a path without a file, such as one that the page's own
/// router made up.
async fn navigate(mut index: ServeFile, request: Request) -> Response {
    if !is_navigation(request.method(), request.uri().path(), request.headers()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match index.try_call(request).await {
        Ok(response) => response.into_response(),
        Err(error) => {
            tracing::error!(%error, "index.html can't be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn cache(request: Request, next: Next) -> Response {
    let policy = cache_control(request.uri().path());
    let mut response = next.run(request).await;
    let good = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    // A file that is missing now may exist later, whatever its name.
    let policy = if good { policy } else { cache_control("") };
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(policy));
    response
}

/// Returns whether the request is a navigation rather than one for a resource of the page.
fn is_navigation(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let reads = method == Method::GET || method == Method::HEAD;
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    let html = accept.is_some_and(|accept| accept.contains("text/html"));
    let file = path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'));
    let ours = [API_PATH, SOCKET_PATH.trim_end_matches('/')]
        .into_iter()
        .any(|taken| {
            path.strip_prefix(taken)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
    reads && html && !file && !ours
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, Method, header};

    use super::is_navigation;

    #[test]
    fn only_a_navigation_is_answered_with_the_page() {
        let mut html = HeaderMap::new();
        html.insert(
            header::ACCEPT,
            HeaderValue::from_static("text/html,*/*;q=0.8"),
        );
        for path in ["/", "/login", "/a/b", "/apiary"] {
            assert!(is_navigation(&Method::GET, path, &html), "{path}");
        }
        for path in [
            "/missing.js",
            "/api",
            "/api/x",
            "/socket.io",
            "/socket.io/x",
        ] {
            assert!(!is_navigation(&Method::GET, path, &html), "{path}");
        }
        assert!(!is_navigation(&Method::POST, "/login", &html));
        assert!(!is_navigation(&Method::GET, "/login", &HeaderMap::new()));
    }
}
