//! The host names that the server accepts requests for.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use super::authority::Authority;
use crate::logging::Outside;

/// The path that is answered for every host: monitoring asks for a server by its address.
pub(super) const HEALTH_PATH: &str = "/healthz";

/// Rejects requests for hosts other than these. With an empty list, the router is unchanged.
///
/// If someone points a name of their own at this server, a browser takes their page for one of this
/// server's ("DNS rebinding").
pub(super) fn check(router: Router, hosts: &[Authority]) -> Router {
    if hosts.is_empty() {
        return router;
    }
    let hosts: Arc<[Authority]> = hosts.into();
    router.layer(middleware::from_fn_with_state(hosts, guard))
}

async fn guard(State(hosts): State<Arc<[Authority]>>, request: Request, next: Next) -> Response {
    let asked = Authority::of_request(&request);
    let known = asked.is_some_and(|asked| hosts.iter().any(|host| host.means(&asked)));
    if known || request.uri().path() == HEALTH_PATH {
        return next.run(request).await;
    }
    let host = request.headers().get(axum::http::header::HOST);
    let host = String::from_utf8_lossy(host.map_or(&[], |host| host.as_bytes()));
    tracing::warn!(host = %Outside(&host), "a request for another host is refused");
    let why = "this server is not that host: name it with --allowed-host\n";
    (StatusCode::MISDIRECTED_REQUEST, why).into_response()
}
