//! What is served over HTTP, and with which headers.

mod api;
mod headers;
mod page;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::routing::{get, post};
use orchard_contract::endpoints::API_PATH;
use socketioxide::layer::SocketIoLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::app::App;
use crate::config::Config;

/// All routes: `/api`, `/healthz`, `/socket.io/`, and the page for everything else.
pub(crate) fn router(app: Arc<App>, socket_io: SocketIoLayer, config: &Config) -> Router {
    let mut router = Router::new()
        .route(
            API_PATH,
            post(api::call).layer(api::body_limit(config.max_body_bytes)),
        )
        .route("/healthz", get(health))
        .with_state(api::Api {
            app,
            max_body_bytes: config.max_body_bytes,
        });
    if !config.api_only {
        router = router.fallback_service(page::router(&config.dist));
    }
    router = headers::secure(router.layer(socket_io), config);
    if let Some(cors) = cors(&config.cors_origins) {
        router = router.layer(cors);
    }
    router
}

/// Whether the server can do its work, for those who watch over it.
async fn health(State(api): State<api::Api>) -> (StatusCode, &'static str) {
    match api.app.database.ping().await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::error!(%error, "not healthy");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database doesn't answer\n",
            )
        }
    }
}

fn cors(origins: &[HeaderValue]) -> Option<CorsLayer> {
    let allowed = if origins.is_empty() {
        return None;
    } else if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().cloned())
    };
    Some(
        CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE]),
    )
}
