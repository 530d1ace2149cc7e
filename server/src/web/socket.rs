//! The Engine.IO endpoint: every request of Socket.IO's transports.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{Extension, Request, State};
use axum::http::{Extensions, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use hyper::upgrade::OnUpgrade;
use orchard_contract::endpoints::SOCKET_PATH;
use serde::Deserialize;
use socketioxide::socket::Sid;
use tower_service::Service;

use super::body::{self, BodyLimits};
use crate::address::Client;
use crate::language::prefers_english;
use crate::net::Connection;
use crate::orchard::Engine;
use crate::session::{Refused, Session, Sessions};

/// The `Retry-After` of a refused session, in seconds.
const RETRY_SECONDS: u64 = 5;

/// The engine's answer to a request with an unknown session id.
const UNKNOWN_SESSION: &str = r#"{"code":"1","message":"Session ID unknown"}"#;

#[derive(Clone)]
pub(super) struct Endpoint {
    pub(super) engine: Engine,
    pub(super) sessions: Arc<Sessions>,
    pub(super) limits: BodyLimits,
}

impl Endpoint {
    pub(super) fn router(self) -> Router {
        let handler = any(serve);
        Router::new()
            .route(SOCKET_PATH, handler.clone())
            .route(SOCKET_PATH.trim_end_matches('/'), handler)
            .with_state(self)
    }

    async fn ask(&mut self, request: Request) -> Response {
        match self.engine.call(request).await {
            Ok(response) => response.map(Body::new),
            Err(never) => match never {},
        }
    }

    /// Opens a session, if the limits allow one more.
    async fn open(&mut self, address: IpAddr, mut request: Request) -> Response {
        let languages = request.headers().get(header::ACCEPT_LANGUAGE);
        let english = languages
            .and_then(|languages| languages.to_str().ok())
            .is_some_and(prefers_english);
        let session = match self.sessions.open(address, english) {
            Ok(session) => session,
            Err(refused) => return refused.into_response(),
        };
        let upgrades = upgrades(request.uri());
        if upgrades {
            carry(&session, &request);
        }
        strip(&mut request);
        request.extensions_mut().insert(Arc::clone(&session));
        let response = self.ask(request).await;
        if upgrades || response.status() != StatusCode::OK {
            return response;
        }
        // From the next request on, a polling session is found by its id.
        let (parts, body) = response.into_parts();
        match body::bytes(body, self.limits).await {
            Ok(handshake) => {
                if let Some(sid) = sid_of(&handshake) {
                    session.register(sid);
                }
                Response::from_parts(parts, Body::from(handshake))
            }
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }

    /// Handles a request of a registered session.
    async fn go_on(&mut self, session: &Session, request: Request) -> Response {
        let uri = request.uri().clone();
        let polls = request.method() == Method::GET;
        // Packets that are still queued can be polled.
        if session.has_ended() && (!polls || session.is_served()) {
            self.close(&uri).await;
            return unknown_session();
        }
        if upgrades(&uri) {
            carry(session, &request);
            return self.ask(request).await;
        }
        let response = self.ask(request).await;
        if polls && let Some(bytes) = response.body().size_hint().exact() {
            session.polled(bytes);
        }
        response
    }

    /// Ends a polling session with the packet by which a client would close it.
    async fn close(&mut self, uri: &Uri) {
        let mut request = Request::new(Body::from("1"));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri.clone();
        self.ask(request).await;
    }
}

async fn serve(
    State(mut endpoint): State<Endpoint>,
    Extension(Client(address)): Extension<Client>,
    request: Request,
) -> Response {
    let request = if request.method() == Method::POST {
        match body::read(request, endpoint.limits).await {
            Ok(request) => request,
            Err(error) => return error.status().into_response(),
        }
    } else {
        request
    };
    let Some(sid) = field(request.uri(), "sid") else {
        return endpoint.open(address, request).await;
    };
    let session = sid.parse().ok().and_then(|sid| endpoint.sessions.find(sid));
    match session {
        Some(session) => endpoint.go_on(&session, request).await,
        None => endpoint.ask(request).await,
    }
}

/// Records that the connection of this request is, or becomes, the WebSocket of the session.
fn carry(session: &Session, request: &Request) {
    if let Some(connection) = request.extensions().get::<Arc<Connection>>() {
        session.set_connection(connection);
    }
}

/// Removes the headers and extensions that the engine would keep, twice, for the lifetime of the
/// session, and does not need. Copies the rest: as received, headers refer to the buffer of the
/// whole request and would keep all of its 16 KiB.
fn strip(request: &mut Request) {
    let needed = [
        header::CONNECTION,
        header::UPGRADE,
        header::SEC_WEBSOCKET_KEY,
        header::SEC_WEBSOCKET_VERSION,
    ];
    let headers = request.headers_mut();
    let kept = needed.map(|name| {
        let value = copy(&headers.remove(&name)?)?;
        Some((name, value))
    });
    *headers = kept.into_iter().flatten().collect();
    let extensions = request.extensions_mut();
    let upgrade = extensions.remove::<OnUpgrade>();
    *extensions = Extensions::new();
    if let Some(upgrade) = upgrade {
        extensions.insert(upgrade);
    }
    if let Ok(uri) = request.uri().to_string().parse() {
        *request.uri_mut() = uri;
    }
}

/// Copies a header's value. The common values take no memory.
fn copy(value: &HeaderValue) -> Option<HeaderValue> {
    let common = ["Upgrade", "websocket", "13"]
        .into_iter()
        .find(|it| value == it);
    match common {
        Some(common) => Some(HeaderValue::from_static(common)),
        None => HeaderValue::from_bytes(value.as_bytes()).ok(),
    }
}

fn upgrades(uri: &Uri) -> bool {
    field(uri, "transport") == Some("websocket")
}

/// Returns the session id in the engine's answer to a handshake, a packet of type 0 with an object.
fn sid_of(handshake: &[u8]) -> Option<Sid> {
    #[derive(Deserialize)]
    struct Open {
        sid: String,
    }
    let open: Open = serde_json::from_slice(handshake.strip_prefix(b"0")?).ok()?;
    open.sid.parse().ok()
}

/// Returns a field of the query as the engine reads it: the first of that name, without decoding.
fn field<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    let mut fields = uri.query()?.split('&');
    fields.find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
}

fn unknown_session() -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    (StatusCode::BAD_REQUEST, json, UNKNOWN_SESSION).into_response()
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, why) = match self {
            Self::Full => (
                StatusCode::SERVICE_UNAVAILABLE,
                "there are too many sessions\n",
            ),
            Self::TooMany => (
                StatusCode::TOO_MANY_REQUESTS,
                "there are too many sessions of your address\n",
            ),
        };
        let retry = [(header::RETRY_AFTER, RETRY_SECONDS.to_string())];
        (status, retry, why).into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::Request;
    use axum::http::{HeaderValue, Uri, header};
    use bytes::Bytes;

    use super::{field, strip};

    #[test]
    fn the_engine_keeps_neither_the_request_s_buffer_nor_what_it_does_not_need() {
        let head = Bytes::from("/socket.io/?EIO=4 websocket".repeat(500));
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = Uri::from_maybe_shared(head.slice(..17)).unwrap();
        let upgrade = HeaderValue::from_maybe_shared(head.slice(18..27)).unwrap();
        request.headers_mut().insert(header::UPGRADE, upgrade);
        request
            .headers_mut()
            .insert(header::COOKIE, HeaderValue::from_static("a=b"));
        request.extensions_mut().insert(7);
        strip(&mut request);
        assert!(request.extensions().is_empty());
        assert_eq!(request.headers().len(), 1);
        assert_eq!(request.headers()[header::UPGRADE], "websocket");
        assert_eq!(request.uri(), "/socket.io/?EIO=4");
        assert!(head.is_unique(), "something still refers to it");
    }

    #[test]
    fn fields_are_read_as_the_engine_does() {
        for (uri, sid) in [
            ("/socket.io/", None),
            ("/socket.io/?EIO=4&transport=websocket", None),
            ("/socket.io/?EIO=4&transport=polling&t=sid", None),
            ("/socket.io/?EIO=4&xsid=a", None),
            ("/socket.io/?sid", None),
            ("/socket.io/?sid=", Some("")),
            (
                "/socket.io/?EIO=4&transport=polling&sid=abc&sid=d",
                Some("abc"),
            ),
        ] {
            assert_eq!(field(&uri.parse().unwrap(), "sid"), sid, "{uri}");
        }
    }
}
