//! The HTTP routes and their headers.

mod api;
mod authority;
mod body;
mod headers;
mod hosts;
mod origins;
mod page;
mod socket;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use orchard_contract::endpoints::API_PATH;

use crate::app::App;
use crate::config::Config;
use crate::orchard::Engine;
use crate::session::Sessions;
use body::BodyLimits;
use hosts::HEALTH_PATH;
use socket::Endpoint;

pub(crate) use authority::Authority;

/// Returns all routes: `/api`, `/healthz`, `/socket.io/`, and the page for everything else.
pub(crate) fn router(
    app: Arc<App>,
    engine: Engine,
    sessions: Arc<Sessions>,
    config: &Config,
) -> Router {
    let limits = |bytes| BodyLimits {
        bytes,
        time: config.body_timeout(),
    };
    let socket = Endpoint {
        engine,
        sessions,
        limits: limits(config.max_payload_bytes),
    };
    let mut router = Router::new()
        .route(API_PATH, post(api::call))
        .route(HEALTH_PATH, get(health))
        .with_state(api::Api {
            app,
            limits: limits(config.max_body_bytes),
        })
        .merge(socket.router());
    if !config.api_only {
        router = router.fallback_service(page::router(&config.dist));
    }
    let router = headers::secure(router, config);
    let router = origins::check(router, config);
    hosts::check(router, &config.allowed_hosts)
}

/// Reports to monitoring whether the server can do its work.
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
