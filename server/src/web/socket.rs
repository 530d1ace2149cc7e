//! The endpoint of Engine.IO: every request of Socket.IO's transports.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::response::Response;
use axum::routing::any;
use orchard_contract::endpoints::SOCKET_PATH;
use tower_service::Service;

use crate::orchard::Engine;
use crate::session::Session;

pub(super) fn router(engine: Engine) -> Router {
    let handler = any(serve);
    Router::new()
        .route(SOCKET_PATH, handler.clone())
        .route(SOCKET_PATH.trim_end_matches('/'), handler)
        .with_state(engine)
}

async fn serve(State(mut engine): State<Engine>, mut request: Request) -> Response {
    if opens_session(request.uri()) {
        request
            .extensions_mut()
            .insert(Arc::new(Session::default()));
    }
    match engine.call(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

/// Whether the request begins a session, rather than belongs to one.
fn opens_session(uri: &Uri) -> bool {
    let mut fields = uri.query().unwrap_or_default().split('&');
    !fields.any(|field| field.starts_with("sid="))
}

#[cfg(test)]
mod tests {
    use super::opens_session;

    #[test]
    fn a_request_with_no_sid_opens_a_session() {
        for (uri, opens) in [
            ("/socket.io/", true),
            ("/socket.io/?EIO=4&transport=websocket", true),
            ("/socket.io/?EIO=4&transport=polling&t=sid", true),
            ("/socket.io/?sid=", false),
            ("/socket.io/?EIO=4&transport=polling&sid=abc", false),
        ] {
            assert_eq!(opens_session(&uri.parse().unwrap()), opens, "{uri}");
        }
    }
}
